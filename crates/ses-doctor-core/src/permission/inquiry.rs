//! Any request of the SMTP user, not only those that its message makes, put to the policies of the evidence.

use super::case::Case;
use super::layer::{Layer, Policies, policies};
use super::question::bare;
use super::send::{ACTION, Send, Standing, part_of_arn};
use crate::evidence::Evidence;
use iam_eval::simulation::ContextForm;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// `SERVICE:ACTION`.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// The account of the resource, if its ARN does not say.
    pub resource_account: Option<String>,
    /// Condition keys with their values, besides those that are known of the user and of its message.
    pub context: Vec<(String, Vec<String>)>,
    /// Whether somebody told the sender. If not, what the evidence has as such only names the identity whose policies it holds.
    pub is_sender_told: bool,
}

impl Inquiry {
    /// The request with every policy that bears upon it. Keys that a policy asks for and nobody told are unknown.
    pub fn case(&self, evidence: &Evidence, send: &Send) -> Case {
        let request = bare(&send.principal, &self.action, &self.resource);
        let mut case = Case::new(request, |layer| self.policies(evidence, send, layer));
        case.is_refused = self.is_refused(send);
        let context = self.known(send);
        let is_told = |key: &str| {
            context
                .entries()
                .iter()
                .any(|(told, _)| told.eq_ignore_ascii_case(key))
        };
        let keys = case.keys().into_iter();
        let unknown = keys.filter(|key| !is_told(key) && self.may_be_there(send, key));
        case.simulation.unknown_context = unknown.collect();
        case.simulation.context = context;
        case.simulation
            .resource_account
            .clone_from(&self.resource_account);
        case
    }

    /// Whether SES refused this very request.
    fn is_refused(&self, send: &Send) -> bool {
        let mut refused = send.authorizations.iter().filter(|asked| asked.refused);
        self.is_smtp() && self.context.is_empty() && refused.any(|asked| asked.resource == self.resource)
    }

    /// Whether the request may carry a key that nobody told.
    fn may_be_there(&self, send: &Send, key: &str) -> bool {
        match send.standing(key) {
            _ if !self.is_smtp() => true,
            Standing::Known | Standing::Unknown => true,
            Standing::Absent | Standing::Unsupported => false,
        }
    }

    /// Whether it is the call behind SES's SMTP endpoint, of which it is known what context it has.
    fn is_smtp(&self) -> bool {
        self.action.eq_ignore_ascii_case(ACTION)
    }

    /// What was told goes before what is known of the user and, by whichever action of SES it comes, of the message.
    fn known(&self, send: &Send) -> ContextForm {
        let is_told = |key: &str| {
            self.context
                .iter()
                .any(|(told, _)| told.eq_ignore_ascii_case(key))
        };
        let is_known = |key: &str| match key {
            "ses:FromAddress" | "ses:FeedbackAddress" => self.is_sender_told && self.is_of_ses(),
            "ses:Recipients" => self.is_of_ses(),
            key => self.is_smtp() || is_of_user(key),
        };
        let known = send
            .context
            .iter()
            .filter(|(key, _)| is_known(key) && !is_told(key));
        let known = known.map(|(key, values)| (key.clone(), values.clone()));
        // SES is called in the region that the message would be sent from, unless the resource says otherwise.
        let own = || {
            send.context
                .get(REGION)?
                .first()
                .filter(|_| self.is_of_ses())
                .map(String::as_str)
        };
        let region = part_of_arn(&self.resource, 3).or_else(own);
        let region = region.filter(|_| !self.is_smtp() && !is_told(REGION));
        let region = region.map(|region| (REGION.to_owned(), vec![region.to_owned()]));
        self.context.iter().cloned().chain(known).chain(region).collect()
    }

    fn is_of_ses(&self) -> bool {
        self.action
            .get(..4)
            .is_some_and(|service| service.eq_ignore_ascii_case("ses:"))
    }

    fn policies(&self, evidence: &Evidence, send: &Send, layer: Layer) -> Policies {
        let owner = self.owner(send);
        match layer {
            Layer::Identity | Layer::Boundary | Layer::ServiceControl => {
                policies(evidence, layer, &self.resource)
            }
            // The organisation and the policies of another account's resources were never read.
            Layer::ResourceControl | Layer::SendingAuthorization if owner != send.account => Policies::Unread,
            Layer::ResourceControl => policies(evidence, layer, &self.resource),
            Layer::SendingAuthorization => match self.has_resource_policy() {
                Some(true) => policies(evidence, layer, &self.resource),
                Some(false) => Policies::NotThere,
                None => Policies::Unread,
            },
            // The endpoints in the evidence are those of SES's SMTP service.
            Layer::VpcEndpoint if self.is_smtp() => policies(evidence, layer, &self.resource),
            Layer::VpcEndpoint => Policies::NotThere,
        }
    }

    /// Why the policies of a layer are missing, where no evidence tells it.
    pub fn why_unread(&self, send: &Send, layer: Layer) -> Option<String> {
        let owner = self.owner(send);
        match layer {
            Layer::ResourceControl | Layer::SendingAuthorization if owner != send.account => Some(format!(
                "the resource belongs to the account {owner}, of which nothing is read"
            )),
            Layer::SendingAuthorization => match self.has_resource_policy() {
                None => Some("the policies of such a resource are not read".to_owned()),
                Some(_) => None,
            },
            Layer::Identity
            | Layer::Boundary
            | Layer::ServiceControl
            | Layer::ResourceControl
            | Layer::VpcEndpoint => None,
        }
    }

    /// The account that the resource belongs to.
    fn owner<'a>(&'a self, send: &'a Send) -> &'a str {
        let told = self.resource_account.as_deref();
        told.or_else(|| part_of_arn(&self.resource, 4))
            .unwrap_or(&send.account)
    }

    /// Whether the resource can have a policy of its own; `None` where that is not known and nobody read it. Of SES only
    /// identities have one. What IAM acts upon has none, but for the trust policy of a role that is assumed.
    fn has_resource_policy(&self) -> Option<bool> {
        match part_of_arn(&self.resource, 2) {
            None if self.resource == "*" => Some(false),
            Some("ses") => Some(self.resource.contains(":identity/")),
            Some("iam")
                if !self
                    .action
                    .get(..4)
                    .is_some_and(|service| service.eq_ignore_ascii_case("sts:")) =>
            {
                Some(false)
            }
            Some(_) | None => None,
        }
    }
}

const REGION: &str = "aws:RequestedRegion";

/// Keys of which IAM knows the value whatever the user calls.
fn is_of_user(key: &str) -> bool {
    const OF_USER: [&str; 4] = [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:username",
    ];
    OF_USER.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::send;
    use crate::permission::testing::refused_with;
    use crate::testimony::missing;
    use iam_eval::Decision;

    const USER: &str = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["ses:*","s3:GetObject"],"Resource":"*"},
        {"Effect":"Deny","Action":"ses:DeleteIdentity","Resource":"*"},
        {"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#;

    fn decided(action: &str, resource: &str, context: &[(&str, &str)]) -> (Decision, Vec<Layer>) {
        let mut evidence = refused_with(&[("mailer", USER)]);
        evidence.organization = missing();
        let send = send::send(&evidence).unwrap();
        let told = context
            .iter()
            .map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]));
        let inquiry = Inquiry {
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: told.collect(),
            is_sender_told: true,
        };
        let case = inquiry.case(&evidence, &send);
        (case.answer().unwrap().decision, case.unread)
    }

    #[test]
    fn any_action_is_decided_as_far_as_its_policies_were_read() {
        let identity = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
        let sure = Vec::new;
        assert_eq!(decided("ses:GetAccount", "*", &[]), (Decision::Allowed, sure()));
        assert_eq!(
            decided("ses:DeleteIdentity", identity, &[]),
            (Decision::ExplicitDeny, sure())
        );
        assert_eq!(decided("sns:Publish", "*", &[]), (Decision::ImplicitDeny, sure()));
        let unread = vec![Layer::SendingAuthorization];
        let other = "arn:aws:ses:eu-west-1:111122223333:identity/other.example";
        assert_eq!(
            decided("ses:SendEmail", other, &[]),
            (Decision::Undetermined, unread.clone())
        );
        let bucket = "arn:aws:s3:::letters/one";
        assert_eq!(
            decided("s3:GetObject", bucket, &[]),
            (Decision::Undetermined, unread.clone())
        );
        // A bucket's policy may grant what the user's own does not.
        assert_eq!(
            decided("s3:PutObject", bucket, &[]),
            (Decision::Undetermined, unread)
        );
    }

    #[test]
    fn a_resource_of_another_account_is_never_judged_by_the_policies_of_this_one() {
        let (decision, unread) = decided(
            "ses:SendRawEmail",
            "arn:aws:ses:eu-west-1:444455556666:identity/example.com",
            &[],
        );
        assert_eq!(decision, Decision::Undetermined);
        assert!(unread.contains(&Layer::ResourceControl) && unread.contains(&Layer::SendingAuthorization));
    }

    #[test]
    fn a_key_that_nobody_told_is_unknown() {
        let user = "arn:aws:iam::111122223333:user/mailer";
        assert_eq!(decided("iam:GetUser", user, &[]).0, Decision::Undetermined);
        assert_eq!(
            decided("iam:GetUser", user, &[("AWS:securetransport", "true")]).0,
            Decision::Allowed
        );
    }
}
