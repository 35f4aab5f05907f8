//! Rows with all that a row can have, and when two numbers are the same.

use proptest::prelude::*;
use statistics::cox::CoxData;
use statistics::matrix::Matrix;

/// Rows with all that a row can have; `x` has two covariates.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) entry: Vec<f64>,
    pub(crate) exit: Vec<f64>,
    pub(crate) event: Vec<bool>,
    pub(crate) strata: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    pub(crate) offset: Vec<f64>,
    pub(crate) x: Matrix,
}

impl Rows {
    /// For the engine, with the times of entry if some are late.
    pub(crate) fn data(&self, late: bool) -> CoxData<'_> {
        CoxData {
            entry: late.then_some(&self.entry),
            strata: Some(&self.strata),
            weights: Some(&self.weights),
            offset: Some(&self.offset),
            ..CoxData::new(&self.exit, &self.event, &self.x)
        }
    }

    pub(crate) fn gathered(&self, rows: &[usize]) -> Self {
        let pick = |values: &[f64]| rows.iter().map(|&row| values[row]).collect();
        Self {
            entry: pick(&self.entry),
            exit: pick(&self.exit),
            event: rows.iter().map(|&row| self.event[row]).collect(),
            strata: rows.iter().map(|&row| self.strata[row]).collect(),
            weights: pick(&self.weights),
            offset: pick(&self.offset),
            x: self.x.gather_rows(rows),
        }
    }
}

prop_compose! {
    /// At least so many rows, with a second covariate around some level.
    pub(crate) fn rows(least: usize, level: f64)(
        cells in prop::collection::vec(
            (0u8..5, 1u8..6, any::<bool>(), 0u32..2, 1u8..4, -10i8..10, -10i8..10, -5i8..5),
            least..40,
        )
    ) -> Rows {
        let column = |pick: &dyn Fn(usize) -> f64| (0..cells.len()).map(pick).collect::<Vec<f64>>();
        Rows {
            entry: column(&|i| f64::from(cells[i].0)),
            exit: column(&|i| f64::from(cells[i].0 + cells[i].1)),
            event: cells.iter().map(|cell| cell.2).collect(),
            strata: cells.iter().map(|cell| cell.3).collect(),
            weights: column(&|i| f64::from(cells[i].4) / 2.0),
            offset: column(&|i| f64::from(cells[i].7) / 5.0),
            x: Matrix::from_columns(&[
                column(&|i| f64::from(cells[i].5) / 4.0),
                column(&|i| f64::from(cells[i].6) / 4.0 + level),
            ]),
        }
    }
}

pub(crate) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}
