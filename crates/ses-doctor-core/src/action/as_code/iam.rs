//! Users' keys and managed policies, as code.

use super::{AsCode, ByHand, Code, Identity, Thing};
use crate::action::{AccessKeyStatus, AttachedPolicy, DefaultVersion, PolicyVersion};

impl AsCode for AccessKeyStatus {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let key = Identity::Id(self.key.clone());
        let status = if self.after { "Active" } else { "Inactive" };
        Code::Declared(
            Thing::of("aws_iam_access_key", &[&self.user, &self.key], key)
                .with("user", self.user.as_str())
                .with("status", status)
                .noting("Terraform does not learn the secret of a key that it imports."),
        )
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(
            "AWS::IAM::AccessKey has no read handler, so that a key that exists cannot be imported; declared here, it would be a second \
             key",
        )
    }
}

impl AsCode for AttachedPolicy {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let id = Identity::Id(format!("{}/{}", self.user, self.policy));
        let (_, name) = path_and_name(&self.policy);
        Thing::of("aws_iam_user_policy_attachment", &[&self.user, &name], id)
            .with("user", self.user.as_str())
            .with("policy_arn", self.policy.as_str())
            .presence(self.before, self.after)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(
            "it has no resource for an attachment alone; add the policy to ManagedPolicyArns of the AWS::IAM::User, or the user to Users \
             of the AWS::IAM::ManagedPolicy, where your template declares one of them",
        )
    }
}

impl AsCode for PolicyVersion {
    fn by_hand(&self) -> ByHand {
        match (self.after, &self.version) {
            (true, _) => ByHand::MakesVersion,
            // One that was there before has an id.
            (false, Some(_)) => ByHand::Call,
            (false, None) => ByHand::OnVersion {
                document: self.document.clone(),
                replaces: None,
            },
        }
    }

    fn terraform(&self) -> Code {
        Code::Implied("Terraform makes and deletes the versions of a policy itself, as its document changes")
    }

    fn cloudformation(&self) -> Code {
        Code::Implied(
            "CloudFormation makes and deletes the versions of a policy itself, as its document changes",
        )
    }
}

impl AsCode for DefaultVersion {
    fn by_hand(&self) -> ByHand {
        ByHand::OnVersion {
            document: self.after.clone(),
            replaces: Some(self.before.clone()),
        }
    }

    fn terraform(&self) -> Code {
        let (path, name) = path_and_name(&self.policy);
        let id = Identity::Id(self.policy.clone());
        // Another description would replace the policy (argument reference, "Forces new resource").
        Thing::of("aws_iam_policy", &[&name], id)
            .with("name", name.as_str())
            .with("path", path)
            .leaving(&["description", "tags"])
            .policy("policy", Some(&self.before), Some(&self.after))
    }

    fn cloudformation(&self) -> Code {
        let (path, name) = path_and_name(&self.policy);
        let id = Identity::Properties(vec![("PolicyArn", self.policy.clone())]);
        Thing::of("AWS::IAM::ManagedPolicy", &[&name], id)
            .with("ManagedPolicyName", name.as_str())
            .with("Path", path)
            .noting("If the policy has a description, add it as it is: another one would replace the policy.")
            .policy("PolicyDocument", Some(&self.before), Some(&self.after))
    }
}

/// `/team/` and `mail` of `arn:aws:iam::111122223333:policy/team/mail` (IAM User Guide, "IAM identifiers").
fn path_and_name(arn: &str) -> (String, String) {
    let rest = arn.split_once(":policy/").map_or(arn, |(_, rest)| rest);
    match rest.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name.to_owned()),
        None => ("/".to_owned(), rest.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::path_and_name;

    #[test]
    fn an_arn_tells_path_and_name() {
        let of = |rest: &str| path_and_name(&format!("arn:aws:iam::111122223333:policy/{rest}"));
        assert_eq!(of("mail"), ("/".into(), "mail".into()));
        assert_eq!(of("team/eu/mail"), ("/team/eu/".into(), "mail".into()));
    }
}
