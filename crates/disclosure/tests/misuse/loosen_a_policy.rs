//! A policy comes from its constructor, which holds the floor.

fn loosen(policy: &mut disclosure::Policy) {
    policy.0.threshold = 1;
    policy.settings().threshold = 1;
}

fn main() {}
