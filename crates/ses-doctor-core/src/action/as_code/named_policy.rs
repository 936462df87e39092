//! Inline policies of users and groups, and policies of SES identities, as code.

use super::{AsCode, ByHand, Code, Identity, Thing};
use crate::action::{NamedPolicy, PolicyOwner, Whose};

impl<Owner: PolicyOwner> AsCode for NamedPolicy<Owner> {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let name = self.name.as_str();
        let thing = |kind, owner: &str, between| {
            Thing::of(
                kind,
                &[owner, name],
                Identity::Id(format!("{owner}{between}{name}")),
            )
        };
        let thing = match self.whose() {
            Whose::User(user) => thing("aws_iam_user_policy", user, ":")
                .with("user", user)
                .with("name", name),
            Whose::Group(group) => thing("aws_iam_group_policy", group, ":")
                .with("group", group)
                .with("name", name),
            Whose::Identity(identity) => thing("aws_sesv2_email_identity_policy", identity, "|")
                .with("email_identity", identity)
                .with("policy_name", name),
        };
        thing.policy("policy", self.before.as_ref(), self.after.as_ref())
    }

    fn cloudformation(&self) -> Code {
        let name = self.name.as_str();
        let (kind, member, owner) = match self.whose() {
            Whose::User(user) => ("AWS::IAM::UserPolicy", "UserName", user),
            Whose::Group(group) => ("AWS::IAM::GroupPolicy", "GroupName", group),
            Whose::Identity(_) => {
                return Code::Nowhere("it has no resource type for the policies of an identity");
            }
        };
        let id = vec![("PolicyName", name.to_owned()), (member, owner.to_owned())];
        Thing::of(kind, &[owner, name], Identity::Properties(id))
            .with(member, owner)
            .with("PolicyName", name)
            .policy("PolicyDocument", self.before.as_ref(), self.after.as_ref())
    }
}
