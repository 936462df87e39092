#![no_main]

#[path = "../health_entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::health_events(data));
