//! F-tests of the terms of a linear mixed model, as `anova` of lmerTest gives them.

use super::frame::MixedFrame;
use crate::Failure;
use crate::coefficients::Coefficients;
use clap::ValueEnum;
use formula::{DesignOptions, ModelFrame};
use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix, cross, gram};
use statistics::mixed::Satterthwaite;

/// Which hypothesis is tested about a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SumOfSquares {
    /// Elke term na de vorige
    #[value(name = "I")]
    Sequential,
    /// Elke term na alle andere die hem niet bevatten
    #[value(name = "II")]
    Hierarchical,
    /// Elke term na alle andere, gemiddeld over niveaus
    #[value(name = "III")]
    Marginal,
}

/// The table; `sigma` is the residual standard deviation.
pub(crate) fn table(
    model: &ModelFrame,
    frame: &MixedFrame,
    (tests, sigma): (&Satterthwaite, f64),
    kind: SumOfSquares,
) -> Result<Coefficients, Failure> {
    let hypotheses = Hypotheses::of(model, frame, kind)?;
    let mut columns = vec![Vec::new(); 6];
    let mut names = Vec::new();
    for (place, label) in frame.term_labels.iter().enumerate() {
        let contrasts = hypotheses.contrasts(place + 1)?;
        let test = match contrasts.rows() {
            0 => None,
            _ => tests.f_test(&contrasts)?,
        };
        let Some(test) = test else { continue };
        names.push(label.clone());
        let mean_square = test.statistic * sigma * sigma;
        let row = [
            mean_square * test.numerator_df,
            mean_square,
            test.numerator_df,
            test.denominator_df,
            test.statistic,
            test.p_value,
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let headers = ["Sum Sq", "Mean Sq", "NumDF", "DenDF", "F value", "Pr(>F)"];
    let pairs = headers.into_iter().zip(columns);
    Ok(pairs.fold(Coefficients::new(&names), |table, (name, values)| {
        table.with(name, values)
    }))
}

/// What is needed to write down the hypothesis of each term.
struct Hypotheses<'a> {
    frame: &'a MixedFrame,
    kind: SumOfSquares,
    information: Matrix,
    /// For marginal hypotheses: coefficients for contrasts that sum to zero, from our own.
    marginal: Option<(Vec<usize>, Matrix, Vec<usize>)>,
    /// Per term the variables in it.
    variables: Vec<Vec<usize>>,
}

impl<'a> Hypotheses<'a> {
    fn of(
        model: &ModelFrame,
        frame: &'a MixedFrame,
        kind: SumOfSquares,
    ) -> Result<Self, Failure> {
        let marginal = match kind {
            SumOfSquares::Marginal => {
                let plan = model.plan(DesignOptions::default())?.with_sums_to_zero();
                let design = plan.matrix_of(model)?;
                let x = Matrix::from_values(design.rows, design.columns(), design.values);
                let factor = Cholesky::new(&gram(&x, None), ALIAS_TOLERANCE)?;
                let products: Vec<Vec<f64>> = (0..frame.x.columns())
                    .map(|column| cross(&x, None, frame.x.column(column)))
                    .collect();
                let translated = factor.solve_matrix(&Matrix::from_columns(&products));
                Some((design.assign, translated, factor.aliased_columns()))
            }
            _ => None,
        };
        let variables = frame.term_labels.iter().map(|label| {
            let all = model.terms.terms.iter();
            let mut found = all.filter(|term| model.terms.label(term) == *label);
            found.next().map(|term| term.variables.clone()).unwrap_or_default()
        });
        Ok(Self {
            information: gram(&frame.x, None),
            variables: variables.collect(),
            marginal,
            frame,
            kind,
        })
    }

    /// One row per contrast of the term (counted from 1), one column per coefficient.
    fn contrasts(&self, term: usize) -> Result<Matrix, Failure> {
        if let Some((assign, translated, aliased)) = &self.marginal {
            let rows: Vec<usize> = (0..assign.len())
                .filter(|row| assign[*row] == term && !aliased.contains(row))
                .collect();
            return Ok(translated.gather_rows(&rows));
        }
        let order = self.order(term);
        let factor = Cholesky::new(&self.information.principal(&order), ALIAS_TOLERANCE)?;
        let root = factor.root();
        let own: Vec<usize> = (0..order.len())
            .filter(|&place| self.frame.assign[order[place]] == term && !factor.is_aliased(place))
            .collect();
        let mut contrasts = Matrix::zeros(own.len(), order.len());
        for (row, &place) in own.iter().enumerate() {
            for (other, &column) in order.iter().enumerate() {
                contrasts[(row, column)] = root[(other, place)];
            }
        }
        Ok(contrasts)
    }

    /// Columns in the order in which they explain the outcome.
    fn order(&self, term: usize) -> Vec<usize> {
        let columns = 0..self.frame.assign.len();
        if self.kind == SumOfSquares::Sequential {
            return columns.collect();
        }
        let own = &self.variables[term - 1];
        let rank = |column: usize| match self.frame.assign[column] {
            assign if assign == term => 1,
            0 => 0,
            assign => {
                let other = &self.variables[assign - 1];
                let contains = own.iter().all(|variable| other.contains(variable));
                if contains { 2 } else { 0 }
            }
        };
        let mut order: Vec<usize> = columns.collect();
        order.sort_by_key(|&column| rank(column));
        order
    }
}
