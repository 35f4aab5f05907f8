//! The only place where the clock is read.

use calendar::Day;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01T00:00:00Z.
pub fn now_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}

/// Today, in UTC.
pub fn today() -> Day {
    Day::from_number(i32::try_from(now_seconds() / 86_400).unwrap_or(i32::MAX))
}

/// Now, as `jjjj-mm-ddTuu:mm:ssZ`.
pub fn timestamp() -> String {
    let seconds = now_seconds();
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", today())
}
