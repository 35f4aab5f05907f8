//! An approval comes from its constructor, which looks at who approves.

fn main() {
    let _ = disclosure::Approval {
        author: String::new(),
        checkers: Vec::new(),
        digest: estimate::Digest([0; 32]),
    };
}
