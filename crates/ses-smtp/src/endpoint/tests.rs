use super::*;
use crate::probe::TlsMode;
use proptest::prelude::*;

fn kind(host: &str) -> EndpointKind {
    Endpoint::parse(host).kind
}

#[test]
fn hosts_are_told_apart() {
    use EndpointKind as Kind;
    for (host, expected, region) in [
        (
            "email-smtp.eu-west-1.amazonaws.com",
            Kind::Public,
            Some("eu-west-1"),
        ),
        (
            "EMAIL-SMTP.us-gov-west-1.amazonaws.com",
            Kind::Public,
            Some("us-gov-west-1"),
        ),
        (
            "email-smtp-fips.us-east-1.amazonaws.com",
            Kind::Fips,
            Some("us-east-1"),
        ),
        (
            "vpce-0a1b-xyz.email-smtp.us-east-1.vpce.amazonaws.com",
            Kind::VpcEndpoint,
            Some("us-east-1"),
        ),
        ("email.us-east-1.amazonaws.com", Kind::Api, Some("us-east-1")),
        ("email.us-east-1.api.aws", Kind::Api, Some("us-east-1")),
        (
            "inbound-smtp.us-east-1.amazonaws.com",
            Kind::Inbound,
            Some("us-east-1"),
        ),
        (
            "feedback-smtp.us-east-1.amazonses.com",
            Kind::Feedback,
            Some("us-east-1"),
        ),
        (
            "abcdefghijkl.abcd.mail-manager-smtp.amazonaws.com",
            Kind::MailManager,
            None,
        ),
        (
            "smtp.mail.us-east-1.awsapps.com",
            Kind::WorkMail,
            Some("us-east-1"),
        ),
        ("email-smtp.amazonaws.com", Kind::BannerName, None),
        ("email-smtp.eu-west1.amazonaws.com", Kind::AwsOther, None),
        ("s3.eu-west-1.amazonaws.com", Kind::AwsOther, Some("eu-west-1")),
        ("smtp.gmail.com", Kind::OtherProvider("Gmail".into()), None),
        ("smtp.sendgrid.net", Kind::OtherProvider("SendGrid".into()), None),
        ("localhost", Kind::Loopback, None),
        ("127.0.0.1", Kind::Loopback, None),
        ("::1", Kind::Loopback, None),
        ("192.0.2.7", Kind::Address, None),
        ("mail.example.com", Kind::Other, None),
        ("", Kind::Other, None),
    ] {
        let endpoint = Endpoint::parse(host);
        assert_eq!(
            (endpoint.kind, endpoint.region.as_deref()),
            (expected, region),
            "{host}"
        );
    }
}

#[test]
fn what_surrounds_the_host_is_taken_off_and_named() {
    let host = "email-smtp.eu-west-1.amazonaws.com";
    for (field, port, damage) in [
        (
            "email-smtp.eu-west-1.amazonaws.com:587",
            Some(587),
            &[HostDamage::PortInHost][..],
        ),
        (
            "[email-smtp.eu-west-1.amazonaws.com]:587",
            Some(587),
            &[HostDamage::PortInHost, HostDamage::Brackets],
        ),
        (
            "https://email-smtp.eu-west-1.amazonaws.com/",
            None,
            &[HostDamage::Scheme, HostDamage::Path],
        ),
        (
            "ssl://email-smtp.eu-west-1.amazonaws.com:465",
            Some(465),
            &[HostDamage::Scheme, HostDamage::PortInHost],
        ),
        (
            "email-smtp.eu-west-1.amazonaws.com.",
            None,
            &[HostDamage::TrailingDot],
        ),
        (
            " email-smtp.eu-west-1.amazonaws.com\n",
            None,
            &[HostDamage::Whitespace],
        ),
        (
            "\"email-smtp.eu-west-1.amazonaws.com\"",
            None,
            &[HostDamage::Quoted],
        ),
        (
            "smtp://AKIA:BLBM/9hS@email-smtp.eu-west-1.amazonaws.com:587",
            Some(587),
            &[
                HostDamage::Scheme,
                HostDamage::UserInformation,
                HostDamage::PortInHost,
            ],
        ),
    ] {
        let endpoint = Endpoint::parse(field);
        assert_eq!((endpoint.host.as_str(), endpoint.port), (host, port), "{field}");
        assert_eq!(endpoint.damage, damage, "{field}");
        assert_eq!(endpoint.suggestion().as_deref(), Some(host));
    }
}

#[test]
fn a_misspelt_host_leads_to_the_one_meant() {
    let suggest = |host: &str| Endpoint::parse(host).suggestion();
    let ireland = Some("email-smtp.eu-west-1.amazonaws.com".to_owned());
    for host in [
        "email-smtp.eu-west1.amazonaws.com",
        "email-smtp.euwest1.amazonaws.com",
        "email-smtp-eu-west-1.amazonaws.com",
        "email-smtp.eu.west.1.amazonaws.com",
        "ses-smtp.eu-west-1.amazonaws.com",
        "smtp.eu-west-1.amazonaws.com",
        "email-smtp.eu-west-1.amazonaws.co",
        "email-smtp.eu-west-1.amazonws.com",
        "email-smtp.eu-west-1.amazonses.com",
        "email-smtp.eu-west-1",
        "email.eu-west-1.amazonaws.com",
        "inbound-smtp.eu-west-1.amazonaws.com",
    ] {
        assert_eq!(suggest(host), ireland, "{host}");
    }
    for host in [
        "email-smtp.eu-west-1.amazonaws.com",
        "email-smtp.amazonaws.com",
        "mail.example.com",
        "localhost",
        "smtp.gmail.com",
        "email-smtp.cn-north-1.amazonaws.com.cn",
    ] {
        assert_eq!(suggest(host), None, "{host}");
    }
}

#[test]
fn names_on_the_certificate() {
    let names = Endpoint::parse("vpce-1.email-smtp.us-east-1.vpce.amazonaws.com").acceptable_names();
    assert_eq!(
        names,
        [
            "vpce-1.email-smtp.us-east-1.vpce.amazonaws.com",
            "email-smtp.us-east-1.amazonaws.com"
        ]
    );
    assert_eq!(
        Endpoint::parse("mail.example.com").acceptable_names(),
        ["mail.example.com"]
    );
}

#[test]
fn ports_have_their_mode() {
    assert_eq!(tls_mode_of_port(587), Some(TlsMode::StartTls));
    assert_eq!(tls_mode_of_port(2465), Some(TlsMode::Wrapper));
    assert_eq!(tls_mode_of_port(1025), None);
}

#[test]
fn an_address_keeps_its_colons() {
    assert_eq!(Endpoint::parse("[2001:db8::1]:587").host, "2001:db8::1");
    assert_eq!(Endpoint::parse("2001:db8::1").port, None);
    assert_eq!(kind("2001:db8::1"), EndpointKind::Address);
}

proptest! {
    #[test]
    fn any_field_has_an_answer(field in "\\PC{0,120}") {
        let endpoint = Endpoint::parse(&field);
        let _ = endpoint.suggestion();
        prop_assert!(!endpoint.host.ends_with('.'));
    }

    #[test]
    fn parsing_the_parsed_changes_nothing(label in "[a-z][a-z0-9-]{0,10}", port in 1u16..) {
        let first = Endpoint::parse(&format!(" smtp://{label}.example.com:{port}/x "));
        let second = Endpoint::parse(&first.host);
        prop_assert_eq!(first.port, Some(port));
        prop_assert_eq!(first.host, second.host);
    }
}
