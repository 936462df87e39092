//! End-to-end tests: the real binary against the lab, in a scrubbed environment.

mod bad_input;
mod offline;
mod program;
mod reference;
mod scenarios;
mod screen;
mod secrets;
mod stopping;
