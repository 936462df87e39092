#![no_main]

#[path = "../log_entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::log_moment(data));
