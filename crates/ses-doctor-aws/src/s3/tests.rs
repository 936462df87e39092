//! Buckets over a wire that answers as S3 does.

use super::*;
use crate::testing::{Answer as Reply, aws};

fn object(key: &str, size: u64) -> ListedObject {
    ListedObject {
        key: key.to_owned(),
        size,
        tag: Some("\"tag\"".to_owned()),
    }
}

const EMPTY: &str = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

fn error(status: u16, code: &str) -> Reply {
    Reply::Http(
        status,
        format!("<Error><Code>{code}</Code><Message>as S3 says</Message></Error>"),
    )
}

#[tokio::test]
async fn the_bucket_is_in_the_hosts_name_unless_that_cannot_be() {
    let (aws, calls) = aws(|_| Reply::ok(EMPTY));
    for name in ["a-trail", "a.trail", "A_Trail"] {
        let page = aws.bucket(name).list(Listing::default()).await;
        assert_eq!(page, Observed::Known(ListingPage::default()), "{name}");
    }
    let asked: Vec<(String, String)> = calls
        .all()
        .into_iter()
        .map(|call| (call.host, call.action))
        .collect();
    let own = "s3.eu-west-1.amazonaws.com".to_owned();
    assert_eq!(
        asked,
        [
            (format!("a-trail.{own}"), "GET /".to_owned()),
            (own.clone(), "GET /a.trail/".to_owned()),
            (own, "GET /A_Trail/".to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_key_is_sent_as_it_is_and_signed_with_the_digest_of_nothing() {
    let (aws, calls) = aws(|_| Reply::ok("bytes"));
    let bytes = aws.bucket("b").get(&object("//a b/../+=%ü", 5), None).await;
    assert!(matches!(bytes, Observed::Known(bytes) if bytes.as_ref() == b"bytes"));
    let call = &calls.all()[0];
    assert_eq!(call.action, "GET ///a%20b/../%2B%3D%25%C3%BC");
    assert!(
        call.authorization.contains("/eu-west-1/s3/aws4_request"),
        "{call:?}"
    );
    assert!(call.authorization.contains("x-amz-content-sha256"), "{call:?}");
}

#[tokio::test]
async fn a_bucket_elsewhere_is_followed_once_and_remembered() {
    let (aws, calls) = aws(|call| match call.host.contains("eu-north-1") {
        true => Reply::ok(EMPTY),
        false => Reply::Elsewhere(301, "eu-north-1"),
    });
    let bucket = aws.bucket("b");
    for _ in 0..2 {
        let page = bucket.list(Listing::default()).await;
        assert!(matches!(page, Observed::Known(_)), "{page:?}");
    }
    let hosts: Vec<String> = calls.all().into_iter().map(|call| call.host).collect();
    let (own, other) = ("b.s3.eu-west-1.amazonaws.com", "b.s3.eu-north-1.amazonaws.com");
    assert_eq!(hosts, [own, other, other]);
    assert!(calls.all()[1].authorization.contains("/eu-north-1/s3/"));
}

#[tokio::test]
async fn a_bucket_that_is_nowhere_and_a_region_that_is_none_end() {
    let (round, _) = aws(|_| Reply::Elsewhere(301, "eu-north-1"));
    let (hostile, calls) = aws(|_| Reply::Elsewhere(301, "evil.example/"));
    for aws in [round, hostile] {
        let page = aws.bucket("b").list(Listing::default()).await;
        assert!(matches!(page, Observed::Failed { .. }), "{page:?}");
    }
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn being_asked_to_slow_down_is_no_failure_and_refusals_are_named() {
    let (slow, calls) = aws(|call| match call.nth {
        0 | 1 => error(503, "SlowDown"),
        _ => Reply::ok(EMPTY),
    });
    let page = slow.bucket("b").list(Listing::default()).await;
    assert!(
        matches!(page, Observed::Known(_)) && calls.all().len() == 3,
        "{page:?}"
    );
    for (status, code, expected) in [
        (404, "NoSuchBucket", "no bucket of this name"),
        (412, "PreconditionFailed", "has changed since"),
        (403, "InvalidObjectState", "restored"),
        (403, "SignatureDoesNotMatch", "refused the signature"),
    ] {
        let (aws, _) = aws(move |_| error(status, code));
        let Observed::Failed { why } = aws.bucket("b").get(&object("k", 1), None).await else {
            panic!("{code}");
        };
        assert!(why.contains(expected), "{why}");
    }
    let (denied, _) = aws(|_| error(403, "AccessDenied"));
    let (gone, _) = aws(|_| error(404, "NoSuchKey"));
    let object = object("k", 1);
    assert!(matches!(
        denied.bucket("b").get(&object, None).await,
        Observed::Denied { .. }
    ));
    assert!(matches!(
        gone.bucket("b").get(&object, None).await,
        Observed::Missing
    ));
}

#[tokio::test]
async fn what_is_longer_or_shorter_than_it_should_be_is_refused() {
    for body in ["short", &"long".repeat(LARGEST_ERROR)] {
        let body = body.to_owned();
        let (aws, _) = aws(move |_| Reply::ok(body.clone()));
        let bytes = aws.bucket("b").get(&object("k", 9), Some(0..9)).await;
        assert!(matches!(bytes, Observed::Failed { .. }), "{bytes:?}");
    }
    let (nobody, calls) = aws(|_| Reply::Refused);
    let bytes = nobody.bucket("b").get(&object("k", 0), None).await;
    assert!(matches!(bytes, Observed::Known(bytes) if bytes.as_ref().is_empty()));
    assert!(calls.all().is_empty());
}
