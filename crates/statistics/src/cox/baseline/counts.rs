//! Who is at risk, and who leaves, at the times of a stratum.

use crate::NotEstimable;
use crate::cox::CoxData;

/// Counts at the distinct times of a stratum.
pub(super) struct Counts {
    pub(super) times: Vec<f64>,
    pub(super) n_risk: Vec<f64>,
    pub(super) n_event: Vec<f64>,
    pub(super) n_censor: Vec<f64>,
}

impl Counts {
    pub(super) fn of(data: &CoxData<'_>, stratum: usize) -> Result<Self, NotEstimable> {
        let mut exits: Vec<(f64, usize)> = (0..data.rows())
            .filter(|&row| data.stratum(row) as usize == stratum)
            .map(|row| (data.exit[row], row))
            .collect();
        if exits.is_empty() {
            return Err(NotEstimable::UnknownCode {
                what: "stratum",
                code: stratum,
                position: 0,
            });
        }
        let mut entries: Vec<(f64, usize)> = match data.entry {
            Some(entry) => exits.iter().map(|&(_, row)| (entry[row], row)).collect(),
            None => Vec::new(),
        };
        exits.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        entries.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut counts = Self {
            times: Vec::new(),
            n_risk: Vec::new(),
            n_event: Vec::new(),
            n_censor: Vec::new(),
        };
        // Backwards, so that few at risk are not the difference of many.
        let (mut leaving, mut entering) = (0.0, 0.0);
        let mut later_entries = entries.iter().rev().peekable();
        let mut later_exits = exits.iter().rev().peekable();
        while let Some(&&(time, _)) = later_exits.peek() {
            let (mut event, mut censor) = (0.0, 0.0);
            while let Some(&(_, row)) = later_exits.next_if(|(exit, _)| *exit == time) {
                match data.event[row] {
                    true => event += data.weight(row),
                    false => censor += data.weight(row),
                }
            }
            leaving += event + censor;
            while let Some(&(_, row)) = later_entries.next_if(|(entry, _)| *entry >= time) {
                entering += data.weight(row);
            }
            counts.times.push(time);
            counts.n_risk.push(leaving - entering);
            counts.n_event.push(event);
            counts.n_censor.push(censor);
        }
        counts.times.reverse();
        counts.n_risk.reverse();
        counts.n_event.reverse();
        counts.n_censor.reverse();
        Ok(counts)
    }
}
