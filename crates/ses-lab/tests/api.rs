//! The AWS APIs over raw HTTP, signed by a signer that shares no code with the server's check.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod signer;

use std::collections::BTreeMap;
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use secrecy::ExposeSecret;
use ses_lab::{Lab, Options, World};
use signer::{ADMIN, Call, raw};
use tokio::net::{TcpStream, UdpSocket};

const WORLD: &str = r#"
title = "A world for the APIs"
story = "Nothing is wrong."
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAMADEUPKEY2345672"
password = { derive = "eu-west-1", key = "AKIAMADEUPKEY2345672" }
[operator]
key = "AKIAADMINKEY23456722"
[[account]]
id = "111122223333"
[[account.user]]
name = "mailer"
[[account.user.key]]
id = "AKIAMADEUPKEY2345672"
secret = "0123456789abcdefghijABCDEFGHIJ0123456789"
[[account.user]]
name = "admin"
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
[[account.user.key]]
id = "AKIAOLDADMIN23456722"
secret = "oldadminsecretoldadminsecretoldadminsecr"
status = "Inactive"
[[account.ses]]
region = "eu-west-1"
[[account.ses.identity]]
name = "example.com"
[[account.ses.identity]]
name = "a@example.org"
verified = false
[[event]]
name = "UpdateAccessKey"
at = "-20m"
user = "admin"
resource = [{ type = "AWS::IAM::AccessKey", name = "AKIAMADEUPKEY2345672" }]
[dns]
"mail.example.com" = "cname email-smtp.eu-west-1.amazonaws.com"
"private.example.com" = ["10.0.1.2"]
"broken.example.com" = "servfail"
"#;

async fn lab(more: &str) -> Lab {
    let world = World::parse("test", &format!("{WORLD}\n{more}")).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn iam(lab: &Lab, body: &str) -> (u16, String) {
    Call {
        body,
        ..Call::default()
    }
    .send(lab)
    .await
}

async fn trail(lab: &Lab, body: &str) -> (u16, serde_json::Value) {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        (
            "x-amz-target",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        ),
    ];
    let call = Call {
        service: "cloudtrail",
        headers: &headers,
        body,
        ..Call::default()
    };
    let (status, body) = call.send(lab).await;
    (status, serde_json::from_str(&body).unwrap())
}

async fn ses(lab: &Lab, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
    let headers = [("content-type", "application/json")];
    let call = Call {
        service: "ses",
        region: "eu-west-1",
        method,
        path,
        headers: &headers,
        body,
        ..Call::default()
    };
    let (status, body) = call.send(lab).await;
    (status, serde_json::from_str(&body).unwrap())
}

const WHOAMI: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[tokio::test]
async fn a_good_signature_is_taken_and_every_other_refused() {
    let lab = lab("").await;
    let sts = || Call {
        service: "sts",
        body: WHOAMI,
        ..Call::default()
    };
    let (status, body) = sts().send(&lab).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains("<Arn>arn:aws:iam::111122223333:user/admin</Arn>"),
        "{body}"
    );
    let refusals = [
        (
            Call { secret: "x", ..sts() },
            "<Code>SignatureDoesNotMatch</Code>",
        ),
        (
            Call {
                key: "AKIANOBODYKNOWS23456",
                ..sts()
            },
            "<Code>InvalidClientTokenId</Code>",
        ),
        (
            Call {
                key: "AKIAOLDADMIN23456722",
                secret: "oldadminsecretoldadminsecretoldadminsecr",
                ..sts()
            },
            "<Code>InvalidClientTokenId</Code>",
        ),
        (
            Call {
                minutes_off: -20,
                ..sts()
            },
            "Signature expired: ",
        ),
        (
            Call {
                minutes_off: 20,
                ..sts()
            },
            "Signature not yet current: ",
        ),
        (
            Call {
                headers: &[
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("x-amz-security-token", "t"),
                ],
                ..sts()
            },
            "<Code>InvalidClientTokenId</Code>",
        ),
    ];
    for (call, expected) in refusals {
        let (status, body) = call.send(&lab).await;
        assert!(status == 403 && body.contains(expected), "{status} {body}");
    }
}

#[tokio::test]
async fn unsigned_and_broken_requests_are_refused() {
    let lab = lab("").await;
    let host = lab.api_url().replace("http://", "");
    let get = |more: &str| format!("GET / HTTP/1.1\r\nhost: x\r\n{more}connection: close\r\n\r\n");
    let (status, body) = raw(&host, &get("")).await;
    assert!(
        status == 403 && body.contains("MissingAuthenticationToken"),
        "{body}"
    );
    let (status, _) = raw(
        &host,
        &get("authorization: AWS4-HMAC-SHA256 Credential=\u{e9}/\r\n"),
    )
    .await;
    assert_eq!(status, 403);
    let tampered = Call {
        service: "sts",
        body: WHOAMI,
        ..Call::default()
    }
    .signed(&host)
    .replace("GetCaller", "GetSaller");
    let (_, body) = raw(&host, &tampered).await;
    assert!(body.contains("SignatureDoesNotMatch"), "{body}");
    let claims = [
        ("content-type", "application/x-www-form-urlencoded"),
        (
            "x-amz-content-sha256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
    ];
    let (status, _) = Call {
        service: "sts",
        headers: &claims,
        body: WHOAMI,
        ..Call::default()
    }
    .send(&lab)
    .await;
    assert_eq!(status, 403, "the hash is not of this body");
}

#[tokio::test]
async fn temporary_credentials_need_their_token_and_expire() {
    let world = WORLD.replace("[operator]\n", "[operator]\nsession_token = \"made-up-token\"\n");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-amz-security-token", "made-up-token"),
    ];
    for (expired, expected) in [
        ("", "<Account>111122223333</Account>"),
        ("expired = true\n", "ExpiredToken"),
    ] {
        let text = world.replace("[operator]\n", &format!("[operator]\n{expired}"));
        let lab = Lab::start(World::parse("test", &text).unwrap(), Options::default())
            .await
            .unwrap();
        let call = Call {
            service: "sts",
            headers: &headers,
            body: WHOAMI,
            ..Call::default()
        };
        let (_, body) = call.send(&lab).await;
        assert!(body.contains(expected), "{body}");
        let (_, body) = Call {
            service: "sts",
            body: WHOAMI,
            ..Call::default()
        }
        .send(&lab)
        .await;
        assert!(body.contains("InvalidClientTokenId"), "{body}");
    }
}

#[tokio::test]
async fn keys_are_made_switched_and_deleted_and_the_history_knows() {
    let lab = lab("").await;
    let (status, body) = iam(&lab, "Action=CreateAccessKey&UserName=mailer").await;
    assert_eq!(status, 200, "{body}");
    let id = body.split("<AccessKeyId>").nth(1).unwrap()[..20].to_owned();
    let (status, body) = iam(&lab, "Action=CreateAccessKey&UserName=mailer").await;
    assert!(
        status == 409 && body.contains("Cannot exceed quota for AccessKeysPerUser: 2"),
        "{body}"
    );
    let update = format!("Action=UpdateAccessKey&UserName=mailer&AccessKeyId={id}&Status=Inactive");
    assert_eq!(iam(&lab, &update).await.0, 200);
    let (_, body) = iam(&lab, "Action=ListAccessKeys&UserName=mailer").await;
    assert_eq!(
        (body.matches("<member>").count(), body.matches("Inactive").count()),
        (2, 1),
        "{body}"
    );
    assert_eq!(
        iam(
            &lab,
            &format!("Action=DeleteAccessKey&UserName=mailer&AccessKeyId={id}")
        )
        .await
        .0,
        200
    );
    let (status, body) = iam(&lab, &format!("Action=GetAccessKeyLastUsed&AccessKeyId={id}")).await;
    assert!(
        status == 404 && body.contains(&format!("The Access Key with id {id} cannot be found.")),
        "{body}"
    );
    let named =
        format!(r#"{{"LookupAttributes":[{{"AttributeKey":"ResourceName","AttributeValue":"{id}"}}]}}"#);
    let (_, found) = trail(&lab, &named).await;
    let names: Vec<_> = found["Events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["EventName"].clone())
        .collect();
    assert!(
        names.contains(&"CreateAccessKey".into()) && names.contains(&"DeleteAccessKey".into()),
        "{names:?}"
    );
    assert!(!found.to_string().contains("SecretAccessKey"));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let lab = lab("").await;
    let (_, first) = iam(&lab, "Action=ListUsers&MaxItems=1").await;
    let marker = first
        .split("<Marker>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap()
        .replace('=', "%3D");
    let (_, second) = iam(&lab, &format!("Action=ListUsers&MaxItems=1&Marker={marker}")).await;
    assert!(
        first.contains("mailer")
            && second.contains("<UserName>admin")
            && second.contains("<IsTruncated>false")
    );
    assert_eq!(iam(&lab, "Action=ListUsers&Marker=nonsense").await.0, 400);
    let (_, page) = ses(&lab, "POST", "/v2/email/list-identities", r#"{"PageSize":1}"#).await;
    let next = format!(r#"{{"PageSize":1,"NextToken":{}}}"#, page["NextToken"]);
    let (_, page) = ses(&lab, "POST", "/v2/email/list-identities", &next).await;
    assert_eq!(page["EmailIdentities"][0]["IdentityName"], "a@example.org");
    assert!(page.get("NextToken").is_none());
}

#[tokio::test]
async fn denied_calls_say_so_and_are_in_the_history() {
    let lab = lab("[faults]\ndenied = [\"iam:ListAccessKeys\", \"ses:*\"]").await;
    let (status, body) = iam(&lab, "Action=ListAccessKeys&UserName=mailer").await;
    assert_eq!(status, 403);
    assert!(body.contains(
        "User: arn:aws:iam::111122223333:user/admin is not authorized to perform: iam:ListAccessKeys on resource: user \
         mailer because no identity-based policy allows the iam:ListAccessKeys action"
    ), "{body}");
    assert_eq!(ses(&lab, "GET", "/v2/email/account", "").await.0, 403);
    let (_, found) = trail(&lab, r#"{"MaxResults":1}"#).await;
    let record: serde_json::Value =
        serde_json::from_str(found["Events"][0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&record["errorCode"], &record["eventName"]),
        (&"AccessDenied".into(), &"ListAccessKeys".into())
    );
    assert_eq!(record["userIdentity"]["userName"], "admin");
}

#[tokio::test]
async fn calls_are_throttled_and_fail_as_the_world_says() {
    let faults =
        "[faults]\nthrottle = { \"cloudtrail:LookupEvents\" = 2 }\nerror_5xx = { \"iam:GetUser\" = 1 }";
    let lab = lab(faults).await;
    assert_eq!(trail(&lab, "{}").await.0, 200);
    assert_eq!(trail(&lab, "{}").await.0, 200);
    let (status, body) = trail(&lab, "{}").await;
    assert_eq!((status, &body["__type"]), (400, &"ThrottlingException".into()));
    tokio::time::sleep(Duration::from_millis(1050)).await;
    assert_eq!(trail(&lab, "{}").await.0, 200);
    assert_eq!(iam(&lab, "Action=GetUser").await.0, 500);
    assert_eq!(iam(&lab, "Action=GetUser").await.0, 200);
}

#[tokio::test]
async fn chance_strikes_the_same_calls_for_the_same_seed() {
    let chance = "[faults.chance]\nseed = 4\nthrottled = 0.3\nfailing = 0.3\nlatency_ms = 2";
    let mut runs = Vec::new();
    for _ in 0..2 {
        let lab = lab(chance).await;
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(iam(&lab, "Action=GetUser").await.0);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    for status in [200, 400, 500] {
        assert!(runs[0].contains(&status), "{:?}", runs[0]);
    }
}

#[tokio::test]
async fn a_stale_read_does_not_see_what_was_just_done() {
    let lab = lab("[faults.chance]\nstale = 1.0\nstale_seconds = 2").await;
    let keys = "Action=ListAccessKeys&UserName=mailer";
    let made = iam(&lab, "Action=CreateAccessKey&UserName=mailer").await.1;
    let id = &made[made.find("AKIA").unwrap()..][..20];
    assert!(!iam(&lab, keys).await.1.contains(id));
    assert!(iam(&lab, keys).await.1.contains("AKIAMADEUPKEY2345672"));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert!(iam(&lab, keys).await.1.contains(id));
}

#[tokio::test]
async fn the_history_takes_one_attribute_and_knows_its_region() {
    let lab = lab("").await;
    let two = r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"a"},{"AttributeKey":"EventName","AttributeValue":"b"}]}"#;
    assert_eq!(
        trail(&lab, two).await.1["__type"],
        "InvalidLookupAttributesException"
    );
    assert_eq!(
        trail(&lab, r#"{"MaxResults":51}"#).await.1["__type"],
        "InvalidMaxResultsException"
    );
    assert_eq!(
        trail(&lab, r#"{"StartTime":20,"EndTime":10}"#).await.1["__type"],
        "InvalidTimeRangeException"
    );
    assert_eq!(trail(&lab, "{}").await.1["Events"].as_array().unwrap().len(), 1);
    let headers = [("x-amz-target", "CloudTrail_20131101.LookupEvents")];
    let call = Call {
        service: "cloudtrail",
        region: "eu-west-1",
        headers: &headers,
        body: "{}",
        ..Call::default()
    };
    assert_eq!(call.send(&lab).await.1, r#"{"Events":[]}"#);
}

#[tokio::test]
async fn ses_shows_and_changes_its_state() {
    let lab = lab("").await;
    let (_, account) = ses(&lab, "GET", "/v2/email/account", "").await;
    assert_eq!(
        (
            &account["ProductionAccessEnabled"],
            &account["SendQuota"]["MaxSendRate"]
        ),
        (&false.into(), &1.0.into())
    );
    assert_eq!(
        ses(
            &lab,
            "PUT",
            "/v2/email/account/sending",
            r#"{"SendingEnabled":false}"#
        )
        .await
        .0,
        200
    );
    assert_eq!(
        ses(&lab, "GET", "/v2/email/account", "").await.1["SendingEnabled"],
        false
    );
    assert_eq!(
        ses(&lab, "GET", "/v2/email/identities/nobody.example", "")
            .await
            .0,
        404
    );
    assert_eq!(ses(&lab, "GET", "/v2/email/nothing", "").await.0, 404);
}

async fn ask(lab: &Lab, name: &str, kind: RecordType) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut query = Message::query();
    query.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    socket
        .send_to(&query.to_vec().unwrap(), lab.dns_server())
        .await
        .unwrap();
    let mut buffer = [0; 1500];
    let length = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut buffer))
        .await
        .unwrap()
        .unwrap();
    Message::from_vec(&buffer[..length]).unwrap()
}

#[tokio::test]
async fn the_name_server_answers_as_the_world_says() {
    let lab = lab("").await;
    let code = |message: &Message| message.metadata.response_code;
    let answer = ask(&lab, "email-smtp.eu-west-1.amazonaws.com.", RecordType::A).await;
    assert_eq!((code(&answer), answer.answers.len()), (ResponseCode::NoError, 1));
    let answer = ask(&lab, "email-smtp.eu-west-1.amazonaws.com.", RecordType::AAAA).await;
    assert_eq!((code(&answer), answer.answers.len()), (ResponseCode::NoError, 0));
    assert_eq!(
        ask(&lab, "mail.example.com.", RecordType::A).await.answers.len(),
        2
    );
    assert_eq!(
        code(&ask(&lab, "email-smtp.eu-south-1.amazonaws.com.", RecordType::A).await),
        ResponseCode::NXDomain
    );
    assert_eq!(
        code(&ask(&lab, "broken.example.com.", RecordType::A).await),
        ResponseCode::ServFail
    );
}

#[tokio::test]
async fn the_environment_is_what_ordinary_programs_need() {
    let lab = lab("").await;
    let environment: BTreeMap<String, String> = lab.environment().into_iter().collect();
    assert_eq!(environment["AWS_ENDPOINT_URL"], lab.api_url());
    assert_eq!(environment["AWS_ACCESS_KEY_ID"], ADMIN);
    assert_eq!(
        environment["SMTP_PASSWORD"],
        lab.client_password().expose_secret()
    );
    let address = format!("{}:{}", environment["SMTP_HOST"], environment["SMTP_PORT"]);
    assert_eq!(lab.smtp_endpoints()[0], format!("eu-west-1:587={address}"));
    let arguments = lab.diagnose_arguments();
    assert!(
        !arguments
            .iter()
            .any(|argument| argument.contains(lab.client_password().expose_secret()))
    );
}

#[tokio::test]
async fn a_stopped_lab_lets_its_ports_go() {
    let lab = lab("").await;
    let (api, smtp) = (
        lab.api_url().replace("http://", ""),
        lab.smtp_address("eu-west-1", 587).unwrap(),
    );
    lab.stop().await;
    assert!(TcpStream::connect(api).await.is_err());
    assert!(TcpStream::connect(smtp).await.is_err());
}
