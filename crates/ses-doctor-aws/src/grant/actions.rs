//! Every IAM action that this program calls for itself. Levels are those of AWS's Service Authorization Reference.

use super::Calls::{AtMost, Each};
use super::Level::{
    AttachedUser, Bucket, ConfigurationSet, ControlPolicy, EncryptionKey, Group, HealthEvent, Identity,
    IdentityAndSet, ManagedPolicy, Nothing, Objects, OrganizationAccount, OrganizationChild,
    OrganizationTarget, OrganizationalUnit, OwnPolicy, Parameter, Secret, SecurityGroup, UnknownUser, Unread,
    User, VpcEndpoint,
};
use super::Use::{Comfort, Conclusion, InPlaceOf};
use super::{Action, Calls, Level, Use};
use crate::permissions::*;

const fn action(name: &'static str, level: Level, calls: Calls, tells: &'static str) -> Action {
    Action {
        name,
        level,
        calls,
        tells,
        use_: Conclusion,
    }
}

const fn aside(action: Action, use_: Use) -> Action {
    Action { use_, ..action }
}

/// In the order of the services.
pub const ACTIONS: &[Action] = &[
    action(
        GET_CALLER_IDENTITY,
        Nothing,
        AtMost(2),
        "whose credentials read AWS; AWS asks no permission for it",
    ),
    action(
        GET_ACCESS_KEY_INFO,
        Nothing,
        AtMost(1),
        "which account the access key belongs to",
    ),
    action(
        GET_ACCESS_KEY_LAST_USED,
        UnknownUser,
        AtMost(1),
        "which user owns the key, and when it was last used",
    ),
    action(
        LIST_ACCESS_KEYS,
        User,
        AtMost(1),
        "state and age of the user's keys",
    ),
    aside(
        action(
            LIST_USERS,
            Nothing,
            AtMost(1),
            "the users whose keys are looked through for the one in question",
        ),
        InPlaceOf(GET_ACCESS_KEY_LAST_USED),
    ),
    action(
        GET_USER,
        User,
        AtMost(2),
        "the user's ARN and permissions boundary",
    ),
    action(
        LIST_USER_POLICIES,
        User,
        AtMost(1),
        "names of the user's inline policies",
    ),
    action(
        GET_USER_POLICY,
        User,
        Each("inline policy of the user"),
        "their texts",
    ),
    action(
        LIST_ATTACHED_USER_POLICIES,
        User,
        AtMost(1),
        "the managed policies attached to the user",
    ),
    action(LIST_GROUPS_FOR_USER, User, AtMost(2), "the user's groups"),
    action(
        LIST_GROUP_POLICIES,
        Group,
        Each("group of the user"),
        "names of the groups' inline policies",
    ),
    action(
        GET_GROUP_POLICY,
        Group,
        Each("inline policy of a group"),
        "their texts",
    ),
    action(
        LIST_ATTACHED_GROUP_POLICIES,
        Group,
        Each("group of the user"),
        "the managed policies attached to the groups",
    ),
    action(
        GET_POLICY,
        ManagedPolicy,
        Each("managed policy in force"),
        "which version of it is in force",
    ),
    action(
        GET_POLICY_VERSION,
        ManagedPolicy,
        Each("managed policy in force"),
        "its text",
    ),
    action(
        SIMULATE_PRINCIPAL_POLICY,
        User,
        AtMost(4),
        "what AWS's own policy simulator says of the message",
    ),
    action(
        GET_ACCOUNT_SUMMARY,
        Nothing,
        AtMost(1),
        "whether the account has root access keys",
    ),
    action(
        GET_ACCOUNT,
        Nothing,
        AtMost(1),
        "sandbox, pause, quotas of SES in the region",
    ),
    action(
        GET_EMAIL_IDENTITY,
        Identity,
        Each(
            "name that may stand for an address, in the region and, where it is missing there, in every other one",
        ),
        "verification, MAIL FROM, default configuration set and policies of the identities",
    ),
    action(
        GET_CONFIGURATION_SET,
        ConfigurationSet,
        AtMost(1),
        "whether the configuration set exists and sends",
    ),
    action(
        GET_SECRET_VALUE,
        Secret,
        AtMost(2),
        "the kept password, where a secret was named with --password-secret",
    ),
    aside(
        action(
            DESCRIBE_SECRET,
            Secret,
            AtMost(2),
            "age, rotation and versions of that secret",
        ),
        Comfort(
            "age, rotation and writer of the kept password stay unknown; the login with it does not need them",
        ),
    ),
    action(
        GET_PARAMETER,
        Parameter,
        AtMost(3),
        "the kept password, where a parameter was named with --password-parameter",
    ),
    aside(
        action(
            DESCRIBE_PARAMETERS,
            Nothing,
            AtMost(2),
            "who wrote that parameter",
        ),
        Comfort(
            "age, rotation and writer of the kept password stay unknown; the login with it does not need them",
        ),
    ),
    action(
        DECRYPT,
        EncryptionKey,
        AtMost(3),
        "the decryption of a kept password, or of a trail's files, where a key of the account's own encrypts it",
    ),
    action(
        LIST_BUCKET,
        Bucket,
        Each("folder that is entered, and 1,000 objects"),
        "which files a trail has delivered",
    ),
    action(
        GET_OBJECT,
        Objects,
        Each("object that is read"),
        "the files of a trail",
    ),
    action(
        GET_TENANT,
        Unread,
        AtMost(1),
        "whether the tenant exists and sends",
    ),
    action(
        LIST_TENANT_RESOURCES,
        Unread,
        AtMost(1),
        "which identities and configuration sets belong to the tenant",
    ),
    action(
        GET_REPUTATION_ENTITY,
        Unread,
        AtMost(1),
        "who switched the tenant's sending off",
    ),
    action(
        LOOKUP_EVENTS,
        Nothing,
        AtMost(7),
        "who changed the key, its user, or the secret that keeps the password, when and from where",
    ),
    action(
        DESCRIBE_VPC_ENDPOINTS,
        Nothing,
        AtMost(1),
        "the VPC endpoints of SES SMTP and their policies",
    ),
    action(
        DESCRIBE_SECURITY_GROUPS,
        Nothing,
        AtMost(1),
        "the ports that the endpoints' security groups admit",
    ),
    action(
        DESCRIBE_EVENTS,
        Nothing,
        AtMost(2),
        "AWS Health's events of the services on the way, and notices to the account",
    ),
    action(DESCRIBE_EVENT_DETAILS, HealthEvent, AtMost(2), "their texts"),
    action(
        DESCRIBE_AFFECTED_ENTITIES,
        HealthEvent,
        AtMost(2),
        "which resources a notice is about",
    ),
    action(
        GET_METRIC_DATA,
        Nothing,
        AtMost(2),
        "when sending stopped, by the series of AWS/SES",
    ),
    action(
        DESCRIBE_ORGANIZATION,
        Nothing,
        AtMost(1),
        "the organization and who manages it",
    ),
    action(
        LIST_PARENTS,
        OrganizationChild,
        Each("level above the account"),
        "the path from the account to the root",
    ),
    action(
        LIST_POLICIES_FOR_TARGET,
        OrganizationTarget,
        Each("level, for SCPs and for RCPs"),
        "the control policies attached on that path",
    ),
    action(
        DESCRIBE_POLICY,
        ControlPolicy,
        Each("control policy on the path"),
        "their texts",
    ),
    aside(
        action(
            DESCRIBE_ACCOUNT,
            OrganizationAccount,
            AtMost(1),
            "the account's name and path",
        ),
        Comfort("it spares a call for each level, and gives the account's name"),
    ),
    aside(
        action(
            DESCRIBE_ORGANIZATIONAL_UNIT,
            OrganizationalUnit,
            Each("unit on the path"),
            "the units' names",
        ),
        Comfort("it gives the units' names"),
    ),
    action(
        CREATE_ACCESS_KEY,
        User,
        AtMost(1),
        "nothing: it makes the new key of a rotation",
    ),
    action(
        UPDATE_ACCESS_KEY,
        User,
        AtMost(1),
        "nothing: it switches a key off, or on again when that is undone",
    ),
    action(
        DELETE_ACCESS_KEY,
        User,
        AtMost(1),
        "nothing: it deletes a key whose secret was lost, and, by consent, an idle or replaced one",
    ),
    action(
        PUT_SECRET_VALUE,
        Secret,
        AtMost(1),
        "nothing: it stores the new pair; before that, the present value under its present version, which changes nothing",
    ),
    action(
        UPDATE_SECRET_VERSION_STAGE,
        Secret,
        AtMost(1),
        "nothing: it makes the old pair the current one again when a rotation is undone",
    ),
    action(
        PUT_PARAMETER,
        Parameter,
        AtMost(1),
        "nothing: it stores the new password; before that, a value that is not to be overwritten, which changes nothing",
    ),
    aside(
        action(
            GENERATE_DATA_KEY,
            Unread,
            AtMost(1),
            "nothing: it encrypts what is stored, where a key of the account's own does so",
        ),
        Comfort("with AWS's own key it is not asked for; with the account's own, kms:Decrypt is, too"),
    ),
    action(
        VALIDATE_POLICY,
        Nothing,
        AtMost(1),
        "what Access Analyzer says of the policy's grammar and sense",
    ),
    action(
        CHECK_NO_NEW_ACCESS,
        Nothing,
        AtMost(1),
        "whether the new policy grants more; AWS bills the call",
    ),
    action(
        CHECK_ACCESS_NOT_GRANTED,
        Nothing,
        AtMost(1),
        "whether it grants what was found in excess; AWS bills the call",
    ),
    action(
        PUT_USER_POLICY,
        User,
        AtMost(1),
        "nothing: it writes an inline policy of the user, also when that is undone",
    ),
    action(
        DELETE_USER_POLICY,
        User,
        AtMost(1),
        "nothing: it takes an inline policy away again that was made",
    ),
    action(
        PUT_GROUP_POLICY,
        Group,
        AtMost(1),
        "nothing: it writes an inline policy of a group, also when that is undone",
    ),
    action(
        DELETE_GROUP_POLICY,
        Group,
        AtMost(1),
        "nothing: it takes an inline policy of a group away again that was made",
    ),
    action(GET_GROUP, Group, AtMost(1), "who else is in a group"),
    action(
        LIST_ENTITIES_FOR_POLICY,
        OwnPolicy,
        AtMost(1),
        "who else has a managed policy",
    ),
    action(
        LIST_POLICY_VERSIONS,
        OwnPolicy,
        AtMost(1),
        "the versions of a managed policy",
    ),
    action(
        CREATE_POLICY_VERSION,
        OwnPolicy,
        AtMost(1),
        "nothing: it makes a version of a managed policy",
    ),
    action(
        DELETE_POLICY_VERSION,
        OwnPolicy,
        AtMost(1),
        "nothing: it takes a version away again that was made",
    ),
    action(
        SET_DEFAULT_POLICY_VERSION,
        OwnPolicy,
        AtMost(1),
        "nothing: it chooses the version that is in force, also when that is undone",
    ),
    action(
        PUT_ACCOUNT_SENDING,
        Nothing,
        AtMost(1),
        "nothing: it switches the account's sending in the region on, or off again",
    ),
    action(
        PUT_SET_SENDING,
        ConfigurationSet,
        AtMost(1),
        "nothing: it switches the sending of a configuration set on, or off again",
    ),
    action(
        PUT_DEFAULT_SET,
        IdentityAndSet,
        AtMost(1),
        "nothing: it sets the default configuration set of an identity",
    ),
    action(
        GET_IDENTITY_POLICIES,
        Identity,
        AtMost(1),
        "the policies of an identity",
    ),
    action(
        CREATE_IDENTITY_POLICY,
        Identity,
        AtMost(1),
        "nothing: it makes a policy of an identity",
    ),
    action(
        UPDATE_IDENTITY_POLICY,
        Identity,
        AtMost(1),
        "nothing: it rewrites a policy of an identity, also when that is undone",
    ),
    action(
        DELETE_IDENTITY_POLICY,
        Identity,
        AtMost(1),
        "nothing: it takes a policy of an identity away again that was made",
    ),
    action(
        PUT_TENANT_STATUS,
        Unread,
        AtMost(1),
        "nothing: it switches the sending of a tenant on, or off again",
    ),
    action(
        ADD_TENANT_RESOURCE,
        Unread,
        AtMost(1),
        "nothing: it adds an identity or a configuration set to a tenant",
    ),
    action(
        TAKE_TENANT_RESOURCE,
        Unread,
        AtMost(1),
        "nothing: it takes that away again",
    ),
    action(
        AUTHORIZE_INGRESS,
        SecurityGroup,
        AtMost(1),
        "nothing: it adds a rule to a security group",
    ),
    action(
        REVOKE_INGRESS,
        SecurityGroup,
        AtMost(1),
        "nothing: it takes that rule away again",
    ),
    action(
        MODIFY_VPC_ENDPOINT,
        VpcEndpoint,
        AtMost(1),
        "nothing: it writes the policy of a VPC endpoint, also when that is undone",
    ),
    aside(
        action(
            ATTACH_USER_POLICY,
            AttachedUser,
            AtMost(1),
            "nothing: it attaches a managed policy to the user",
        ),
        Comfort("no fix does so as yet; a plan that does has it, for that policy alone"),
    ),
    aside(
        action(
            DETACH_USER_POLICY,
            AttachedUser,
            AtMost(1),
            "nothing: it takes a managed policy from the user",
        ),
        Comfort("no fix does so as yet; a plan that does has it, for that policy alone"),
    ),
];
