//! How often a thing is done before its time is told.

/// Whatever takes less is done again until this has gone by.
const ENOUGH: f64 = 0.5;
/// Whatever takes longer is done once.
const LONG: f64 = 30.0;
/// How often it is done first without being counted: caches are filled, threads are started,
/// and a peer, R, compiles what it calls for the second time.
const WARMING: usize = 2;

/// The median of as many times as go into half a second, after warming up.
///
/// `once` does the thing and tells its seconds.
pub fn typical(mut once: impl FnMut() -> Result<f64, String>) -> Result<f64, String> {
    let first = once()?;
    if first > LONG {
        return Ok(first);
    }
    for _ in 1..WARMING {
        once()?;
    }
    let (mut seconds, mut sum) = (Vec::new(), 0.0);
    while sum < ENOUGH {
        let next = once()?;
        seconds.push(next);
        sum += next;
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}
