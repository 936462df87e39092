//! What the fuzz target of `client-log` does with its input. The tests of `client-log` run it over the seeds and over random
//! input, so that it cannot rot.

use client_log::Scanner;

/// A canary: an SMTP password of AWS's own example key.
const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

/// A log, in pieces whose size the first byte tells. How it is cut must make no difference, and no password may be seen.
pub(crate) fn client_log(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let whole = scan(bytes, bytes.len().max(1));
    let pieces = scan(bytes, usize::from(*size).max(1));
    assert_eq!(whole, pieces);
    let shown = format!(
        "{:?}",
        whole.groups.iter().map(|group| &group.sample).collect::<Vec<_>>()
    );
    let sound = String::from_utf8_lossy(bytes)
        .split_whitespace()
        .any(|word| word == PASSWORD);
    assert!(!sound || !shown.contains(PASSWORD));
}

fn scan(bytes: &[u8], size: usize) -> client_log::Log {
    let mut scanner = Scanner::new();
    bytes.chunks(size).for_each(|piece| scanner.push(piece));
    scanner.finish()
}
