//! Given AWS IAM policy documents and a request: which statement decides, and why?
//!
//! Pure: no AWS SDK, no async, no clock, no I/O, and nothing that only SES knows.
