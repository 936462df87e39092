//! Whole archives on disk: what a scan finds is what a plain reader finds, and what is damaged costs nothing else.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is to fail there"
)]

mod bad_input;
mod naive;
mod watched;
