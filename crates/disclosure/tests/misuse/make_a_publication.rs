//! A publication cannot be made outside the gate.

fn main() {
    let _ = disclosure::Publication { header: todo!(), results: Vec::new() };
}
