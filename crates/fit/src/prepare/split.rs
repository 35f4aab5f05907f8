//! Follow-up cut into episodes, one row each.

use crate::{Failure, Inputs};
use formula::{Column, Evaluator, Expression, Frame, Value};

/// How follow-up is cut: R's `survSplit(Surv(time, status) ~ ., cut =, episode =, id =)`.
#[derive(Clone, Debug)]
pub struct Split {
    /// `Surv(...)`; its arguments are names of columns.
    pub outcome: Expression,
    /// The times at which an episode ends, within follow-up.
    pub cut: Vec<f64>,
    /// Column for the number of the episode, from 1.
    pub episode: Option<String>,
    /// Column for the number of the row that an episode came from.
    pub id: Option<String>,
    /// Column for the begin of an episode where the outcome has none.
    pub start: String,
}

/// The most rows that a split may make.
const MOST_ROWS: usize = 200_000_000;

/// An episode of a row.
struct Episode {
    row: usize,
    number: usize,
    start: f64,
    stop: f64,
    is_last: bool,
}

impl Split {
    /// The table with a row per episode.
    ///
    /// # Errors
    /// An outcome that is no `Surv()` of columns, and too many rows.
    pub fn apply(&self, inputs: &Inputs<'_>, frame: &Frame) -> Result<Frame, Failure> {
        let evaluator = Evaluator::new(frame);
        let Value::Survival(survival) = evaluator.variable(&self.outcome)? else {
            return Err(Failure::option("split", "verwacht Surv(tijd, gebeurtenis)"));
        };
        crate::arguments::tell(inputs, evaluator.into_notices());
        let columns = column_names(&self.outcome)?;
        let mut cut = self.cut.clone();
        cut.sort_by(f64::total_cmp);
        cut.dedup();
        let starts = survival.start_or(0.0);
        let episodes = episodes(&starts, &survival.stop, &cut)?;
        let rows: Vec<usize> = episodes.iter().map(|episode| episode.row).collect();
        let mut split = frame.select(&rows);
        let number =
            |pick: fn(&Episode) -> f64| Column::Number(episodes.iter().map(pick).collect());
        let (start, stop, event) = match columns.as_slice() {
            [stop, event] => (self.start.as_str(), stop, event),
            [start, stop, event] => (start.as_str(), stop, event),
            _ => return Err(Failure::option("split", "Surv() moet kolommen noemen")),
        };
        split.set(start, number(|episode| episode.start))?;
        split.set(stop, number(|episode| episode.stop))?;
        let ended = censored_before_end(split.column(event)?, &episodes);
        split.set(event, ended)?;
        if let Some(name) = &self.episode {
            split.set(name, number(|episode| episode.number as f64))?;
        }
        if let Some(name) = self.id.as_ref().filter(|name| frame.get(name).is_none()) {
            split.set(name, number(|episode| episode.row as f64 + 1.0))?;
        }
        Ok(split)
    }
}

fn column_names(outcome: &Expression) -> Result<Vec<String>, Failure> {
    let call = outcome.as_call().map(|call| &call.arguments);
    let name = |argument: &formula::Argument| match &argument.value {
        Expression::Name(name) => Ok(name.clone()),
        other => Err(Failure::option("split", format!("'{other}' is geen kolom"))),
    };
    call.into_iter().flatten().map(name).collect()
}

fn episodes(starts: &[f64], stops: &[f64], cut: &[f64]) -> Result<Vec<Episode>, Failure> {
    let mut episodes = Vec::with_capacity(stops.len());
    for (row, (&start, &stop)) in starts.iter().zip(stops).enumerate() {
        let first = cut.partition_point(|&time| time <= start);
        let end = cut.partition_point(|&time| time < stop);
        let mut begin = start;
        for (place, &time) in cut.iter().enumerate().take(end).skip(first) {
            episodes.push(Episode {
                row,
                number: place + 1,
                start: begin,
                stop: time,
                is_last: false,
            });
            begin = time;
        }
        episodes.push(Episode {
            row,
            number: end.max(first) + 1,
            start: begin,
            stop,
            is_last: true,
        });
        if episodes.len() > MOST_ROWS {
            let message =
                format!("de gesplitste tabel wordt te groot (hoogstens {MOST_ROWS} rijen)");
            return Err(Failure::option("split", message));
        }
    }
    Ok(episodes)
}

/// What happened at the end of follow-up belongs to the last episode; the others are censored.
fn censored_before_end(event: &Column, episodes: &[Episode]) -> Column {
    let last = |row: usize| episodes[row].is_last;
    match event {
        Column::Number(values) => {
            // R's 1/2 coding has 1 for censored.
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let censored = if largest == 2.0 { 1.0 } else { 0.0 };
            let value = |(row, &value): (usize, &f64)| if last(row) { value } else { censored };
            Column::Number(values.iter().enumerate().map(value).collect())
        }
        Column::Logical(values) => {
            let value = |(row, &value): (usize, &Option<bool>)| {
                if last(row) { value } else { Some(false) }
            };
            Column::Logical(values.iter().enumerate().map(value).collect())
        }
        Column::Text(factor) | Column::Factor(factor) => {
            let mut factor = factor.clone();
            for (row, code) in factor.codes.iter_mut().enumerate() {
                *code = if last(row) { *code } else { 0 };
            }
            Column::Factor(factor)
        }
    }
}
