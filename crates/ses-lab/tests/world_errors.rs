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
        (
            "[client]",
            "[organization]\nmanagement_account = \"boss\"\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\naccounts = [\"111122223333\", \"222233334444\"]\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\ndelegated = [\"111122223333\"]\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\n[[organization.unit]]\nname = \"a\"\nparent = \"b\"\n\
             [[organization.unit]]\nname = \"b\"\nparent = \"a\"\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\n[[organization.unit]]\nname = \"root\"\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\n[[organization.policy]]\nname = \"p\"\n\
             document = \"{}\"\nattached = [\"root\", \"Prod\"]\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\nwithout_full_access = [\"root\"]\n[client]",
        ),
        (
            "[client]",
            "[organization]\nmanagement_account = \"222233334444\"\nswitched_off = [\"RESOURCE_CONTROL_POLICY\"]\n\
             [[organization.policy]]\nname = \"p\"\ntype = \"RESOURCE_CONTROL_POLICY\"\ndocument = \"{}\"\n\
             attached = [\"root\"]\n[client]",
        ),
        ("[client]", "[faults]\ndenied = [\"ListUsers\"]\n[client]"),
    ];
    let all: Vec<String> = mistakes
        .iter()
        .map(|(find, replacement)| complaint(find, replacement))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
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
