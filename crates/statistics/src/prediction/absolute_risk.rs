//! The chance of one of several causes from the hazards of all of them.

use crate::NotEstimable;
use crate::cox::SurvivalType;
use rayon::prelude::*;

/// A proportional hazard of one cause.
#[derive(Clone, Debug)]
pub struct CauseHazard {
    /// Times and jumps of the baseline cumulative hazard, by stratum.
    pub baselines: Vec<Vec<(f64, f64)>>,
    /// e to the linear predictor, for each row.
    pub relative: Vec<f64>,
    /// The stratum of each row; `None` if there is one.
    pub stratum: Option<Vec<u32>>,
}

impl CauseHazard {
    fn baseline_of(&self, row: usize) -> usize {
        self.stratum
            .as_ref()
            .map_or(0, |stratum| stratum[row] as usize)
    }
}

/// The chance of a cause (its place among the hazards) by each of some times, for each row.
/// O(rows × moments).
///
/// # Method
/// Benichou and Gail (1990): F(t) = Σ S(u−) dΛ_cause(u) over u ≤ t, where S is the product of
/// 1 − ΣdΛ or the exponential of −ΣΛ. R: `riskRegression::predictRisk` of a `CSC`, with
/// `product.limit`.
///
/// # Errors
/// A cause without hazard, rows that differ in number, times that are no numbers.
///
/// ```
/// use statistics::cox::SurvivalType;
/// use statistics::prediction::{CauseHazard, absolute_risks};
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// let hazard = |jumps: &[(f64, f64)]| CauseHazard {
///     baselines: vec![jumps.to_vec()],
///     relative: vec![1.0, 2.0],
///     stratum: None,
/// };
/// let hazards = [hazard(&[(1.0, 0.1), (3.0, 0.2)]), hazard(&[(2.0, 0.25)])];
/// let risks = absolute_risks(&hazards, 0, &[3.0], SurvivalType::ProductLimit)?;
/// // 0.1 + 0.9 · 0.75 · 0.2, and with all hazards twice as high 0.2 + 0.8 · 0.5 · 0.4.
/// assert!((risks[0][0] - 0.235).abs() < 1e-15 && (risks[0][1] - 0.36).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
pub fn absolute_risks(
    hazards: &[CauseHazard],
    cause: usize,
    times: &[f64],
    survival: SurvivalType,
) -> Result<Vec<Vec<f64>>, NotEstimable> {
    let Some(rows) = hazards.get(cause).map(|hazard| hazard.relative.len()) else {
        return Err(NotEstimable::UnknownCode {
            what: "cause",
            code: cause,
            position: 0,
        });
    };
    NotEstimable::unless_finite("times", times)?;
    for hazard in hazards {
        NotEstimable::unless_length("hazard", rows, hazard.relative.len())?;
        NotEstimable::unless_finite("hazard", &hazard.relative)?;
    }
    let grid = Grid::new(hazards);
    let order = ascending(times);
    let by_row: Vec<Vec<f64>> = (0..rows)
        .into_par_iter()
        .map(|row| {
            let of_row = hazards.iter().zip(&grid.jumps);
            let of_row: Vec<(f64, &[f64])> = of_row
                .map(|(hazard, jumps)| {
                    (
                        hazard.relative[row],
                        jumps[hazard.baseline_of(row)].as_slice(),
                    )
                })
                .collect();
            grid.risks(&of_row, cause, (times, &order), survival)
        })
        .collect();
    let at = |place: usize| by_row.iter().map(|risks| risks[place]).collect();
    Ok((0..times.len()).map(at).collect())
}

/// Places of the times from early to late.
fn ascending(times: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    order
}

/// All moments at which any hazard jumps, and the jumps there by cause and stratum.
struct Grid {
    moments: Vec<f64>,
    jumps: Vec<Vec<Vec<f64>>>,
}

impl Grid {
    fn new(hazards: &[CauseHazard]) -> Self {
        let baselines = || hazards.iter().flat_map(|hazard| &hazard.baselines);
        let jumping = baselines().flatten().filter(|(_, jump)| *jump != 0.0);
        let mut moments: Vec<f64> = jumping.map(|(time, _)| *time).collect();
        moments.sort_by(f64::total_cmp);
        moments.dedup();
        let on_grid = |baseline: &Vec<(f64, f64)>| {
            let mut jumps = vec![0.0; moments.len()];
            for (time, jump) in baseline.iter().filter(|(_, jump)| *jump != 0.0) {
                jumps[moments.partition_point(|moment| moment < time)] += jump;
            }
            jumps
        };
        let jumps = hazards
            .iter()
            .map(|hazard| hazard.baselines.iter().map(on_grid).collect())
            .collect();
        Self { moments, jumps }
    }

    /// The risks of a row with these relative hazards and jumps.
    fn risks(
        &self,
        of_row: &[(f64, &[f64])],
        cause: usize,
        (times, order): (&[f64], &[usize]),
        kind: SurvivalType,
    ) -> Vec<f64> {
        let mut risks = vec![0.0; times.len()];
        let (mut risk, mut survival) = (0.0, 1.0);
        let mut place = 0;
        for &asked in order {
            while place < self.moments.len() && self.moments[place] <= times[asked] {
                let jump = |&(relative, jumps): &(f64, &[f64])| relative * jumps[place];
                let total: f64 = of_row.iter().map(jump).sum();
                risk += survival * jump(&of_row[cause]);
                survival *= match kind {
                    SurvivalType::ProductLimit => (1.0 - total).max(0.0),
                    SurvivalType::Exponential => (-total).exp(),
                };
                place += 1;
            }
            risks[asked] = risk;
        }
        risks
    }
}
