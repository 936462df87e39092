//! testing placeholder
