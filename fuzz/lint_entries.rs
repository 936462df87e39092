//! What the fuzz targets of `lint` do with their input, one for each reader. The tests of `ses-doctor-core` run the same
//! functions over the seeds and over random input, so that they cannot rot.

use ses_doctor_core::lint::{Document, lint, mend};

/// The name of a target, and the name of a file that its reader takes.
pub(crate) const TARGETS: [(&str, &str); 18] = [
    ("lint_dotenv", ".env"),
    ("lint_yaml", "values.yaml"),
    ("lint_toml", "config.toml"),
    ("lint_json", "config.json"),
    ("lint_xml", "web.config"),
    ("lint_ini", "app.ini"),
    ("lint_properties", "application.properties"),
    ("lint_terraform", "ses.tf"),
    ("lint_systemd", "app.service"),
    ("lint_postfix", "main.cf"),
    ("lint_postfix_master", "master.cf"),
    ("lint_password_map", "sasl_passwd"),
    ("lint_exim_passwords", "passwd.client"),
    ("lint_sendmail", "sendmail.mc"),
    ("lint_words", ".msmtprc"),
    ("lint_shell", "run.sh"),
    ("lint_code", "settings.py"),
    ("lint_unnamed", "pasted"),
];

/// A file with this name. What is found stands within it, on whole characters; masking keeps its lines; mending ends.
pub(crate) fn configuration(name: &str, data: &[u8]) {
    let Ok(decoded) = client_config::decode(data) else {
        return;
    };
    let documents = [Document::new(name, decoded.text)];
    for document in &documents {
        let masked = document.reading.masked(&document.text);
        assert_eq!(masked.lines().count(), document.text.lines().count());
        for secret in document
            .reading
            .settings
            .iter()
            .flat_map(client_config::Settings::secrets)
        {
            assert!(secret.span.end <= document.text.len());
        }
    }
    let findings = lint(&documents).findings;
    for finding in &findings {
        let text = &documents[finding.file].text;
        assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
        assert!(finding.position.line >= 1 && finding.position.column >= 1);
    }
    let _ = mend(&documents, &findings, &|_| true);
}
