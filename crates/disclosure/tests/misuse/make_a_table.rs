//! Neither can a part of one.

fn main() {
    let _ = disclosure::ReleasedHorizon { day: 365, estimate: None };
    let _ = disclosure::Withheld { sentence: String::new() };
}
