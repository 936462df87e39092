//! `client-config-conflict`: two settings say different things.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "client-config-conflict",
    group: Group::Client,
    title: "Settings contradict each other",
    next_check: "look at what the running process has: docker exec CONTAINER env, or the program's own page of settings",
    reads: &[Need::ClientConfig],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

Some messages go out and others fail, or the program does not do what the file in front of you says.

## Why it happens

The same setting stands in two places with two values: in `.env` and in the Compose file, in a Secret and in a ConfigMap. Or
two settings exclude each other, such as both TLS switches of Django, or a region beside a host of another region.

## How it is proven

By the files: both places are named.

## What to do

Keep one of the two. Then look at what the running process really has.
";

fn check(evidence: &Evidence) -> Verdict {
    reading::by_config(evidence, CAUSE.id)
}

fn remedy(_: &Evidence) -> Remedy {
    Remedy::new("Keep one of the contradicting settings")
        .step("Find out which one counts: a variable of the container usually goes before the one of an env file")
        .command("See what the running process has, without its secrets", "docker exec CONTAINER env | grep -i smtp | grep -vi pass")
        .step("Restart the program after the change")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::ConfigFault;
    use crate::testimony::{evidence_of_client, known};

    #[test]
    fn the_files_show_it() {
        let mut evidence = evidence_of_client();
        evidence.client_config = known(vec![ConfigFault {
            cause: CAUSE.id.to_owned(),
            certainty: Certainty::Confirmed,
            place: "main.cf:1:1".to_owned(),
            message: "as the test says".to_owned(),
        }]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        evidence.client_config = known(Vec::new());
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }
}
