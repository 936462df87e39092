//! The scenarios that come with the lab: a world for every cause, and healthy ones that look like trouble.

/// Names and sources of all scenarios.
pub fn scenarios() -> &'static [(&'static str, &'static str)] {
    &SCENARIOS
}

/// The source of one scenario.
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

macro_rules! scenarios {
    ($($name:literal,)*) => {
        [$(($name, include_str!(concat!("../scenarios/", $name, ".toml"))),)*]
    };
}

/// Held to the folder by a test.
const SCENARIOS: [(&str, &str); 1] = scenarios![
    "wrong-region-password",
];
