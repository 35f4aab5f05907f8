//! The terms of a penalised Cox model: covariates, ridge terms and frailties, in the order of the
//! formula.

use crate::Failure;
use formula::{Call, DesignOptions, Evaluator, Expression, Frame, ModelFrame, Term, Value};
use statistics::frailty::{Choice, FrailtyKind, PenalisedTerm, TermKind};
use statistics::matrix::Matrix;
use std::ops::Range;

const FRAILTIES: &[&str] = &["frailty", "frailty.gamma", "frailty.gaussian", "frailty.t"];
const NO_COLUMNS: &[&str] = &[
    "strata",
    "cluster",
    "frailty",
    "frailty.gamma",
    "frailty.gaussian",
    "frailty.t",
];
/// Up to this many groups R does not take frailties as sparse.
const FEW_GROUPS: usize = 5;

/// A term and where its coefficients are.
pub(super) struct Part {
    pub(super) label: String,
    pub(super) columns: Range<usize>,
    pub(super) penalty: Option<Penalty>,
}

/// What is penalised, and how much.
pub(super) struct Penalty {
    pub(super) kind: PenaltyKind,
    choice: Choice,
}

pub(super) enum PenaltyKind {
    Ridge {
        scales: Vec<f64>,
    },
    Dense(FrailtyKind),
    Sparse {
        kind: FrailtyKind,
        codes: Vec<u32>,
        groups: usize,
    },
}

/// All columns, and the terms that they belong to.
pub(super) struct Layout {
    pub(super) x: Matrix,
    pub(super) names: Vec<String>,
    pub(super) parts: Vec<Part>,
}

impl Layout {
    pub(super) fn of(model: &ModelFrame, frame: &Frame) -> Result<Self, Failure> {
        let options = DesignOptions {
            except: NO_COLUMNS,
            always_intercept: true,
        };
        let design = model.design(options)?.without_intercept();
        let mut layout = Self {
            x: Matrix::zeros(0, 0),
            names: Vec::new(),
            parts: Vec::new(),
        };
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut number = 0;
        for term in &model.terms.terms {
            let call = model.terms.main_effect(term).and_then(Expression::as_call);
            let function = call.map_or("", |call| call.function.as_str());
            if FRAILTIES.contains(&function) {
                layout.add_frailty(model, (term, call), &mut columns)?;
                continue;
            }
            if NO_COLUMNS.contains(&function) {
                continue;
            }
            number += 1;
            let first = columns.len();
            for column in (0..design.columns()).filter(|&c| design.assign[c] == number) {
                columns.push(design.column(column).to_vec());
                layout.names.push(design.names[column].clone());
            }
            let penalty = match call {
                Some(call) if function == "ridge" => Some(ridge(call, frame)?),
                _ => None,
            };
            layout.parts.push(Part {
                label: model.terms.label(term),
                columns: first..columns.len(),
                penalty,
            });
        }
        layout.x = match columns.is_empty() {
            true => Matrix::zeros(design.rows, 0),
            false => Matrix::from_columns(&columns),
        };
        Ok(layout)
    }

    fn add_frailty(
        &mut self,
        model: &ModelFrame,
        (term, call): (&Term, Option<&Call>),
        columns: &mut Vec<Vec<f64>>,
    ) -> Result<(), Failure> {
        let (Some(call), [place]) = (call, term.variables.as_slice()) else {
            return Ok(());
        };
        let groups = model.variables[*place]
            .factor()
            .ok_or_else(|| wrong("de groep is geen kolom"))?;
        let groups = groups.without_unused();
        let kind = distribution(call)?;
        let count = groups.levels.len();
        let is_sparse = flag(call, "sparse")?.unwrap_or(count > FEW_GROUPS);
        let choice = choice(call, kind)?;
        let first = columns.len();
        let kind = if is_sparse {
            if self.parts.iter().any(Part::is_sparse) {
                let message =
                    "er kan één frailty met sparse = TRUE zijn; zet de andere op sparse = FALSE";
                return Err(wrong(message));
            }
            PenaltyKind::Sparse {
                kind,
                codes: groups.codes,
                groups: count,
            }
        } else {
            for level in 0..count {
                let is_in = |&code: &u32| f64::from(u8::from(code as usize == level));
                columns.push(groups.codes.iter().map(is_in).collect());
                self.names
                    .push(format!("{}:{}", short_name(kind), groups.levels[level]));
            }
            PenaltyKind::Dense(kind)
        };
        self.parts.push(Part {
            label: model.terms.label(term),
            columns: first..columns.len(),
            penalty: Some(Penalty { kind, choice }),
        });
        Ok(())
    }

    /// The penalised terms, in order.
    pub(super) fn penalised(&self) -> Vec<PenalisedTerm<'_>> {
        self.parts.iter().filter_map(Part::penalised).collect()
    }
}

impl Part {
    fn penalised(&self) -> Option<PenalisedTerm<'_>> {
        let Penalty { kind, choice } = self.penalty.as_ref()?;
        let columns = self.columns.clone();
        let kind = match kind {
            PenaltyKind::Ridge { scales } => TermKind::Ridge {
                columns,
                scales: scales.clone(),
            },
            PenaltyKind::Dense(kind) => TermKind::Dense {
                kind: *kind,
                columns,
            },
            PenaltyKind::Sparse {
                kind,
                codes,
                groups,
            } => TermKind::Sparse {
                kind: *kind,
                codes,
                groups: *groups,
            },
        };
        Some(PenalisedTerm {
            kind,
            choice: *choice,
        })
    }

    pub(super) fn is_sparse(&self) -> bool {
        let penalty = self.penalty.as_ref();
        penalty.is_some_and(|penalty| matches!(penalty.kind, PenaltyKind::Sparse { .. }))
    }
}

fn short_name(kind: FrailtyKind) -> &'static str {
    match kind {
        FrailtyKind::Gamma => "gamma",
        FrailtyKind::Gaussian => "gauss",
        FrailtyKind::T(_) => "t",
    }
}

fn wrong(message: &str) -> Failure {
    Failure::new("bad_penalty", format!("{message}."))
}

fn number(call: &Call, name: &str) -> Result<Option<f64>, Failure> {
    match call.named(name) {
        None => Ok(None),
        Some(Expression::Number(number)) => Ok(Some(*number)),
        Some(other) => Err(wrong(&format!(
            "{}({name} = {other}): verwacht een getal",
            call.function
        ))),
    }
}

fn text(call: &Call, name: &str) -> Result<Option<String>, Failure> {
    match call.named(name) {
        None => Ok(None),
        Some(Expression::Text(text)) => Ok(Some(text.clone())),
        Some(other) => Err(wrong(&format!(
            "{}({name} = {other}): verwacht een tekst",
            call.function
        ))),
    }
}

fn flag(call: &Call, name: &str) -> Result<Option<bool>, Failure> {
    match call.named(name) {
        None => Ok(None),
        Some(Expression::Logical(value)) => Ok(Some(*value)),
        Some(Expression::Name(value)) if value == "T" || value == "F" => Ok(Some(value == "T")),
        Some(other) => Err(wrong(&format!(
            "{}({name} = {other}): verwacht TRUE of FALSE",
            call.function
        ))),
    }
}

fn ridge(call: &Call, frame: &Frame) -> Result<Penalty, Failure> {
    let Value::Table(table) = Evaluator::new(frame).variable(&Expression::Call(call.clone()))?
    else {
        return Err(wrong("ridge(): verwacht kolommen met getallen"));
    };
    let columns = table.columns.len();
    let choice = match (number(call, "theta")?, number(call, "df")?) {
        (Some(_), Some(_)) => return Err(wrong("ridge(): geef theta of df, niet allebei")),
        (Some(theta), None) => Choice::Fixed(theta),
        (None, df) => Choice::Df {
            target: df.unwrap_or(columns as f64 / 2.0),
            tolerance: number(call, "eps")?.unwrap_or(0.1),
        },
    };
    let scales = match flag(call, "scale")?.unwrap_or(true) {
        true => table
            .columns
            .iter()
            .map(|column| deviation(column))
            .collect(),
        false => vec![1.0; columns],
    };
    Ok(Penalty {
        kind: PenaltyKind::Ridge { scales },
        choice,
    })
}

/// The standard deviation of what is not missing. As in R, functions in a formula see the whole
/// table, before rows that miss something are left out.
fn deviation(values: &[f64]) -> f64 {
    let known: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let count = known.len() as f64;
    let mean = known.iter().sum::<f64>() / count;
    let squares: f64 = known.iter().map(|x| (x - mean) * (x - mean)).sum();
    (squares / (count - 1.0).max(1.0)).sqrt()
}

fn distribution(call: &Call) -> Result<FrailtyKind, Failure> {
    let name = match call.function.strip_prefix("frailty.") {
        Some(name) => name.to_owned(),
        None => match (text(call, "distribution")?, call.positional(1)) {
            (Some(name), _) => name,
            (None, Some(Expression::Text(name))) => name.clone(),
            _ => "gamma".into(),
        },
    };
    match name.as_str() {
        "gamma" => Ok(FrailtyKind::Gamma),
        "gaussian" | "gauss" => Ok(FrailtyKind::Gaussian),
        "t" => Ok(FrailtyKind::T(number(call, "tdf")?.unwrap_or(5.0))),
        other => Err(wrong(&format!(
            "frailty(): de verdeling '{other}' bestaat niet; kies gamma, gaussian of t"
        ))),
    }
}

fn choice(call: &Call, kind: FrailtyKind) -> Result<Choice, Failure> {
    let (theta, df) = (number(call, "theta")?, number(call, "df")?);
    let corrected = flag(call, "caic")?.unwrap_or(false);
    let eps = number(call, "eps")?.unwrap_or(1e-5);
    let method = match (text(call, "method")?, theta, df, kind) {
        (Some(method), ..) => method,
        (None, Some(_), ..) => "fixed".into(),
        (None, None, Some(df), _) => if df == 0.0 { "aic" } else { "df" }.into(),
        (None, None, None, FrailtyKind::Gamma) => "em".into(),
        (None, None, None, FrailtyKind::Gaussian) => "reml".into(),
        (None, None, None, FrailtyKind::T(_)) => "aic".into(),
    };
    match (method.as_str(), theta, df) {
        ("fixed", Some(theta), _) => Ok(Choice::Fixed(theta)),
        ("df", _, Some(target)) => Ok(Choice::Df {
            target,
            tolerance: 1e-5,
        }),
        ("em", ..) if kind == FrailtyKind::Gamma => Ok(Choice::Integrated { eps }),
        ("reml", ..) if kind == FrailtyKind::Gaussian => Ok(Choice::Reml),
        ("aic", ..) => Ok(Choice::Aic { corrected, eps }),
        _ => Err(wrong(&format!(
            "{}(): de methode '{method}' past niet bij de verdeling, of theta of df ontbreekt",
            call.function
        ))),
    }
}
