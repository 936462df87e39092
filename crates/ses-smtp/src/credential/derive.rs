//! From a secret access key to the SMTP password of a region.
//!
//! AWS developer guide, "Obtaining Amazon SES SMTP credentials"; the same arithmetic is in the AWS SDK for PHP and in
//! terraform-provider-aws, whose test vectors are kept below.

use super::Derivation;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

type Key = Zeroizing<[u8; 32]>;

const DATE: &str = "11111111";
const SERVICE: &str = "ses";
const TERMINAL: &str = "aws4_request";
const MESSAGE: &str = "SendRawEmail";
const VERSION_4: u8 = 0x04;
const VERSION_2: u8 = 0x02;

/// The SMTP password (version 4) of a secret access key in a region. Another region, another password.
pub fn smtp_password(secret: &SecretString, region: &str) -> SecretString {
    let [.., last] = chain(secret.expose_secret(), region);
    encode(VERSION_4, &last)
}

/// The SMTP password of the old algorithm (version 2), the same in every region. SES refuses it since 2021.
pub fn smtp_password_v2(secret: &SecretString) -> SecretString {
    let key = mac(secret.expose_secret().as_bytes(), MESSAGE);
    encode(VERSION_2, &key)
}

/// Which password of this secret access key a password is, if any. Tries the regions in order.
pub fn identify<'a>(
    secret: &SecretString,
    password: &SecretString,
    regions: impl IntoIterator<Item = &'a str>,
) -> Derivation {
    let given = password.expose_secret();
    if given == secret.expose_secret() {
        return Derivation::TheSecretItself;
    }
    if given == smtp_password_v2(secret).expose_secret() {
        return Derivation::Version2;
    }
    regions
        .into_iter()
        .find(|region| given == smtp_password(secret, region).expose_secret())
        .map_or(Derivation::NoMatch, |region| {
            Derivation::Region(region.to_owned())
        })
}

/// kDate, kRegion, kService, kTerminal and kMessage.
fn chain(secret: &str, region: &str) -> [Key; 5] {
    let seed = Zeroizing::new(format!("AWS4{secret}"));
    let date = mac(seed.as_bytes(), DATE);
    let region = mac(date.as_slice(), region);
    let service = mac(region.as_slice(), SERVICE);
    let terminal = mac(service.as_slice(), TERMINAL);
    let message = mac(terminal.as_slice(), MESSAGE);
    [date, region, service, terminal, message]
}

#[expect(
    clippy::expect_used,
    reason = "HMAC (RFC 2104) takes a key of any length, so this cannot fail"
)]
fn mac(key: &[u8], message: &str) -> Key {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn encode(version: u8, key: &Key) -> SecretString {
    let mut bytes = Zeroizing::new(Vec::with_capacity(33));
    bytes.push(version);
    bytes.extend_from_slice(key.as_slice());
    SecretString::from(STANDARD.encode(bytes.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const VECTORS: &[(&str, &str)] = &[
        ("us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"),
        ("us-east-2", "BMPPgbAHoFVbze1Ud0oA5uNdXRwUXUZ+qOwphGJbl/cS"),
        ("us-west-1", "BPjA45pIrcape5I6tUdaWxFAaPtEkMnkt+2R0m2pw7SF"),
        ("us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"),
        ("eu-west-1", "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk"),
        ("eu-west-2", "BGHJBzaql1Li4ktLk1UG51S49aDmvGyh5q3+hHCRbGC/"),
        ("eu-west-3", "BDDdpSTzbzUY3SJq/n4Oq7heDuCWbOtogMi5S3AR673+"),
        ("eu-central-1", "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG"),
        ("eu-north-1", "BPfy85A/4ChxYc0s4mIG5bpIlvRl5AP1uupODe8KaHpf"),
        ("ap-south-1", "BC+0XHfzX9OCIS1tbpn8R5pwm6cCZJGBRZ/nTeWUV9n+"),
        ("ap-northeast-1", "BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c"),
        ("ap-southeast-1", "BPFxvU6FSotUttFTKPPijavrWlByiD8MvThjbo1MuvNt"),
        ("ap-southeast-2", "BLNVIwl1Vk66qi8YP1q44PSaqUtaoyrS/0LT79VaGBfa"),
        ("ca-central-1", "BAasSsnWzpnb1x/UOD58KEOQvGKrh4RNYWJDqqq9/dFC"),
        ("sa-east-1", "BMaY55NZ29oKHOmwPeGZOue+QPW4b9Vwt4rVGhRfAK+4"),
        ("us-gov-west-1", "BHW/eHvx1MM9YwW4wrJG6MGVQmLDCAM99G9YiSdGEIAw"),
    ];

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn hex(key: &Key) -> String {
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn every_region_gives_the_published_password() {
        for (region, password) in VECTORS {
            assert_eq!(
                smtp_password(&secret(SECRET), region).expose_secret(),
                *password,
                "{region}"
            );
        }
    }

    #[test]
    fn vectors_of_terraform_provider_aws() {
        for (key, region, password) in [
            (
                "some+secret+key",
                "eu-central-1",
                "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2",
            ),
            (
                "another+secret+key",
                "eu-central-1",
                "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh",
            ),
            (
                "some+secret+key",
                "us-west-1",
                "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj",
            ),
            (
                "another+secret+key",
                "us-west-1",
                "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF",
            ),
        ] {
            assert_eq!(smtp_password(&secret(key), region).expose_secret(), password);
        }
    }

    #[test]
    fn intermediate_keys_of_us_east_1() {
        let keys: Vec<_> = chain(SECRET, "us-east-1").iter().map(hex).collect();
        assert_eq!(
            keys,
            [
                "5e88ec44617a177b45690a3e5fcf20c17099739a24aef34200b96801db651ecc",
                "c95c7aa304a661ec5d63ccbc0777908509ea72b822e93ee199375cddf812cecf",
                "d1f402dbfb2b8c87077bb6317e9826e0fd295adf7ab615598398b6ed0f3cb2a4",
                "c8b82257b805c29d363837fe9832fe15a41a1f1ec65823dac54486d4774f5315",
                "b04cffd8525042dfabc1b0fab53561c06390ec466e14f65c6efadf154b1962fd",
            ]
        );
    }

    #[test]
    fn version_2_is_the_same_everywhere() {
        assert_eq!(
            smtp_password_v2(&secret(SECRET)).expose_secret(),
            "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"
        );
    }

    #[test]
    fn a_password_is_identified_with_its_secret() {
        let regions = || VECTORS.iter().map(|(region, _)| *region);
        for (region, password) in VECTORS {
            let found = identify(&secret(SECRET), &secret(password), regions());
            assert_eq!(found, Derivation::Region((*region).to_owned()));
        }
        let of = |password: &str| identify(&secret(SECRET), &secret(password), regions());
        assert_eq!(of(SECRET), Derivation::TheSecretItself);
        assert_eq!(
            of("An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"),
            Derivation::Version2
        );
        assert_eq!(
            of("BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
            Derivation::NoMatch
        );
    }
}
