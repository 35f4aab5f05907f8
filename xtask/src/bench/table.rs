//! What was measured, as a table, and beside it the bars.

use super::peers::Peer;
use super::stages::STAGES;
use super::usage::Usage;
use std::fmt::Write;

/// All that was measured in one run.
pub struct Table {
    /// Clients that were asked for.
    pub clients: usize,
    /// Times that all was measured.
    pub rounds: usize,
    /// Rows in all deliveries.
    pub rows: u64,
    /// Size of all deliveries.
    pub bytes: u64,
    /// One for each of the [`STAGES`].
    pub stages: Vec<Usage>,
    /// Reading the files.
    pub polars: Peer,
    /// Reading and validating the files.
    pub pandera: Peer,
    /// Validating a sample of the files.
    pub frictionless: Peer,
}

/// A bar: what is compared, what was measured, and whether that is enough.
struct Bar {
    what: &'static str,
    measured: String,
    met: bool,
}

impl Table {
    /// The table in plain text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        self.write(&mut text)
            .expect("writing to a string cannot fail");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        writeln!(
            out,
            "\n{} clients, {} rows, {} MB of CSV; {cores} cores; medians of {} rounds (check and polars: {})",
            self.clients,
            self.rows,
            self.bytes / 1_000_000,
            self.rounds,
            super::ROUNDS
        )?;
        writeln!(
            out,
            "\n{:<36}{:>10}{:>10}{:>10}{:>12}",
            "", "wall s", "cpu s", "peak MiB", "rows/s"
        )?;
        for (stage, usage) in STAGES.iter().zip(&self.stages) {
            line(out, stage, *usage, self.rows)?;
        }
        for (what, peer) in self.peers() {
            line(out, &what, peer.usage, peer.rows)?;
        }
        writeln!(
            out,
            "\nfrictionless had {} of the rows. Errors it found: {}; pandera: {}.\n",
            self.frictionless.rows, self.frictionless.errors, self.pandera.errors
        )?;
        for bar in self.bars() {
            let met = if bar.met { "met" } else { "NOT MET" };
            writeln!(out, "{:<46}{:>12}  {met}", bar.what, bar.measured)?;
        }
        Ok(())
    }

    fn peers(&self) -> [(String, &Peer); 3] {
        let name = |what: &str, peer: &Peer| what.replace("{}", &peer.version);
        [
            (name("polars {}: read", &self.polars), &self.polars),
            (
                name("pandera {}: read, validate", &self.pandera),
                &self.pandera,
            ),
            (
                name("frictionless {}: sample", &self.frictionless),
                &self.frictionless,
            ),
        ]
    }

    /// The bars of the issue that this program answers to.
    fn bars(&self) -> [Bar; 5] {
        let (check, run) = (self.stages[0], self.stages[STAGES.len() - 1]);
        let rate = self.rows as f64 / check.seconds;
        let times = |ratio: f64| format!("{ratio:.2} x");
        let frictionless = rate / self.frictionless.rate();
        let pandera = rate / self.pandera.rate();
        let polars = rate / self.polars.rate();
        let reading = run.seconds / self.polars.usage.seconds;
        let peak = self.stages.iter().map(|usage| usage.peak).max();
        let peak = peak.unwrap_or_default();
        [
            Bar {
                what: "check, rows/s: at least 30 x frictionless",
                measured: times(frictionless),
                met: frictionless >= 30.0,
            },
            Bar {
                what: "check, rows/s: at least as fast as polars reads",
                measured: times(polars),
                met: polars >= 1.0,
            },
            Bar {
                what: "check, rows/s: beside pandera",
                measured: times(pandera),
                met: pandera >= 1.0,
            },
            Bar {
                what: "run, time: at most 10 x polars reads",
                measured: times(reading),
                met: reading <= 10.0,
            },
            Bar {
                what: "memory of any stage: under 4096 MiB",
                measured: format!("{} MiB", peak / 1024),
                met: peak < 4 * 1024 * 1024,
            },
        ]
    }
}

fn line(out: &mut String, what: &str, usage: Usage, rows: u64) -> std::fmt::Result {
    writeln!(
        out,
        "{what:<36}{:>10.2}{:>10.2}{:>10}{:>12.0}",
        usage.seconds,
        usage.cpu,
        usage.peak / 1024,
        rows as f64 / usage.seconds
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(rows: u64, seconds: f64) -> Peer {
        Peer {
            version: "1".into(),
            rows,
            errors: 0,
            usage: usage(seconds, 1024),
        }
    }

    fn usage(seconds: f64, peak: u64) -> Usage {
        Usage {
            seconds,
            cpu: seconds,
            peak,
        }
    }

    #[test]
    fn bars_are_met_or_not_by_what_was_measured() {
        let mut table = Table {
            clients: 10,
            rounds: 1,
            rows: 100,
            bytes: 1000,
            stages: vec![usage(1.0, 1024); STAGES.len()],
            polars: peer(100, 2.0),
            pandera: peer(100, 4.0),
            frictionless: peer(10, 4.0),
        };
        assert!(table.bars().iter().all(|bar| bar.met));
        table.stages[0] = usage(3.0, 5 * 1024 * 1024);
        let met: Vec<bool> = table.bars().iter().map(|bar| bar.met).collect();
        assert_eq!(met, [false, false, true, true, false]);
        assert!(table.render().contains("NOT MET"));
    }
}
