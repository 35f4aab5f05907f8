//! The command line of Doorstroom.
fn main() {}
