//! What the fuzz targets of plans and journals do with their input. A test of `ses-doctor-core` runs the same functions over the
//! seeds and over changed ones, so that they cannot rot.

use ses_doctor_core::journal;
use ses_doctor_core::plan::Drafted;

/// A plan file: what is taken for one says the same when it is written again, and its actions can be turned round.
pub(crate) fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(drafted) = Drafted::from_json(text) else {
        return;
    };
    let again = Drafted::from_json(&drafted.to_json().to_string());
    assert_eq!(again.ok().as_ref(), Some(&drafted));
    for step in &drafted.plan().steps {
        assert_eq!(step.action.inverse().inverse(), step.action);
    }
}

/// A journal: whatever it is cut to, it tells its story or refuses to.
pub(crate) fn journal(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(records) = journal::read(text)
        && let Ok(progress) = journal::progress(&records, 3)
    {
        assert_eq!(progress.steps.len(), 3);
    }
}
