#![no_main]

#[path = "../lint_entries.rs"]
#[expect(dead_code, reason = "the list of targets is for their test")]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::configuration("config.json", data));
