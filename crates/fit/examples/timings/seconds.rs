//! How often a thing is done before its time is told.

/// Whatever takes less is done again until this has gone by.
const ENOUGH: f64 = 0.5;
/// Whatever takes longer is done once.
const LONG: f64 = 10.0;

/// The median of as many times as go into half a second, without the first, in which caches are
/// filled and threads are started: at least one more, unless the first took very long.
///
/// `once` does the thing and tells its seconds.
pub fn typical(mut once: impl FnMut() -> Result<f64, String>) -> Result<f64, String> {
    let first = once()?;
    let mut seconds = Vec::new();
    let mut sum = first;
    while sum < ENOUGH || (seconds.is_empty() && first < LONG) {
        let next = once()?;
        seconds.push(next);
        sum += next;
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds.get(seconds.len() / 2).copied().unwrap_or(first))
}
