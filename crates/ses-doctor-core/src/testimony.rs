//! Evidence as values, for the tests of causes.

use crate::evidence::{AccessKey, AccessKeys, Evidence, KeyStatus, LoginOutcome, Reported, Symptom};
use crate::observed::{Observation, Observed};
use jiff::Timestamp;
use ses_smtp::credential::{CredentialFacts, PasswordFacts, PasswordShape, UsernameFacts, UsernameShape};
use ses_smtp::probe::{AuthAttempt, Failure, FailureKind, Mechanism, ProbeFacts, Target, TlsMode};
use ses_smtp::reply::{Phase, Reply};
use ses_smtp::transcript::Transcript;

/// The key id of AWS's own examples.
pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// The moment at which everything is observed.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

pub(crate) fn known<T>(value: T) -> Observation<T> {
    Observation::new("test", now(), Observed::Known(value))
}

pub(crate) fn missing<T>() -> Observation<T> {
    Observation::new("test", now(), Observed::Missing)
}

pub(crate) fn denied<T>(action: &str) -> Observation<T> {
    Observation::new(
        "test",
        now(),
        Observed::Denied {
            action: action.into(),
            message: "not authorized".into(),
        },
    )
}

pub(crate) fn reply(code: u16, text: &str) -> Reply {
    Reply {
        code,
        lines: vec![text.to_owned()],
    }
}

pub(crate) fn refused_535() -> LoginOutcome {
    LoginOutcome::Refused(reply(535, "Authentication Credentials Invalid"))
}

pub(crate) fn accepted() -> LoginOutcome {
    LoginOutcome::Accepted
}

pub(crate) fn keys(id: &str, status: KeyStatus) -> AccessKeys {
    let created = Some(Timestamp::from_second(1_700_000_000).unwrap());
    AccessKeys {
        user_name: "mailer".into(),
        keys: vec![AccessKey {
            id: id.into(),
            status,
            created,
        }],
    }
}

/// A client of eu-west-1 on port 587, with nothing probed.
pub(crate) fn evidence_of_client() -> Evidence {
    let symptom = Symptom {
        host: "email-smtp.eu-west-1.amazonaws.com".into(),
        port: 587,
        tls: Some(TlsMode::StartTls),
        region: Some("eu-west-1".into()),
        ..Symptom::default()
    };
    Evidence {
        symptom: known(symptom),
        credential: known(right_shapes()),
        ..Evidence::default()
    }
}

/// The same client, after a probe that was answered 535, with a pair of the right shape.
pub(crate) fn evidence_of_535() -> Evidence {
    let mut evidence = evidence_of_client();
    evidence.probe = known(probe_with_auth(reply(535, "Authentication Credentials Invalid")));
    evidence
}

/// The same client, after a probe that logged in.
pub(crate) fn evidence_of_235() -> Evidence {
    let mut evidence = evidence_of_client();
    evidence.probe = known(probe_with_auth(reply(235, "Authentication successful.")));
    evidence
}

/// The same client, whose log says this; nothing probed.
pub(crate) fn evidence_of_report(code: u16, text: &str, phase: Option<Phase>) -> Evidence {
    let mut evidence = evidence_of_client();
    reported(&mut evidence, code, text, phase);
    evidence
}

/// A line of a log and nothing else.
pub(crate) fn evidence_of_line(code: u16, text: &str) -> Evidence {
    Evidence {
        credential: Observation::default(),
        ..evidence_of_report(code, text, None)
    }
}

/// Adds the client's log line.
pub(crate) fn reported(evidence: &mut Evidence, code: u16, text: &str, phase: Option<Phase>) {
    if let Observed::Known(symptom) = &mut evidence.symptom.observed {
        let line = format!("{code} {text}");
        symptom.reported = Some(Reported {
            reply: Some(reply(code, text)),
            phase,
            ..Reported::read(&line, line.clone())
        });
    }
}

/// The same client, after a probe that failed.
pub(crate) fn evidence_of_failure(phase: Phase, kind: FailureKind) -> Evidence {
    let mut evidence = evidence_of_client();
    let failure = Failure {
        phase,
        kind,
        detail: "as the test says".into(),
        elapsed_ms: 10,
    };
    evidence.probe = known(ProbeFacts {
        failure: Some(failure),
        ..probe()
    });
    evidence
}

pub(crate) fn password_shape(evidence: &mut Evidence, shape: PasswordShape) {
    if let Observed::Known(credential) = &mut evidence.credential.observed {
        credential.password.shape = shape;
    }
}

pub(crate) fn username(evidence: &mut Evidence, shape: UsernameShape, shown: &str) {
    if let Observed::Known(credential) = &mut evidence.credential.observed {
        credential.username.shape = shape;
        credential.username.shown = shown.to_owned();
    }
}

pub(crate) fn right_shapes() -> CredentialFacts {
    CredentialFacts {
        username: UsernameFacts {
            shape: UsernameShape::AccessKeyId,
            shown: KEY.into(),
            damage: Vec::new(),
            mended_shape: None,
            length: 20,
        },
        password: PasswordFacts {
            shape: PasswordShape::SmtpV4,
            damage: Vec::new(),
            mended_shape: None,
            length: 44,
        },
        swapped: false,
        derivation: None,
    }
}

pub(crate) fn probe_with_auth(answer: Reply) -> ProbeFacts {
    ProbeFacts {
        refusal: (answer.code >= 400).then(|| (Phase::Auth, answer.clone())),
        auth: vec![AuthAttempt {
            mechanism: Mechanism::Plain,
            reply: answer,
            elapsed_ms: 30,
        }],
        ..probe()
    }
}

pub(crate) fn probe() -> ProbeFacts {
    ProbeFacts {
        target: Target {
            host: "email-smtp.eu-west-1.amazonaws.com".into(),
            port: 587,
            dialled: None,
            tls: TlsMode::StartTls,
        },
        dns: None,
        peer: None,
        connect_ms: Some(5),
        greeting: Some(reply(
            220,
            "email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI aaaaaaaaaaaaaaaaaaaa",
        )),
        ehlo_before_tls: None,
        tls: None,
        ehlo: None,
        auth: Vec::new(),
        mail_from: None,
        rcpt_to: None,
        end_of_data: None,
        refusal: None,
        failure: None,
        transcript: Transcript::default(),
        elapsed_ms: 100,
    }
}

/// Changes the client's settings.
pub(crate) fn symptom(evidence: &mut Evidence, change: impl FnOnce(&mut Symptom)) {
    if let Observed::Known(symptom) = &mut evidence.symptom.observed {
        change(symptom);
    }
}

/// Changes what the probe found.
pub(crate) fn probed(evidence: &mut Evidence, change: impl FnOnce(&mut ProbeFacts)) {
    if let Observed::Known(probe) = &mut evidence.probe.observed {
        change(probe);
    }
}

/// Adds a line of the client's log that holds no reply.
pub(crate) fn logged(evidence: &mut Evidence, line: &str) {
    let reported = Reported::read(line, line.to_owned());
    symptom(evidence, |symptom| symptom.reported = Some(reported));
}

/// A client of this host.
pub(crate) fn client_of(host: &str) -> Evidence {
    let mut evidence = evidence_of_client();
    symptom(&mut evidence, |symptom| host.clone_into(&mut symptom.host));
    evidence
}

/// A production account of eu-west-1 in good health.
pub(crate) fn healthy_account() -> crate::evidence::SesAccount {
    crate::evidence::SesAccount {
        region: "eu-west-1".into(),
        production_access: true,
        sending_enabled: true,
        enforcement_status: Some("HEALTHY".into()),
        max_24_hour_send: Some(50_000.0),
        max_send_rate: Some(14.0),
        sent_last_24_hours: Some(10.0),
    }
}

/// An identity of this name.
pub(crate) fn identity(region: &str, name: &str, verified: bool) -> crate::evidence::Identity {
    crate::evidence::Identity {
        region: region.into(),
        name: name.into(),
        verified_for_sending: verified,
        verification_status: Some(if verified { "SUCCESS" } else { "PENDING" }.into()),
        dkim_status: None,
        dkim_signing: None,
        mail_from_domain: None,
        mail_from_status: None,
        behavior_on_mx_failure: None,
        configuration_set: None,
        policies: Vec::new(),
    }
}

/// A client that logs in and names the tenant `acme`, with nothing of SES read.
pub(crate) fn of_tenant() -> Evidence {
    let mut evidence = evidence_of_235();
    symptom(&mut evidence, |symptom| symptom.tenant = Some("acme".into()));
    evidence
}

/// That tenant, enabled, with these resources.
pub(crate) fn tenant(resources: &[&str]) -> crate::evidence::Tenant {
    crate::evidence::Tenant {
        region: "eu-west-1".into(),
        name: "acme".into(),
        arn: Some("arn:aws:ses:eu-west-1:111122223333:tenant/acme/tn-1".into()),
        sending_status: Some("ENABLED".into()),
        resources: Ok(resources.iter().map(|arn| (*arn).to_owned()).collect()),
        statuses: None,
    }
}

/// A handshake whose leaf certificate is for this name and from this issuer.
pub(crate) fn handshake(
    issuer: &str,
    name: &str,
    problem: Option<ses_smtp::probe::CertificateProblem>,
) -> ses_smtp::probe::TlsFacts {
    ses_smtp::probe::TlsFacts {
        version: "TLSv1.3".into(),
        cipher: "TLS13_AES_128_GCM_SHA256".into(),
        server_name: "email-smtp.eu-west-1.amazonaws.com".into(),
        chain: vec![ses_smtp::probe::CertificateFacts {
            subject: format!("CN={name}"),
            issuer: issuer.into(),
            names: vec![name.into()],
            not_before: now(),
            not_after: now(),
            sha256: "00".repeat(32),
        }],
        problem,
    }
}

/// A change of IAM that was carried out, `age` seconds ago, upon this user and key.
pub(crate) fn event(name: &str, user: &str, key: Option<&str>, age: i64) -> crate::evidence::TrailEvent {
    crate::evidence::TrailEvent {
        id: format!("{name}-{age}"),
        at: Timestamp::from_second(now().as_second() - age).unwrap(),
        name: name.into(),
        source: "iam.amazonaws.com".into(),
        actor: Some("arn:aws:iam::111122223333:user/admin".into()),
        source_ip: Some("192.0.2.1".into()),
        user_name: Some(user.into()),
        access_key_id: key.map(str::to_owned),
        ..crate::evidence::TrailEvent::default()
    }
}

/// So many minutes before everything is observed.
pub(crate) fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() - minutes * 60).unwrap()
}

/// An open issue of AWS Health that began so many minutes ago.
pub(crate) fn health(service: &str, code: &str, region: &str, minutes: i64) -> crate::evidence::HealthEvent {
    use crate::evidence::{HealthCategory, HealthStatus};
    crate::evidence::HealthEvent {
        arn: format!("arn:aws:health:{region}::event/{service}/{code}/{code}_1"),
        service: service.into(),
        code: code.into(),
        category: HealthCategory::Issue,
        status: HealthStatus::Open,
        region: region.into(),
        start: Some(minutes_ago(minutes)),
        end: None,
        updated: Some(minutes_ago(minutes)),
        description: Ok("as the test says".into()),
        entities: Ok(Vec::new()),
    }
}

/// All that CloudTrail has of it.
pub(crate) fn history(
    events: Vec<crate::evidence::TrailEvent>,
) -> Observation<crate::evidence::TrailHistory> {
    known(crate::evidence::TrailHistory::whole("us-east-1", events))
}

/// The operator reads the account that the key belongs to, or another one.
pub(crate) fn accounts(evidence: &mut Evidence, of_key: &str) {
    let arn = "arn:aws:iam::111122223333:user/admin".to_owned();
    evidence.caller = known(crate::evidence::Caller {
        account: "111122223333".into(),
        arn,
    });
    evidence.key_account = known(of_key.into());
}

/// The account that the operator reads.
pub(crate) const OURS: &str = "111122223333";

/// Every other region refuses the pair.
pub(crate) fn refused_elsewhere(evidence: &mut Evidence) {
    let login = |region: &str| crate::evidence::RegionLogin {
        region: region.into(),
        outcome: refused_535(),
    };
    evidence.regions = known(["us-east-1", "us-west-2", "eu-central-1"].map(login).to_vec());
}

/// The certainty and confidence of a finding; `None` when the cause is not found.
pub(crate) fn found(verdict: &crate::Verdict) -> Option<(crate::Certainty, f64)> {
    match verdict {
        crate::Verdict::Present(finding) => Some((finding.certainty, finding.confidence)),
        crate::Verdict::Absent { .. } | crate::Verdict::Unknown { .. } | crate::Verdict::NotApplicable => {
            None
        }
    }
}

/// What an undecided cause asks for; empty when it is decided.
pub(crate) fn asked(verdict: &crate::Verdict) -> Vec<crate::Need> {
    match verdict {
        crate::Verdict::Unknown { missing, .. } => missing.clone(),
        crate::Verdict::Present(_) | crate::Verdict::Absent { .. } | crate::Verdict::NotApplicable => {
            Vec::new()
        }
    }
}

/// A client of eu-west-1 whose password took this damage; mended, it would have the right shape.
pub(crate) fn damaged(mut evidence: Evidence, damage: ses_smtp::credential::Damage) -> Evidence {
    if let Observed::Known(credential) = &mut evidence.credential.observed {
        let password = &mut credential.password;
        (password.shape, password.mended_shape) = (PasswordShape::Other, Some(PasswordShape::SmtpV4));
        password.damage = vec![damage];
    }
    evidence
}

/// What every cause that judges damage has to hold to.
pub(crate) fn damage_tests(check: fn(&Evidence) -> crate::Verdict, damage: ses_smtp::credential::Damage) {
    use crate::{Certainty, Need, Verdict};
    let repair = |outcome| {
        known(vec![crate::evidence::RepairLogin {
            damage: vec![damage],
            swapped: false,
            outcome,
        }])
    };
    let refused = damaged(evidence_of_535(), damage);
    assert_eq!(
        asked(&check(&refused)),
        [Need::Repairs],
        "our probe's 535 leads to a repair"
    );
    let mended = Evidence {
        repairs: repair(accepted()),
        ..refused.clone()
    };
    assert_eq!(
        found(&check(&mended)).unwrap().0,
        Certainty::Confirmed,
        "a mended pair that logs in is proof"
    );
    let not_enough = Evidence {
        repairs: repair(refused_535()),
        ..refused.clone()
    };
    assert_eq!(
        found(&check(&not_enough)),
        Some((Certainty::Likely, 0.7)),
        "there is a second fault"
    );
    let not_tried = Evidence {
        repairs: denied("no repairs"),
        ..refused.clone()
    };
    assert_eq!(found(&check(&not_tried)), Some((Certainty::Likely, 0.85)));
    let untried = damaged(evidence_of_client(), damage);
    assert_eq!(found(&check(&untried)), Some((Certainty::Likely, 0.8)));
    let works = damaged(evidence_of_235(), damage);
    assert!(
        matches!(check(&works), Verdict::Absent { .. }),
        "the login works as it is"
    );
    assert!(
        matches!(check(&evidence_of_535()), Verdict::Absent { .. }),
        "no damage"
    );
    let no_pair = Evidence {
        credential: Observation::default(),
        ..evidence_of_535()
    };
    assert_eq!(asked(&check(&no_pair)), [Need::Credential]);
}

/// An experiment that settled this factor: the client's own circumstances, changed by `fails` and by `works`.
pub(crate) fn flipped(
    factor: crate::experiment::Factor,
    fails: impl FnOnce(&mut crate::experiment::Setup),
    works: impl FnOnce(&mut crate::experiment::Setup),
    failure: crate::experiment::TrialOutcome,
) -> Observation<crate::experiment::Experiment> {
    use crate::experiment::{Conclusion, Experiment, Flip, Tally};
    let own = || {
        let target = probe().target;
        crate::experiment::Setup {
            region: Some("eu-west-1".into()),
            host: target.host,
            port: target.port,
            tls: target.tls,
            mechanism: Mechanism::Plain,
            address: None,
            connections: 1,
            pause_ms: 0,
        }
    };
    let (mut failing, mut working) = (own(), own());
    fails(&mut failing);
    works(&mut working);
    let tally = Tally {
        fails_failed: 3,
        works_worked: 3,
        ..Tally::default()
    };
    known(Experiment {
        trials: Vec::new(),
        conclusion: Conclusion::Flips(Flip {
            factor,
            works: vec![working],
            fails: vec![failing],
            failure,
            tally,
            chance: 1.0 / 64.0,
        }),
        logins: 0,
        connections: 9,
        stopped: None,
        proven: None,
    })
}

/// The secret `prod/smtp`, whose current version was written `age` seconds ago, beside the client's own pair or without one.
pub(crate) fn kept(age: i64, own_pair: Option<crate::evidence::OwnPair>) -> crate::evidence::PasswordSource {
    crate::evidence::PasswordSource {
        keeper: crate::evidence::Keeper::SecretsManager,
        name: "prod/smtp".into(),
        region: "eu-west-1".into(),
        version: Some("v-2".into()),
        written: Some(Timestamp::from_second(now().as_second() - age).unwrap()),
        changed: None,
        written_by: None,
        rotated: None,
        rotation_enabled: Some(true),
        previous: Some("v-1".into()),
        pending: None,
        unread: None,
        holds: right_shapes(),
        own_pair,
    }
}

/// A login with this version of it.
pub(crate) fn kept_login(
    version: crate::evidence::StoredVersion,
    outcome: LoginOutcome,
) -> Observation<Vec<crate::evidence::StoredLogin>> {
    known(vec![crate::evidence::StoredLogin { version, outcome }])
}
