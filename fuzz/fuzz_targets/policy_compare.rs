#![no_main]

#[path = "../compare_entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::policy_compare(data));
