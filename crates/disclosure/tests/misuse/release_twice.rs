//! A screened set is released once.

use disclosure::{Approval, ReleaseDetails, ScreenedSet};

fn twice(set: ScreenedSet, approval: Approval, details: ReleaseDetails) {
    let _ = set.release(approval, details.clone());
    let _ = set.release(approval, details);
}

fn main() {}
