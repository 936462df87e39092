//! Files of each kind: renewed in place, read back, and put back byte for byte.

use super::*;
use ses_doctor_core::action::{Action, Holds, Store};
use std::path::PathBuf;

const OLD: &str = "AKIAOLDKEYOLDKEY2222";
const NEW: &str = "AKIAIOSFODNN7EXAMPLE";
const REGION: &str = "eu-west-1";
const NEW_PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";
const OLD_PASSWORD: &str = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9";

struct Desk {
    folder: tempfile::TempDir,
    vault: Vault,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        fs::create_dir(&run).unwrap();
        let secret = r#"{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#;
        fs::write(run.join("new-key.secret"), secret).unwrap();
        Self {
            vault: Vault::of(&run),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The new pair goes in, is read back, and the old bytes return.
    fn there_and_back(&self, path: &Path, form: Option<FileForm>) -> String {
        let before = fs::read(path).ok();
        let found = find(path, form).unwrap();
        let pair = StoredPair {
            store: Store::File {
                path: path.display().to_string(),
                form: found.form,
            },
            holds: Holds::Pair,
            region: REGION.into(),
            key: OLD.into(),
            old: found.digest,
            before: Which::Old,
            after: Which::New,
        };
        let record = || self.vault.record().unwrap();
        let action = Action::from(pair.clone());
        assert_eq!(state(path, &pair, &record()).unwrap(), action.before());
        replace(path, &pair, &self.vault).unwrap();
        assert_eq!(state(path, &pair, &record()).unwrap(), action.after());
        let (username, password) = super::pair(path, REGION, &record()).unwrap();
        assert_eq!((username.as_str(), password.expose_secret()), (NEW, NEW_PASSWORD));
        let new = fs::read_to_string(path).unwrap();
        assert!(!new.contains(OLD), "{new}");
        let Action::StoredPair(back) = action.inverse() else {
            panic!("another kind")
        };
        replace(path, &back, &self.vault).unwrap();
        assert_eq!(fs::read(path).ok(), before);
        new
    }
}

#[test]
fn variables_and_everything_around_them() {
    let desk = Desk::new();
    let text = format!(
        "# mail\nDB_PASSWORD=x\nSMTP_HOST=email-smtp.{REGION}.amazonaws.com\nSMTP_USERNAME=\"{OLD}\"\nSMTP_PASSWORD='{OLD_PASSWORD}' # live\n"
    );
    let new = desk.there_and_back(&desk.file(".env", &text), Some(FileForm::Env));
    assert_eq!(new, text.replace(OLD, NEW).replace(OLD_PASSWORD, NEW_PASSWORD));
}

#[test]
fn a_postfix_map_of_two_regions_gets_the_password_of_each() {
    let desk = Desk::new();
    let text = format!(
        "# relays\n[email-smtp.{REGION}.amazonaws.com]:587 {OLD}:{OLD_PASSWORD}\n[email-smtp.us-east-1.amazonaws.com]:587 {OLD}:old\n[relay.example]:25 me:pw\n"
    );
    let new = desk.there_and_back(&desk.file("sasl_passwd", &text), Some(FileForm::Postfix));
    assert!(new.contains(&format!(":587 {NEW}:{NEW_PASSWORD}\n")), "{new}");
    assert!(
        new.contains(&format!("us-east-1.amazonaws.com]:587 {NEW}:{OLD_PASSWORD}\n")),
        "{new}"
    );
    assert!(new.contains("[relay.example]:25 me:pw\n"));
}

#[test]
fn a_kubernetes_secret_in_base64_and_in_plain_text() {
    let desk = Desk::new();
    let encode = |text: &str| BASE64_STANDARD.encode(text);
    let data = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: mail\ndata:\n  SMTP_USERNAME: {}\n  SMTP_PASSWORD: {}\n",
        encode(OLD),
        encode(OLD_PASSWORD)
    );
    let new = desk.there_and_back(&desk.file("secret.yaml", &data), Some(FileForm::Kubernetes));
    assert!(new.contains(&encode(NEW_PASSWORD)), "{new}");
    let plain =
        format!("kind: Secret\nstringData:\n  SMTP_USERNAME: {OLD}\n  SMTP_PASSWORD: \"{OLD_PASSWORD}\"\n");
    desk.there_and_back(&desk.file("plain.yaml", &plain), None);
}

#[test]
fn a_url_keeps_its_encoding() {
    let desk = Desk::new();
    let encoded = OLD_PASSWORD.replace('/', "%2F").replace('+', "%2B");
    let text = format!("MAILER_DSN=smtp://{OLD}:{encoded}@email-smtp.{REGION}.amazonaws.com:587\n");
    let new = desk.there_and_back(&desk.file(".env", &text), None);
    assert!(new.contains(&format!("smtp://{NEW}:{NEW_PASSWORD}@")), "{new}");
}

#[test]
fn lines_that_end_as_windows_ends_them_stay_so() {
    let desk = Desk::new();
    let text = format!(
        "# mail\r\nSMTP_HOST=email-smtp.{REGION}.amazonaws.com\r\nSMTP_USERNAME={OLD}\r\nSMTP_PASSWORD={OLD_PASSWORD}\r\nX=\"y\"\r\n"
    );
    for text in [
        text.clone(),
        text.replace(OLD_PASSWORD, &format!("\"{OLD_PASSWORD}\"")),
    ] {
        let new = desk.there_and_back(&desk.file(".env", &text), Some(FileForm::Env));
        assert_eq!(new, text.replace(OLD, NEW).replace(OLD_PASSWORD, NEW_PASSWORD));
    }
    let map = format!("[email-smtp.{REGION}.amazonaws.com]:587 {OLD}:{OLD_PASSWORD}\r\n");
    desk.there_and_back(&desk.file("sasl_passwd", &map), Some(FileForm::Postfix));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_before_it_is_read() {
    for device in ["/dev/zero", "/dev/null"] {
        assert_eq!(
            find(Path::new(device), Some(FileForm::Env)).unwrap_err(),
            "it is no file"
        );
    }
}

#[test]
fn files_that_are_not_there_yet_are_made_and_go_again() {
    let desk = Desk::new();
    for (name, form) in [
        ("smtp.env", FileForm::Env),
        ("ses-smtp.yaml", FileForm::Kubernetes),
        ("sasl_passwd", FileForm::Postfix),
    ] {
        desk.there_and_back(&desk.path(name), Some(form));
    }
}

#[test]
fn what_does_not_fit_is_refused_and_left_alone() {
    let desk = Desk::new();
    assert!(
        find(&desk.path("none"), None)
            .unwrap_err()
            .contains("no such file")
    );
    let empty = desk.file("empty.env", "A=b\n");
    assert!(find(&empty, None).unwrap_err().contains("no SMTP login"));
    let env = desk.file(".env", &format!("SMTP_USERNAME={OLD}\nSMTP_PASSWORD=x\n"));
    assert!(
        find(&env, Some(FileForm::Kubernetes))
            .unwrap_err()
            .contains("not what it is said")
    );
    let pair = StoredPair {
        store: Store::File {
            path: env.display().to_string(),
            form: None,
        },
        holds: Holds::Pair,
        region: REGION.into(),
        key: OLD.into(),
        old: Some("00".repeat(32)),
        before: Which::Old,
        after: Which::New,
    };
    assert!(matches!(
        replace(&env, &pair, &desk.vault),
        Err(CallError::Refused { .. })
    ));
    try_beside(&env).unwrap();
    assert!(try_beside(&desk.path("gone/x")).is_err());
}
