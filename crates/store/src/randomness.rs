//! Where this crate gets its randomness: from the operating system.

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};

/// A cryptographically secure generator, seeded by the operating system.
pub fn secure_rng() -> StdRng {
    StdRng::try_from_rng(&mut SysRng)
        .expect("an operating system without randomness cannot keep secrets")
}
