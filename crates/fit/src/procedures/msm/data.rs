//! The table as visits of subjects in time.

use super::Options;
use crate::{Failure, Inputs, Rows};
use formula::{DesignOptions, Expression, Formula, ModelFrame, Role};
use statistics::panel::{Observation, PanelData};

/// Rows of subjects in time, and their covariates.
pub(super) struct Panel {
    time: Vec<f64>,
    state: Vec<u32>,
    subject: Vec<u32>,
    observation: Vec<Observation>,
    covariates: Vec<f64>,
    censored: Vec<Vec<usize>>,
    /// The columns of the covariates.
    pub(super) names: Vec<String>,
    /// What was subtracted from each.
    pub(super) means: Vec<f64>,
}

impl Panel {
    pub(super) fn read(
        options: &Options,
        inputs: &Inputs<'_>,
        states: usize,
    ) -> Result<Self, Failure> {
        let model = model(options, inputs)?;
        let rows = model.len();
        let numbers = |role: &str| -> Result<Vec<f64>, Failure> {
            Ok(model.role_numbers(role)?.unwrap_or_default())
        };
        let (time, state) = (numbers("time")?, model.response_numbers()?);
        let subject = model
            .role_groups("subject")
            .map_or(Vec::new(), |groups| groups.codes);
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| {
            subject[a]
                .cmp(&subject[b])
                .then(time[a].total_cmp(&time[b]))
        });
        let censored = options.censored(states)?;
        let kinds = match options.obstype.is_some() {
            true => numbers("obstype")?,
            false => Vec::new(),
        };
        let design = model
            .design(DesignOptions {
                except: &[],
                always_intercept: true,
            })?
            .without_intercept();
        let mut panel = Self {
            time: order.iter().map(|&row| time[row]).collect(),
            subject: order.iter().map(|&row| subject[row]).collect(),
            state: order
                .iter()
                .map(|&row| options.state(state[row], states))
                .collect::<Result<_, _>>()?,
            observation: order
                .iter()
                .map(|&row| options.observation(state[row], kinds.get(row).copied()))
                .collect::<Result<_, _>>()?,
            covariates: Vec::with_capacity(rows * design.columns()),
            censored,
            means: vec![0.0; design.columns()],
            names: design.names.clone(),
        };
        for &row in &order {
            let values = (0..panel.names.len()).map(|column| design.values[column * rows + row]);
            panel.covariates.extend(values);
        }
        if !options.no_center {
            panel.centre();
        }
        Ok(panel)
    }

    /// Subtracts from each covariate its mean over the rows that begin a stretch.
    fn centre(&mut self) {
        let width = self.names.len();
        let begins: Vec<usize> = (1..self.subject.len())
            .filter(|&row| self.subject[row] == self.subject[row - 1])
            .map(|row| row - 1)
            .collect();
        for column in 0..width {
            let sum: f64 = begins
                .iter()
                .map(|row| self.covariates[row * width + column])
                .sum();
            self.means[column] = sum / begins.len().max(1) as f64;
        }
        if width > 0 {
            for row in self.covariates.chunks_mut(width) {
                row.iter_mut()
                    .zip(&self.means)
                    .for_each(|(x, mean)| *x -= mean);
            }
        }
    }

    pub(super) fn data(&self) -> PanelData<'_> {
        PanelData {
            time: &self.time,
            state: &self.state,
            subject: &self.subject,
            observation: &self.observation,
            covariates: &self.covariates,
            censored: &self.censored,
        }
    }
}

/// "state ~ time" and the covariates as one model: `state ~ covariates`, the time beside it.
fn model(options: &Options, inputs: &Inputs<'_>) -> Result<ModelFrame, Failure> {
    let (state, time) = options
        .formula
        .split_once('~')
        .ok_or_else(|| Failure::new("formula", "Verwacht een formule \"toestand ~ tijd\"."))?;
    let covariates = options.covariates.as_deref().unwrap_or("~ 1");
    let covariates = covariates.trim().trim_start_matches('~');
    let frame = options.data.frame(inputs)?;
    let mut roles = vec![
        Role {
            name: "time",
            expression: Expression::parse(time)?,
        },
        Role {
            name: "subject",
            expression: Expression::parse(&options.subject)?,
        },
    ];
    if let Some(kind) = &options.obstype {
        roles.push(Role {
            name: "obstype",
            expression: Expression::parse(kind)?,
        });
    }
    let formula = Formula::parse(&format!("{state} ~ {covariates}"))?;
    let model = ModelFrame::new(&formula, &frame, &roles)?;
    crate::arguments::tell(inputs, model.notices.clone());
    inputs.count_rows(Rows {
        read: model.read,
        used: model.len(),
    });
    Ok(model)
}

impl Options {
    /// Sets of states that the values of `--censor` stand for.
    fn censored(&self, states: usize) -> Result<Vec<Vec<usize>>, Failure> {
        let bad =
            |text: &str| Failure::option("censor-states", format!("'{text}' is geen toestand"));
        let state = |text: &str| {
            let number = text.trim().parse::<usize>().ok();
            number
                .and_then(|number| number.checked_sub(1))
                .filter(|place| *place < states)
                .ok_or_else(|| bad(text))
        };
        match &self.censor_states {
            Some(text) => {
                let sets = text
                    .split(';')
                    .map(|set| set.split(',').map(state).collect::<Result<Vec<_>, _>>())
                    .collect::<Result<Vec<_>, Failure>>()?;
                if sets.len() != self.censor.len() {
                    let message = "verwacht voor elke waarde van --censor een rij toestanden";
                    return Err(Failure::option("censor-states", message));
                }
                Ok(sets)
            }
            None => {
                let q = super::square("qmatrix", &self.qmatrix)?;
                let left = super::transitions(&q);
                let transient: Vec<usize> = (0..states)
                    .filter(|state| left.iter().any(|(from, _)| from == state))
                    .collect();
                Ok(vec![transient; self.censor.len()])
            }
        }
    }

    /// The code of a state.
    fn state(&self, value: f64, states: usize) -> Result<u32, Failure> {
        if let Some(set) = self.censor.iter().position(|censored| *censored == value) {
            return Ok((states + set) as u32);
        }
        let is_state = value.fract() == 0.0 && value >= 1.0 && value <= states as f64;
        match is_state {
            true => Ok(value as u32 - 1),
            false => {
                let message = format!("Toestand {value} is niet een van 1 … {states}.");
                Err(Failure::new("unknown_state", message))
            }
        }
    }

    /// How a state was seen.
    fn observation(&self, state: f64, kind: Option<f64>) -> Result<Observation, Failure> {
        let is_death = self.deathexact.iter().any(|death| *death as f64 == state);
        match kind {
            Some(1.0) => Ok(Observation::Snapshot),
            Some(2.0) => Ok(Observation::Exact),
            Some(3.0) => Ok(Observation::ExactEntry),
            Some(other) => Err(Failure::option(
                "obstype",
                format!("{other} is geen 1, 2 of 3"),
            )),
            None if is_death => Ok(Observation::ExactEntry),
            None if self.exacttimes => Ok(Observation::Exact),
            None => Ok(Observation::Snapshot),
        }
    }
}
