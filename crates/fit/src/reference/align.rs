//! Which row of our table answers which row of R's: rows are found by their time.

use super::tree::Tree;

/// Times closer than this are one (relative to their size): printing loses the last digit.
const SAME_TIME: f64 = 1e-12;

/// For each row of the expected table the row of the actual one, or `None` where it may be
/// missing. `Err` names a row that should be there, or should not.
pub(super) fn rows(expected: &Tree, actual: &Tree) -> Option<Result<Vec<Option<usize>>, String>> {
    let times = expected.get("time")?.numbers()?;
    let found = actual.get("time")?.numbers()?;
    if times.len() < 2 && found.len() < 2 {
        return None;
    }
    let (idle, found_idle) = (
        Idle::of(expected, times.len()),
        Idle::of(actual, found.len()),
    );
    let same = times.len() == found.len() && times.iter().zip(&found).all(|(a, b)| same(*a, *b));
    if same {
        return Some(Ok((0..times.len()).map(Some).collect()));
    }
    let mut map = Vec::with_capacity(times.len());
    for (ours, theirs) in segments(expected, times.len())
        .into_iter()
        .zip(segments(actual, found.len()))
        .map(|(theirs, ours)| (ours, theirs))
    {
        if let Err(message) = walk(
            &mut map,
            (&times, &idle, theirs),
            (&found, &found_idle, ours),
        ) {
            return Some(Err(message));
        }
    }
    Some(Ok(map))
}

/// A stretch of a table.
type Side<'a> = (&'a [f64], &'a Idle, std::ops::Range<usize>);

/// Walks through both curves at once.
fn walk(map: &mut Vec<Option<usize>>, theirs: Side<'_>, ours: Side<'_>) -> Result<(), String> {
    let (times, idle, range) = theirs;
    let (found, found_idle, mut rest) = ours;
    for row in range {
        while let Some(place) = rest.clone().next() {
            if same(times[row], found[place]) || found[place] > times[row] {
                break;
            }
            if !idle.is_thinned() && !found_idle.row(place) {
                return Err(format!("een rij te veel bij time={}", found[place]));
            }
            rest.next();
        }
        match rest.clone().next() {
            Some(place) if same(times[row], found[place]) => {
                rest.next();
                map.push(Some(place));
            }
            _ if idle.row(row) => map.push(None),
            _ => return Err(format!("er is geen rij met time={}", times[row])),
        }
    }
    match rest.find(|&place| !idle.is_thinned() && !found_idle.row(place)) {
        None => Ok(()),
        Some(place) => Err(format!("een rij te veel bij time={}", found[place])),
    }
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= SAME_TIME * a.abs()
}

/// The curves that are stacked in a table: lengths in `strata`, else one.
fn segments(table: &Tree, rows: usize) -> Vec<std::ops::Range<usize>> {
    let lengths: Option<Vec<f64>> = table.get("strata").and_then(|strata| {
        strata
            .fields()
            .iter()
            .map(|(_, length)| length.number())
            .collect()
    });
    let mut start = 0;
    let stacked: Vec<std::ops::Range<usize>> = lengths
        .unwrap_or_default()
        .into_iter()
        .map(|length| {
            let range = start..start + length as usize;
            start = range.end;
            range
        })
        .collect();
    match start == rows && !stacked.is_empty() {
        true => stacked,
        false => std::iter::once(0..rows).collect(),
    }
}

/// Rows in which nobody has an event or is censored.
struct Idle {
    /// `None` where the table does not tell events.
    events: Option<Vec<bool>>,
    censorings: Option<Vec<bool>>,
}

impl Idle {
    fn of(table: &Tree, rows: usize) -> Self {
        let any = |name: &str| -> Option<Vec<bool>> {
            let field = table.get(name)?;
            let columns: Vec<Vec<f64>> = match field {
                Tree::Object(fields) => fields
                    .iter()
                    .map(|(_, column)| column.numbers())
                    .collect::<Option<_>>()?,
                other => vec![other.numbers()?],
            };
            let happens = |row: usize| columns.iter().any(|column| column.get(row) != Some(&0.0));
            Some((0..rows).map(happens).collect())
        };
        Self {
            events: any("n.event"),
            censorings: any("n.censor"),
        }
    }

    /// Whether nothing happens in a row, as far as the table tells.
    fn row(&self, row: usize) -> bool {
        let happens = |side: &Option<Vec<bool>>| side.as_ref().is_some_and(|side| side[row]);
        self.events.is_some() && !happens(&self.events) && !happens(&self.censorings)
    }

    /// Whether rows may have been left out: the table does not tell events.
    fn is_thinned(&self) -> bool {
        self.events.is_none()
    }
}
