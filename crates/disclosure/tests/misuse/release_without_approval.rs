//! A release needs an approval.

fn release(set: disclosure::ScreenedSet, details: disclosure::ReleaseDetails) {
    let _ = set.release(details);
}

fn main() {}
