//! `mail-manager-endpoint`: the host is a Mail Manager ingress endpoint, which does not know SES SMTP credentials.

use super::Greeter;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Login};
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::credential::UsernameShape;
use ses_smtp::endpoint::EndpointKind;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "mail-manager-endpoint",
    group: Group::Transport,
    title: "The host is a Mail Manager ingress endpoint, not the SES SMTP endpoint",
    next_check: "compare the host with email-smtp.REGION.amazonaws.com: mail-manager-smtp is another service",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

A failed login at a host that ends in `.mail-manager-smtp.amazonaws.com`, with an access key id as user name. The exact
reply is not documented by AWS.

## Why it happens

The SES console offers Mail Manager beside the SMTP credentials. Its ingress endpoints have user names of their own, which
begin with `inp-`, and passwords that their owner chose. They know nothing of IAM access keys.

## How it is proven

By the host name, or by the greeting, together with a user name that is an access key id.

## What to do

Connect to `email-smtp.<region>.amazonaws.com` with this pair. If Mail Manager is what you want, use the user name and
password of the ingress endpoint.
";

fn check(evidence: &Evidence) -> Verdict {
    let by_name = evidence
        .endpoint()
        .is_some_and(|endpoint| endpoint.kind == EndpointKind::MailManager);
    let by_greeting = super::greeter(evidence) == Some(Greeter::MailManager);
    if !by_name && !by_greeting {
        return Verdict::NotApplicable;
    }
    let place = if by_name { Need::Symptom } else { Need::Probe };
    if evidence.login_accepted() {
        return Verdict::absent([Need::Probe], "the login works at this host");
    }
    match evidence.username_shape() {
        Some(UsernameShape::MailManagerIngressPoint) => Verdict::NotApplicable,
        Some(UsernameShape::AccessKeyId | UsernameShape::TemporaryKeyId) => {
            let why = "a Mail Manager ingress endpoint does not know access keys, and the user name is one";
            match evidence.login() {
                Login::Refused(_) => Verdict::confirmed([place, Need::Credential, Need::Probe], why),
                Login::NotReached(_) => Verdict::likely(0.9, [place, Need::Credential, Need::Probe], why),
                Login::Accepted | Login::NotTried | Login::Unknown => {
                    Verdict::likely(0.9, [place, Need::Credential], why)
                }
            }
        }
        Some(_) => Verdict::possible(
            0.5,
            [place, Need::Credential],
            "the host is a Mail Manager ingress endpoint",
        ),
        None if refused_by_log(evidence) => Verdict::likely(
            0.7,
            [place],
            "the login was refused by a Mail Manager ingress endpoint, which knows no SES SMTP credentials",
        ),
        None => Verdict::unknown([Need::Credential], "the host is a Mail Manager ingress endpoint"),
    }
}

/// The log alone tells of it.
fn refused_by_log(evidence: &Evidence) -> bool {
    let told = evidence.reported_refusal();
    told.is_some_and(|refusal| matches!(refusal.reply.code, 534 | 535))
        && evidence.credential.known().is_none()
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let host = format!("email-smtp.{region}.amazonaws.com");
    Remedy::new(format!("Connect to {host} with these credentials"))
        .command("See that it answers, from the client's host", format!("ses-doctor probe --host {host} --port 587"))
        .step("Put that host into the client's settings; the SMTP password must be the one of the same region")
        .step("If mail is to go through Mail Manager, use the ingress endpoint's own user name (`inp-…`) and password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{client_of, evidence_of_235, evidence_of_535, probed, reply, symptom, username};

    const HOST: &str = "abcdefghijkl.abcd.mail-manager-smtp.amazonaws.com";

    #[test]
    fn an_access_key_refused_at_mail_manager_confirms_it() {
        let mut evidence = evidence_of_535();
        symptom(&mut evidence, |symptom| symptom.host = HOST.into());
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        assert!(matches!(check(&client_of(HOST)), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn the_greeting_counts_under_any_name() {
        let mut evidence = evidence_of_535();
        let text = "abcdefgh1234.cell1.mail-manager-smtp.amazonaws.com ESMTP";
        probed(&mut evidence, |probe| probe.greeting = Some(reply(220, text)));
        assert!(matches!(check(&evidence), Verdict::Present(_)));
    }

    #[test]
    fn its_own_user_name_belongs_there() {
        let mut evidence = client_of(HOST);
        username(
            &mut evidence,
            UsernameShape::MailManagerIngressPoint,
            "inp-abcdefghijklmnopqrstuvwx",
        );
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn without_a_user_name_it_cannot_be_told() {
        let mut evidence = client_of(HOST);
        evidence.credential = crate::Observation::default();
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::Credential])
        );
    }
}
