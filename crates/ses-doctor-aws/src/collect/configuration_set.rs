//! [`Need::ConfigurationSet`](ses_doctor_core::Need::ConfigurationSet): SES `GetConfigurationSet`.

use super::{region_of, told};
use crate::client::Aws;
use crate::outcome::{Judge, Look};
use crate::permissions::GET_CONFIGURATION_SET;
use crate::subject::Subject;
use ses_doctor_core::evidence::ConfigurationSet;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<ConfigurationSet> {
    let name = told(subject.configuration_set.as_ref(), "the configuration set")?;
    let ses = aws.ses(region_of(subject)?);
    let answer = ses
        .get_configuration_set()
        .configuration_set_name(name)
        .send()
        .await;
    let options = answer.judge(GET_CONFIGURATION_SET)?.sending_options;
    // Sending options that are not listed are the default ones: enabled.
    let sending_enabled = options.is_none_or(|options| options.sending_enabled);
    Ok(ConfigurationSet {
        name: name.to_owned(),
        sending_enabled,
    })
}
