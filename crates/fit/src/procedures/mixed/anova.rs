//! F-tests of the terms of a linear mixed model, as `anova` of lmerTest gives them.

use super::frame::MixedFrame;
use crate::Failure;
use crate::coefficients::Coefficients;
use clap::ValueEnum;
use formula::{DesignOptions, ModelFrame};
use statistics::matrix::{ALIAS_TOLERANCE, Cholesky, Lu, Matrix, cross, gram};
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
    Ok(
        pairs.fold(Coefficients::new(&names), |table, (name, values)| {
            table.with(name, values)
        }),
    )
}

/// What is needed to write down the hypothesis of each term.
struct Hypotheses<'a> {
    frame: &'a MixedFrame,
    kind: SumOfSquares,
    information: Matrix,
    /// For marginal hypotheses: coefficients for contrasts that sum to zero, from our own.
    marginal: Option<(Vec<usize>, Matrix, Vec<usize>)>,
    /// Per term its factors and its numeric variables.
    variables: Vec<(Vec<usize>, Vec<usize>)>,
}

impl<'a> Hypotheses<'a> {
    fn of(model: &ModelFrame, frame: &'a MixedFrame, kind: SumOfSquares) -> Result<Self, Failure> {
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
            let places = found.next().map(|term| term.variables.clone());
            let is_factor = |place: &usize| match &model.variables[*place].value {
                formula::Value::Column(column) => !matches!(column, formula::Column::Number(_)),
                _ => false,
            };
            places.unwrap_or_default().into_iter().partition(is_factor)
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
        let is_contained = (1..=self.variables.len()).any(|other| self.contains(other, term));
        match (&self.marginal, self.kind) {
            (Some((assign, translated, aliased)), _) if is_contained => {
                let rows: Vec<usize> = (0..assign.len())
                    .filter(|row| assign[*row] == term && !aliased.contains(row))
                    .collect();
                self.in_own_coefficients(translated.gather_rows(&rows), term)
            }
            (_, SumOfSquares::Sequential) => self.triangular(term),
            (_, SumOfSquares::Hierarchical) if is_contained => self.triangular(term),
            _ => Ok(self.own_coefficients(term)),
        }
    }

    fn own(&self, term: usize) -> Vec<usize> {
        let columns = 0..self.frame.assign.len();
        columns
            .filter(|&column| self.frame.assign[column] == term)
            .collect()
    }

    /// Each coefficient of the term by itself.
    fn own_coefficients(&self, term: usize) -> Matrix {
        let own = self.own(term);
        let mut contrasts = Matrix::zeros(own.len(), self.frame.assign.len());
        for (row, &column) in own.iter().enumerate() {
            contrasts[(row, column)] = 1.0;
        }
        contrasts
    }

    /// The same hypothesis, each row with one coefficient of the term: the degrees of freedom
    /// depend on how it is written down.
    fn in_own_coefficients(&self, rows: Matrix, term: usize) -> Result<Matrix, Failure> {
        let own = self.own(term);
        if own.len() != rows.rows() {
            return Ok(rows);
        }
        match Lu::new(&rows.gather_columns(&own)) {
            Ok(factor) => Ok(factor.inverse().multiply(&rows)),
            Err(_) => Ok(rows),
        }
    }

    /// Rows of the unit upper triangle of X'X, with columns in the order of explanation.
    fn triangular(&self, term: usize) -> Result<Matrix, Failure> {
        let order = self.order(term);
        let factor = Cholesky::new(&self.information.principal(&order), ALIAS_TOLERANCE)?;
        let root = factor.root();
        let own: Vec<usize> = (0..order.len())
            .filter(|&place| self.frame.assign[order[place]] == term && !factor.is_aliased(place))
            .collect();
        let mut contrasts = Matrix::zeros(own.len(), order.len());
        for (row, &place) in own.iter().enumerate() {
            for (other, &column) in order.iter().enumerate().skip(place) {
                contrasts[(row, column)] = root[(other, place)] / root[(place, place)];
            }
        }
        Ok(contrasts)
    }

    /// Whether a term contains another: the same numeric variables, and more factors.
    fn contains(&self, larger: usize, smaller: usize) -> bool {
        let (factors, numbers) = &self.variables[larger - 1];
        let (own_factors, own_numbers) = &self.variables[smaller - 1];
        let has_all = own_factors
            .iter()
            .all(|variable| factors.contains(variable));
        larger != smaller && numbers == own_numbers && has_all
    }

    /// Columns in the order in which they explain the outcome.
    fn order(&self, term: usize) -> Vec<usize> {
        let columns = 0..self.frame.assign.len();
        if self.kind == SumOfSquares::Sequential {
            return columns.collect();
        }
        let rank = |column: usize| match self.frame.assign[column] {
            0 => 0,
            assign if assign == term => 1,
            assign if self.contains(assign, term) => 2,
            _ => 0,
        };
        let mut order: Vec<usize> = columns.collect();
        order.sort_by_key(|&column| rank(column));
        order
    }
}
