//! Mending: a short search through the undoings of [`super::damage`] for a value of the right shape.

use super::damage::{Secret, UNDO};
use super::shape::{password_shape, username_shape};
use super::{Damage, PasswordShape, UsernameShape};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

const MAX_DEPTH: usize = 5;
const MAX_STATES: usize = 96;
const MAX_LENGTH: usize = 4096;
const MAX_REPAIRS: usize = 4;

/// A pair of the right shape that the given one may have been before it was damaged.
#[derive(Debug, Clone)]
pub struct Repair {
    /// What was undone, in the user name or the password; empty when the fields were only swapped.
    pub damage: Vec<Damage>,
    /// The mended user name: always an access key id.
    pub username: String,
    /// The mended password: always of version 4.
    pub password: SecretString,
    /// The fields were swapped back.
    pub swapped: bool,
}

/// Plausible mended pairs, best first, at most four, without the pair as given. Each has an access key id as user name
/// and a version 4 password, so that trying it is worth a login.
pub fn repairs(username: &str, password: &SecretString) -> Vec<Repair> {
    let password = password.expose_secret();
    let mut found = pairs(username, password, false);
    found.extend(pairs(password, username, true));
    found.sort_by_key(|repair| repair.damage.len());
    found.retain(|repair| repair.username != username || repair.password.expose_secret() != password);
    found.truncate(MAX_REPAIRS);
    found
}

fn pairs(username: &str, password: &str, swapped: bool) -> Vec<Repair> {
    let names = search(username, |value| {
        username_shape(value) == UsernameShape::AccessKeyId
    });
    if names.is_empty() {
        return Vec::new();
    }
    let passwords = search(password, |value| password_shape(value) == PasswordShape::SmtpV4);
    let pair = |name: &Mended, password: &Mended| Repair {
        damage: union(&name.damage, &password.damage),
        username: name.value.to_string(),
        password: SecretString::from(password.value.as_str()),
        swapped,
    };
    names
        .iter()
        .flat_map(|name| passwords.iter().map(move |password| pair(name, password)))
        .collect()
}

fn union(left: &[Damage], right: &[Damage]) -> Vec<Damage> {
    let mut all = left.to_vec();
    all.extend(right.iter().filter(|damage| !left.contains(damage)));
    all
}

/// A value on the way, and the damage undone so far.
#[derive(Clone)]
pub(super) struct Mended {
    pub(super) value: Secret,
    pub(super) damage: Vec<Damage>,
}

/// Values that `accept` takes, the least mended first. A value that is right as given is the only answer.
pub(super) fn search(value: &str, accept: impl Fn(&str) -> bool) -> Vec<Mended> {
    if value.len() > MAX_LENGTH {
        return Vec::new();
    }
    let given = Mended {
        value: Zeroizing::new(value.to_owned()),
        damage: Vec::new(),
    };
    if accept(value) {
        return vec![given];
    }
    let mut states = vec![given];
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(state) = states.get(next).cloned() {
        next += 1;
        for new in successors(&state) {
            if states.len() >= MAX_STATES || states.iter().any(|old| *old.value == *new.value) {
                continue;
            }
            if accept(&new.value) {
                found.push(new.clone());
            }
            states.push(new);
        }
    }
    found
}

fn successors(state: &Mended) -> Vec<Mended> {
    if state.damage.len() >= MAX_DEPTH {
        return Vec::new();
    }
    let undone = |(damage, undo): &super::damage::Undo| {
        let damage = *damage;
        let values = undo(&state.value)
            .into_iter()
            .filter(|value| **value != *state.value && !value.is_empty());
        values
            .map(move |value| Mended {
                value,
                damage: with(&state.damage, damage),
            })
            .collect::<Vec<_>>()
    };
    UNDO.iter().flat_map(undone).collect()
}

fn with(damage: &[Damage], new: Damage) -> Vec<Damage> {
    union(damage, &[new])
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    const USER: &str = "AKIAIOSFODNN7EXAMPLE";
    const PASSWORD: &str = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9";

    fn best(username: &str, password: &str) -> Option<Repair> {
        repairs(username, &SecretString::from(password))
            .into_iter()
            .next()
    }

    fn assert_mends(password: &str, damage: &[Damage]) {
        let repair = best(USER, password).unwrap_or_else(|| panic!("no repair of {password:?}"));
        assert_eq!(repair.password.expose_secret(), PASSWORD, "{password:?}");
        assert_eq!(repair.username, USER);
        assert_eq!(repair.damage, damage, "{password:?}");
    }

    #[test]
    fn a_sound_pair_needs_no_repair() {
        assert!(best(USER, PASSWORD).is_none());
    }

    #[test]
    fn single_damage_is_undone() {
        assert_mends(&format!(" {PASSWORD} "), &[Damage::Whitespace]);
        assert_mends(&format!("{PASSWORD}\n"), &[Damage::Newline]);
        assert_mends(&format!("{PASSWORD}\r\n"), &[Damage::Newline]);
        assert_mends(
            &PASSWORD.replace('/', "%2F").replace('+', "%2B"),
            &[Damage::PercentEncoded],
        );
        assert_mends(&PASSWORD.replace('/', "%252F"), &[Damage::PercentEncoded]);
        assert_mends(&PASSWORD.replace('/', "%%2F"), &[Damage::PercentEncoded]);
        assert_mends(&PASSWORD.replace('+', " "), &[Damage::PlusBecameSpace]);
        assert_mends(
            &PASSWORD.replace('+', "&#43;").replace('/', "&#x2F;"),
            &[Damage::HtmlEntity],
        );
        assert_mends(&format!("\"{PASSWORD}\""), &[Damage::Quoted]);
        assert_mends(&format!("'{PASSWORD}'"), &[Damage::Quoted]);
        assert_mends(&format!("b'{PASSWORD}'"), &[Damage::Quoted]);
        assert_mends(&format!("{PASSWORD}="), &[Damage::Quoted]);
        assert_mends(
            &PASSWORD.replace('/', "\\/").replace('+', "\\+"),
            &[Damage::Backslash],
        );
        assert_mends(&format!("{PASSWORD}\\n"), &[Damage::Backslash]);
        assert_mends(&STANDARD.encode(PASSWORD), &[Damage::Base64Encoded]);
        assert_mends(&format!("\u{200b}{PASSWORD}"), &[Damage::LookAlike]);
        assert_mends(&PASSWORD.replace('B', "В"), &[Damage::LookAlike]);
        assert_mends(&format!("SMTP_PASSWORD={PASSWORD}"), &[Damage::Prefixed]);
        assert_mends(&format!("password: {PASSWORD}"), &[Damage::Prefixed]);
        assert_mends(&format!("{USER}:{PASSWORD}"), &[Damage::Prefixed]);
    }

    #[test]
    fn damage_upon_damage_is_undone() {
        assert_mends(
            &STANDARD.encode(format!("{PASSWORD}\n")),
            &[Damage::Base64Encoded, Damage::Newline],
        );
        assert_mends(
            &format!("{}\n", STANDARD.encode(PASSWORD)),
            &[Damage::Newline, Damage::Base64Encoded],
        );
        assert_mends(&format!("\"{PASSWORD}\"\r\n"), &[Damage::Newline, Damage::Quoted]);
        assert_mends(
            &STANDARD.encode(STANDARD.encode(PASSWORD)),
            &[Damage::Base64Encoded],
        );
        assert_mends(
            &format!("{PASSWORD}\u{a0}"),
            &[Damage::LookAlike, Damage::Whitespace],
        );
    }

    #[test]
    fn swapped_fields_are_swapped_back() {
        let repair = best(PASSWORD, USER).expect("a repair");
        assert!(repair.swapped && repair.damage.is_empty());
        assert_eq!(
            (repair.username.as_str(), repair.password.expose_secret()),
            (USER, PASSWORD)
        );
    }

    #[test]
    fn a_damaged_user_name_is_mended_too() {
        let repair = best(&format!("{USER} "), PASSWORD).expect("a repair");
        assert_eq!(
            (repair.username.as_str(), repair.damage.as_slice()),
            (USER, [Damage::Whitespace].as_slice())
        );
        let joined = best(&format!("{USER}:{PASSWORD}"), PASSWORD).expect("a repair");
        assert_eq!(joined.username, USER);
    }

    #[test]
    fn debug_shows_no_password() {
        let text = format!("{:?}", repairs(USER, &SecretString::from(format!("{PASSWORD} "))));
        assert!(!text.contains(PASSWORD) && text.contains(USER));
    }

    proptest! {
        #[test]
        fn anything_is_searched_in_bounds(username in ".{0,80}", password in ".{0,120}") {
            let found = repairs(&username, &SecretString::from(password));
            prop_assert!(found.len() <= MAX_REPAIRS);
            for repair in found {
                prop_assert_eq!(username_shape(&repair.username), UsernameShape::AccessKeyId);
                prop_assert_eq!(password_shape(repair.password.expose_secret()), PasswordShape::SmtpV4);
            }
        }

        #[test]
        fn damaged_then_repaired_is_the_pair(secret in "[A-Za-z0-9/+]{40}", region in "[a-z]{2}-[a-z]{4}-[1-9]", kind in 0..7usize) {
            let password = super::super::smtp_password(&SecretString::from(secret), &region);
            let plain = password.expose_secret();
            prop_assert_eq!(password_shape(plain), PasswordShape::SmtpV4);
            let damaged = match kind {
                0 => format!("{plain}\n"),
                1 => format!("  {plain}\t"),
                2 => plain.replace('/', "%2F").replace('+', "%2B"),
                3 => plain.replace('+', " "),
                4 => format!("'{plain}'"),
                5 => STANDARD.encode(format!("{plain}\n")),
                _ => plain.replace('/', "\\/"),
            };
            prop_assume!(damaged != plain);
            let repair = best(USER, &damaged).expect("a repair");
            prop_assert_eq!(repair.password.expose_secret(), plain);
        }
    }
}
