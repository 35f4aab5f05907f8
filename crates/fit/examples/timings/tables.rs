//! Invented tables of any size: the same on each machine.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Random numbers that are the same on each machine: SplitMix64.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Between 0 and 1, never 0.
    fn uniform(&mut self) -> f64 {
        ((self.word() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.uniform(), self.uniform());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// Days until something that happens with this hazard per day.
    fn days(&mut self, hazard: f64) -> u32 {
        (-self.uniform().ln() / hazard).min(1e6) as u32
    }
}

pub fn write(folder: &Path, rows: &str) -> Result<(), String> {
    let rows: usize = rows.parse().map_err(|_| "ROWS is a number")?;
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut random = Random(2024);
    let tables = [
        ("survival.csv", survival(rows, &mut random)),
        ("startstop.csv", start_stop(rows, &mut random)),
        ("states.csv", states(rows, &mut random)),
        ("repeated.csv", repeated(rows, &mut random)),
    ];
    for (name, text) in tables {
        fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// How much the covariates weigh on the log of a hazard.
const EFFECTS: [f64; 5] = [0.3, -0.2, 0.1, 0.0, 0.25];

fn covariates(random: &mut Random) -> ([f64; 5], f64) {
    let x = [0; 5].map(|_| random.normal());
    let risk = x
        .iter()
        .zip(EFFECTS)
        .map(|(x, effect)| x * effect)
        .sum::<f64>();
    (x, risk.exp())
}

/// A row a person: two competing events, censored within ten years.
fn survival(rows: usize, random: &mut Random) -> String {
    let mut out = String::from("id,time,status,group,x1,x2,x3,x4,x5\n");
    for id in 0..rows {
        let ([a, b, c, d, e], risk) = covariates(random);
        let times = [
            random.days(risk / 1500.0),
            random.days(1.0 / 4000.0),
            (random.uniform() * 3650.0) as u32,
        ];
        let (status, time) = match times {
            [first, second, end] if first < second && first < end => (1, first),
            [_, second, end] if second < end => (2, second),
            [_, _, end] => (0, end),
        };
        let (time, group) = (time + 1, random.word() % 3);
        line(
            &mut out,
            format_args!("{id},{time},{status},{group},{a},{b},{c},{d},{e}"),
        );
    }
    out
}

/// Two to four rows a person, whose covariates change.
fn start_stop(rows: usize, random: &mut Random) -> String {
    let mut out = String::from("id,start,stop,event,stratum,x1,x2,x3,x4,x5\n");
    let (mut written, mut id) = (0, 0);
    while written < rows {
        let stratum = random.word() % 5;
        let mut start = 0;
        for _ in 0..2 + random.word() % 3 {
            let ([a, b, c, d, e], risk) = covariates(random);
            let (event, until) = (
                random.days(risk / 2000.0),
                30 + (random.word() % 700) as u32,
            );
            let stop = start + event.min(until) + 1;
            let happened = u8::from(event < until);
            line(
                &mut out,
                format_args!("{id},{start},{stop},{happened},{stratum},{a},{b},{c},{d},{e}"),
            );
            start = stop;
            written += 1;
        }
        id += 1;
    }
    out
}

/// Two to four moves a person between four states, the last of them final; who leaves
/// observation has event 0.
fn states(rows: usize, random: &mut Random) -> String {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    let mut out = String::from("id,t0,t1,event,from\n");
    let (mut written, mut id) = (0, 0);
    while written < rows {
        let mut state = usize::from(random.uniform() < 0.3);
        let mut start = 0;
        for _ in 0..2 + random.word() % 3 {
            let stop = start + 1 + random.days(1.0 / 300.0).min(900);
            let next = match random.uniform() {
                some if some < 0.15 => None,
                some if some < 0.3 => Some(3),
                _ => Some((state + 1 + (random.word() % 2) as usize) % 3),
            };
            let event = next.map_or("0", |next| NAMES[next]);
            line(
                &mut out,
                format_args!("{id},{start},{stop},{event},{}", NAMES[state]),
            );
            written += 1;
            match next {
                Some(next) if next < 3 => (state, start) = (next, stop),
                _ => break,
            }
        }
        id += 1;
    }
    out
}

/// Ten measurements a person, with a level and a slope of the person's own.
fn repeated(rows: usize, random: &mut Random) -> String {
    let mut out = String::from("id,day,x,y\n");
    for id in 0..rows.div_ceil(10) {
        let (level, slope) = (20.0 * random.normal(), 5.0 * random.normal());
        for day in 0..10u8 {
            let x = random.normal();
            let mean = 250.0 + level + 2.0 * x + (10.0 + slope) * f64::from(day);
            let y = mean + 25.0 * random.normal();
            line(&mut out, format_args!("{id},{day},{x},{y}"));
        }
    }
    out
}

fn line(out: &mut String, cells: std::fmt::Arguments<'_>) {
    writeln!(out, "{cells}").expect("writing to a string cannot fail");
}
