//! There is no other way to a publication than through the gate.

fn main() {
    let _ = disclosure::Publication::default();
    let _ = disclosure::Publication::from(Vec::<disclosure::Published>::new());
}
