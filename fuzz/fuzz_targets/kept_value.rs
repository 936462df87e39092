#![no_main]

#[path = "../value_entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::kept_value(data));
