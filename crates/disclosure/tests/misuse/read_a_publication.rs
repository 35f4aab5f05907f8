//! A release is read back through the ledger, which verifies it, and in no other way.

fn read<'a, T: serde::Deserialize<'a>>(_: &'a str) -> Option<T> {
    None
}

fn main() {
    let _: Option<disclosure::Publication> = read("{}");
    let _: Option<disclosure::ReleasedTable> = read("{}");
    let _: Option<disclosure::Policy> = read("{}");
}
