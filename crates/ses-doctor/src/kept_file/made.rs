//! Files where there were none.

use super::{holds_new, host, new_pair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use ses_doctor_aws::Vault;
use ses_doctor_core::action::{FileForm, Store, StoredPair};
use std::path::Path;

const PORT: u16 = 587;

/// A whole file with the new pair.
pub(super) fn file(path: &Path, pair: &StoredPair, vault: &Vault) -> Result<SecretString, String> {
    let Store::File { form: Some(form), .. } = &pair.store else {
        return Err("it is not said what it is to be".to_owned());
    };
    let (username, password) = new_pair(vault, &pair.region)?;
    let text = SecretString::from(text(
        *form,
        &host(&pair.region),
        &username,
        password.expose_secret(),
    ));
    let record = vault.record().map_err(|error| error.to_string())?;
    match holds_new(path, text.expose_secret(), &pair.region, &record) {
        true => Ok(text),
        false => Err(format!(
            "a file of this name would not be read as {form:?}: choose one as {}",
            usual_name(*form)
        )),
    }
}

fn text(form: FileForm, host: &str, username: &str, password: &str) -> String {
    match form {
        FileForm::Env => format!(
            "SMTP_HOST={host}\nSMTP_PORT={PORT}\nSMTP_USERNAME={username}\nSMTP_PASSWORD={password}\n"
        ),
        FileForm::Postfix => format!("[{host}]:{PORT} {username}:{password}\n"),
        FileForm::Kubernetes => {
            let data = |text: &str| BASE64_STANDARD.encode(text);
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ses-smtp\ntype: Opaque\ndata:\n  SMTP_USERNAME: {}\n  \
                 SMTP_PASSWORD: {}\n",
                data(username),
                data(password)
            )
        }
    }
}

fn usual_name(form: FileForm) -> &'static str {
    match form {
        FileForm::Env => "smtp.env",
        FileForm::Postfix => "sasl_passwd",
        FileForm::Kubernetes => "ses-smtp.yaml",
    }
}
