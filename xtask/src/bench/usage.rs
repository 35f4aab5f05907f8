//! What a process takes: time, processor time and memory, as GNU time tells.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// GNU time, of the Debian package `time`.
pub const TIME: &str = "/usr/bin/time";

/// What one or more processes took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Elapsed seconds.
    pub seconds: f64,
    /// Seconds of processor time, user and system, over all threads.
    pub cpu: f64,
    /// Largest resident set, in KiB.
    pub peak: u64,
}

impl Usage {
    /// One process after another: times add up, memory does not.
    pub fn then(self, next: Self) -> Self {
        Self {
            seconds: self.seconds + next.seconds,
            cpu: self.cpu + next.cpu,
            peak: self.peak.max(next.peak),
        }
    }
}

/// Runs a command under GNU time, and gives what it took and what it printed.
///
/// `accepted` are the exit codes that mean success, as `check` has more than one.
pub fn measure(command: &Command, accepted: &[i32], scratch: &Path) -> Result<(Usage, String)> {
    let told = scratch.join("time.txt");
    let mut timed = Command::new(TIME);
    timed
        .args(["--quiet", "--format", "%U %S %M", "--output"])
        .arg(&told)
        .arg(command.get_program())
        .args(command.get_args())
        .stderr(Stdio::piped());
    let start = Instant::now();
    let output = timed
        .output()
        .with_context(|| format!("{TIME}: could not be started"))?;
    let seconds = start.elapsed().as_secs_f64();
    if !output
        .status
        .code()
        .is_some_and(|code| accepted.contains(&code))
    {
        bail!(
            "{command:?}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = std::fs::read_to_string(&told).with_context(|| told.display().to_string())?;
    let (cpu, peak) = parse(&text).with_context(|| format!("GNU time said: {text}"))?;
    let usage = Usage { seconds, cpu, peak };
    Ok((usage, String::from_utf8(output.stdout)?))
}

/// Processor seconds and KiB from `%U %S %M`.
fn parse(text: &str) -> Option<(f64, u64)> {
    let mut words = text.lines().last()?.split_whitespace();
    let user: f64 = words.next()?.parse().ok()?;
    let system: f64 = words.next()?.parse().ok()?;
    Some((user + system, words.next()?.parse().ok()?))
}

/// The middle one by elapsed time, with the largest memory of all.
pub fn median(taken: &[Usage]) -> Usage {
    let mut sorted = taken.to_vec();
    sorted.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let peak = taken.iter().map(|usage| usage.peak).max();
    let middle = sorted.get(sorted.len() / 2).copied();
    Usage {
        peak: peak.unwrap_or_default(),
        ..middle.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_gnu_time_writes() {
        assert_eq!(parse("1.50 0.25 2048\n"), Some((1.75, 2048)));
        assert_eq!(parse(""), None);
        assert_eq!(parse("Command terminated by signal 9"), None);
    }

    #[test]
    fn median_takes_the_middle_time_and_the_largest_memory() {
        let usage = |seconds, peak| Usage {
            seconds,
            cpu: seconds,
            peak,
        };
        let taken = [usage(3.0, 5), usage(1.0, 9), usage(2.0, 1)];
        assert_eq!(
            median(&taken),
            Usage {
                seconds: 2.0,
                cpu: 2.0,
                peak: 9
            }
        );
    }
}
