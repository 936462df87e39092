#![no_main]

#[path = "../trail_entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::trail_key(data));
