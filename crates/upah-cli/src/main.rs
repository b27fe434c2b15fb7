//! The upah binary.
fn main() {}
