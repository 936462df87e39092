//! How much a diagnosis may see, and what strikes it.

use ses_doctor_aws::PERMISSIONS;
use ses_lab::World;
use ses_lab::world::Chance;
use sha2::{Digest, Sha256};

/// Access of a diagnosis. `diagnose` only reads, so that full access to AWS is the same to it as reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Settings, pair, log line and files; no network.
    Text,
    /// The SMTP endpoint too.
    Smtp,
    /// AWS too, but half of the calls are denied, drawn from this seed.
    Half(u64),
    /// AWS too.
    Aws,
    /// AWS, whose APIs throttle, fail, hang behind and dawdle, drawn from this seed.
    Faults(u64),
}

/// Seeds of denied halves and of faults.
pub(crate) const SEEDS: [u64; 3] = [1, 2, 3];

impl Level {
    /// From least to most, then with faults.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Text, Self::Smtp];
        all.extend(SEEDS.map(Self::Half));
        all.push(Self::Aws);
        all.extend(SEEDS.map(Self::Faults));
        all
    }

    /// What it is called in a complaint.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Text => "text only".to_owned(),
            Self::Smtp => "SMTP only".to_owned(),
            Self::Half(seed) => format!("half of AWS ({seed})"),
            Self::Aws => "AWS".to_owned(),
            Self::Faults(seed) => format!("AWS with faults ({seed})"),
        }
    }

    /// The same without the seed.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Text => "1 text only",
            Self::Smtp => "2 SMTP only",
            Self::Half(_) => "3 half of AWS",
            Self::Aws => "4 AWS",
            Self::Faults(_) => "5 AWS with faults",
        }
    }

    /// Trouble that only an experiment shows is not looked for without a network, and a password that AWS keeps cannot be
    /// had without AWS.
    pub(crate) fn is_open_to(self, world: &World) -> bool {
        let client = &world.client;
        let kept_by_aws = client.secret.is_some() || client.parameter.is_some();
        match self {
            Self::Text => !client.experiment && !kept_by_aws,
            Self::Smtp => !kept_by_aws,
            Self::Half(_) | Self::Aws | Self::Faults(_) => true,
        }
    }

    /// Takes away from the operator what this level does not have.
    pub(crate) fn restrict(self, world: &mut World) {
        match self {
            Self::Text | Self::Smtp | Self::Aws => {}
            Self::Half(seed) => {
                let calls = PERMISSIONS.iter().flat_map(|(_, actions)| *actions);
                let denied = calls.filter(|call| drawn(seed, call));
                world.faults.denied.extend(denied.map(|call| (*call).to_owned()));
            }
            Self::Faults(seed) => {
                world.faults.chance = Some(Chance {
                    seed,
                    throttled: 0.15,
                    failing: 0.15,
                    stale: 0.3,
                    stale_seconds: 60,
                    latency_ms: 200,
                });
            }
        }
    }

    /// Options of `diagnose`.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["--offline"],
            Self::Smtp => &["--no-aws"],
            Self::Half(_) | Self::Aws | Self::Faults(_) => &[],
        }
    }
}

/// Half of all words, another half for each seed.
fn drawn(seed: u64, word: &str) -> bool {
    Sha256::digest(format!("{seed} {word}").as_bytes())
        .first()
        .is_some_and(|byte| byte % 2 == 0)
}
