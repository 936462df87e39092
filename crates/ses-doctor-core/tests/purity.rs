//! Core stays pure: its dependency tree holds no runtime, no sockets, no AWS SDK and no command line.

#![expect(
    clippy::disallowed_methods,
    reason = "the test asks cargo for the tree; the crate itself may not"
)]

use std::process::Command;

const FORBIDDEN: [&str; 8] = [
    "tokio", "hyper", "rustls", "hickory", "aws-", "clap", "reqwest", "mio",
];

#[test]
fn the_dependency_tree_holds_nothing_that_does_io() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            "ses-doctor-core",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    assert!(tree.contains("ses-smtp"), "the tree was not read: {tree}");
    let found: Vec<&str> = tree
        .lines()
        .filter(|line| FORBIDDEN.iter().any(|name| line.starts_with(name)))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}
