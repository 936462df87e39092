//! Mistakes in a world file: what is said, and where it points.

#![expect(clippy::expect_used, reason = "a test may fail")]

use ses_lab::World;

const GOOD: &str = r#"title = "t"
story = "s"
causes = ["key-inactive"]
[client]
region = "eu-west-1"
username = "AKIAMADEUPKEY2345672"
password = { derive = "eu-west-1", key = "AKIAMADEUPKEY2345672" }
[[account]]
id = "111122223333"
[[account.user]]
name = "mailer"
[[account.user.key]]
id = "AKIAMADEUPKEY2345672"
secret = "0123456789abcdefghijABCDEFGHIJ0123456789"
"#;

fn complaint(find: &str, replacement: &str) -> String {
    let text = GOOD.replacen(find, replacement, 1);
    assert_ne!(text, GOOD, "`{find}` is in the file");
    let error = World::parse("world.toml", &text).expect_err("a mistake");
    let pointed = error
        .span
        .clone()
        .and_then(|span| text.get(span))
        .unwrap_or("(nowhere)");
    format!("{error}\n  at: {}", pointed.lines().next().unwrap_or_default())
}

#[test]
fn mistakes_are_told_with_their_place() {
    assert!(World::parse("world.toml", GOOD).is_ok());
    let mistakes = [
        ("title = \"t\"", "titel = \"t\""),
        ("title = \"t\"", "title = 5"),
        ("story = \"s\"", "story = \"s"),
        ("[\"key-inactive\"]", "[]"),
        ("[\"key-inactive\"]", "[\"Key inactive\"]"),
        (
            "[\"key-inactive\"]",
            "[\"key-inactive\"]\nnear_misses = [\"key-deleted\", \"key-inactive\"]",
        ),
        ("[\"key-inactive\"]", "[\"key-inactive\"]\nhealthy = true"),
        ("region = \"eu-west-1\"", "region = \"eu-wset-1\""),
        ("derive = \"eu-west-1\"", "derive = \"mars\""),
        ("key = \"AKIAMADEUPKEY2345672\"", "key = \"AKIAOTHERKEY23456772\""),
        ("derive = \"eu-west-1\", ", ""),
        ("derive = \"eu-west-1\"", "derived = \"eu-west-1\""),
        (
            "key = \"AKIAMADEUPKEY2345672\" }",
            "key = \"AKIAMADEUPKEY2345672\", damage = [\"rotten\"] }",
        ),
        ("id = \"111122223333\"", "id = \"1111\""),
        ("name = \"mailer\"", "name = \"mailer\"\ngroups = [\"nobody\"]"),
        (
            "name = \"mailer\"",
            "name = \"mailer\"\nattached = [\"arn:aws:iam::aws:policy/Nothing\"]",
        ),
        ("id = \"AKIAMADEUPKEY2345672\"", "id = \"AKIA1\""),
        ("0123456789abcdefghij", "short"),
        (
            "id = \"AKIAMADEUPKEY2345672\"",
            "id = \"AKIAMADEUPKEY2345672\"\ncreated = \"yesterday\"",
        ),
        (
            "[[account.user]]\n",
            "[[account.user]]\nname = \"mailer\"\n[[account.user]]\n",
        ),
        ("[client]", "[operator]\nkey = \"AKIAOTHERKEY23456772\"\n[client]"),
        (
            "[client]",
            "[[smtp]]\nregion = \"eu-west-1\"\nblocked = [26]\n[client]",
        ),
        (
            "[client]",
            "[[smtp]]\nregion = \"eu-west-1\"\nimpostor = \"sendmail\"\n[client]",
        ),
        ("[client]", "[dns]\n\"a.example\" = \"gone\"\n[client]"),
        ("[client]", "[faults]\ndenied = [\"ListUsers\"]\n[client]"),
    ];
    insta::assert_snapshot!(complaints(&mistakes));
}

fn complaints(mistakes: &[(&str, &str)]) -> String {
    let all = mistakes
        .iter()
        .map(|(find, replacement)| complaint(find, replacement));
    all.collect::<Vec<_>>().join("\n")
}

#[test]
fn mistakes_in_an_organization_are_told_with_their_place() {
    let of = |text: &str| format!("[organization]\nmanagement_account = \"222233334444\"\n{text}\n[client]");
    let mistakes = [
        "accounts = [\"111122223333\", \"222233334444\"]",
        "delegated = [\"111122223333\"]",
        "accounts = [\"boss\"]",
        "unit = [{ name = \"a\", parent = \"b\" }, { name = \"b\", parent = \"a\" }]",
        "unit = [{ name = \"root\" }]",
        "unit = [{ name = \"a\", parent = \"b\" }]",
        "policy = [{ name = \"p\", document = \"{}\", attached = [\"root\", \"Prod\"] }]",
        "policy = [{ name = \"p\", document = \"[]\" }]",
        "policy = [{ name = \"p\", document = \"{}\" }, { name = \"p\", document = \"{}\" }]",
        "without_full_access = [\"root\"]",
        "switched_off = [\"RESOURCE_CONTROL_POLICY\"]\n\
         policy = [{ name = \"p\", type = \"RESOURCE_CONTROL_POLICY\", document = \"{}\", attached = [\"root\"] }]",
    ]
    .map(|text| complaint("[client]", &of(text)));
    insta::assert_snapshot!(mistakes.join("\n"));
}

#[test]
fn mistakes_around_the_users_of_an_account_are_told_with_their_place() {
    let mistakes = [
        (
            "[[account.user]]\n",
            "[[account.ses]]\nregion = \"eu-west-1\"\n[[account.ses.identity]]\nname = \"a.example\"\n\
             policy = [{ name = \"p\", document = \"Allow\" }]\n[[account.user]]\n",
        ),
        (
            "[[account.user]]\n",
            "[[account.vpc_endpoint]]\nid = \"vpce-1\"\nregion = \"eu-west-1\"\nsecurity_groups = [\"sg-1\"]\n\
             [[account.user]]\n",
        ),
        (
            "[[account.user]]\n",
            "[[account.vpc_endpoint]]\nid = \"vpce-1\"\nregion = \"mars\"\n[[account.user]]\n",
        ),
    ];
    insta::assert_snapshot!(complaints(&mistakes));
}

#[test]
fn mistakes_in_a_disturbance_are_told_with_their_place() {
    let of = |text: &str| format!("[[smtp]]\nregion = \"eu-west-1\"\n{text}\n[client]");
    let mistakes = [
        "addresses = [\"192.0.2.1\"]",
        "disturbance = [{ what = \"intercepted\", ports = [26] }]",
        "disturbance = [{ what = \"intercepted\", addresses = [\"127.0.0.9\"] }]",
        "disturbance = [{ what = \"closed-at-auth\", probability = 1.5 }]",
        "disturbance = [{ what = \"never-greets\", mechanisms = [\"LOGIN\"] }]",
        "disturbance = [{ what = \"blocked\", probability = 0.5 }]",
    ]
    .map(|text| complaint("[client]", &of(text)));
    insta::assert_snapshot!(mistakes.join("\n"));
}

#[test]
fn a_missing_file_is_a_clear_message() {
    let error = World::read(std::path::Path::new("/nonexistent/world.toml")).expect_err("no file");
    assert!(
        error
            .to_string()
            .starts_with("/nonexistent/world.toml: cannot be read: "),
        "{error}"
    );
}
