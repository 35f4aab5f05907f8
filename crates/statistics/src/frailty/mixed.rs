//! Cox models with Gaussian random effects, integrated by Laplace's method.

use super::groups::{Groups, NONE};
use super::penalty::FrailtyKind;
use super::solution::{ColumnPenalty, Penalties, Problem, Solution};
use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, Ties};
use crate::matrix::{Cholesky, Matrix};
use crate::optimise::brent_minimum;
use std::ops::Range;

/// Random intercepts of the groups of a factor.
#[derive(Clone, Copy, Debug)]
pub struct RandomTerm<'a> {
    /// The group of each row, from 0.
    pub codes: &'a [u32],
    /// How many groups there are.
    pub groups: usize,
}

/// How a mixed model is fitted.
#[derive(Clone, Debug)]
pub struct MixedOptions {
    /// Ties.
    pub ties: Ties,
    /// Variances that are given rather than estimated, by term.
    pub variances: Option<Vec<f64>>,
    /// Of a factor with at least the first number of groups, groups with no more than the second
    /// as share of the rows have no information in common (R: `sparse = c(50, .02)`).
    pub sparse: (usize, f64),
}

impl Default for MixedOptions {
    fn default() -> Self {
        Self {
            ties: Ties::Efron,
            variances: None,
            sparse: (50, 0.02),
        }
    }
}

/// A Cox model with Gaussian random effects. R: `coxme`.
#[derive(Clone, Debug)]
pub struct MixedCox {
    /// The fixed effects; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Fixed effects that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Their covariance.
    pub covariance: Matrix,
    /// The variance of each term's random effects.
    pub variances: Vec<f64>,
    /// The random effects of each term.
    pub effects: Vec<Vec<f64>>,
    /// The partial log-likelihood without any effect.
    pub ln_likelihood_null: f64,
    /// The integrated log-likelihood (Laplace).
    pub ln_integrated: f64,
    /// The partial log-likelihood less the penalty Σ b²/2θ.
    pub ln_penalised: f64,
    /// Effective degrees of freedom of all effects together.
    pub df: f64,
    /// How often the effects were found.
    pub evaluations: usize,
}

/// Variances that are looked at, as logarithms.
const RANGE: (f64, f64) = (-14.0, 5.0);
const MAX_ROUNDS: usize = 100;

impl MixedCox {
    /// Fits by maximum (integrated) likelihood.
    ///
    /// ```
    /// use statistics::cox::CoxData;
    /// use statistics::frailty::{MixedCox, MixedOptions, RandomTerm};
    /// use statistics::matrix::Matrix;
    /// # fn main() -> Result<(), statistics::NotEstimable> {
    /// let x = Matrix::from_columns(&[vec![0.0, 1.0, 0.0, 1.0, 1.0, 0.0]]);
    /// let data = CoxData::new(&[2.0, 1.0, 9.0, 8.0, 3.0, 4.0], &[true; 6], &x);
    /// let codes = [0, 0, 1, 1, 2, 2];
    /// let options = MixedOptions { variances: Some(vec![0.5]), ..Default::default() };
    /// let term = RandomTerm { codes: &codes, groups: 3 };
    /// let fit = MixedCox::fit(&data, &[term], &options)?;
    /// // The group that fails first is the frailest.
    /// assert!(fit.effects[0][0] > fit.effects[0][1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`PartialLikelihood::new`]; no events, no random term, codes of another length, no
    /// convergence.
    pub fn fit(
        data: &CoxData<'_>,
        terms: &[RandomTerm<'_>],
        options: &MixedOptions,
    ) -> Result<Self, NotEstimable> {
        if terms.is_empty() {
            return Err(NotEstimable::Empty {
                what: "random terms",
            });
        }
        if !data.event.contains(&true) {
            return Err(NotEstimable::NoEvents);
        }
        for term in terms {
            NotEstimable::unless_length("the groups", data.rows(), term.codes.len())?;
        }
        let layout = Layout::new(data.design, terms, options.sparse);
        let mut wide = *data;
        wide.design = &layout.design;
        let ties = if options.ties == Ties::Exact {
            Ties::Efron
        } else {
            options.ties
        };
        let partial = PartialLikelihood::new(&wide, ties)?;
        let groups = (layout.sparse_groups > 0)
            .then(|| Groups::new(&partial, &layout.sparse_codes, layout.sparse_groups));
        let mut search = Search {
            problem: Problem {
                partial: &partial,
                sparse: groups
                    .as_ref()
                    .map(|groups| (groups, layout.sparse_codes.as_slice())),
                rows: data.rows(),
                eps: None,
            },
            beta: vec![0.0; layout.design.columns()],
            frailties: vec![0.0; layout.sparse_groups],
            evaluations: 0,
            layout: &layout,
        };
        search.run(terms.len(), options)
    }
}

/// Where each group's effect is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// A covariate.
    Dense(usize),
    /// A sparse frailty.
    Sparse(usize),
}

/// Fixed effects, then groups with indicators of their own; the other groups are sparse.
struct Layout {
    design: Matrix,
    fixed: usize,
    /// Columns of each term's indicators.
    dense: Vec<Range<usize>>,
    /// The term that has sparse groups.
    sparse_term: Option<usize>,
    sparse_codes: Vec<u32>,
    sparse_groups: usize,
    places: Vec<Vec<Place>>,
}

impl Layout {
    fn new(x: &Matrix, terms: &[RandomTerm<'_>], (many, share): (usize, f64)) -> Self {
        let rows = x.rows();
        let largest = (0..terms.len()).max_by_key(|&term| (terms[term].groups, terms.len() - term));
        let sparse_term = largest.filter(|&term| terms[term].groups >= many);
        let mut layout = Self {
            design: Matrix::zeros(0, 0),
            fixed: x.columns(),
            dense: Vec::new(),
            sparse_term,
            sparse_codes: vec![NONE; rows],
            sparse_groups: 0,
            places: Vec::new(),
        };
        let mut columns: Vec<Vec<f64>> = (0..x.columns()).map(|c| x.column(c).to_vec()).collect();
        for (number, term) in terms.iter().enumerate() {
            let mut counts = vec![0usize; term.groups];
            term.codes
                .iter()
                .for_each(|&code| counts[code as usize] += 1);
            let first = columns.len();
            let mut places = Vec::with_capacity(term.groups);
            for &count in &counts {
                let small = count as f64 <= share * rows as f64;
                if sparse_term == Some(number) && small {
                    places.push(Place::Sparse(layout.sparse_groups));
                    layout.sparse_groups += 1;
                } else {
                    places.push(Place::Dense(columns.len()));
                    columns.push(vec![0.0; rows]);
                }
            }
            for (row, &code) in term.codes.iter().enumerate() {
                match places[code as usize] {
                    Place::Dense(column) => columns[column][row] = 1.0,
                    Place::Sparse(group) => layout.sparse_codes[row] = group as u32,
                }
            }
            layout.dense.push(first..columns.len());
            layout.places.push(places);
        }
        layout.design = match columns.is_empty() {
            true => Matrix::zeros(rows, 0),
            false => Matrix::from_columns(&columns),
        };
        layout
    }
}

struct Search<'a> {
    problem: Problem<'a>,
    layout: &'a Layout,
    beta: Vec<f64>,
    frailties: Vec<f64>,
    evaluations: usize,
}

impl Search<'_> {
    fn run(&mut self, terms: usize, options: &MixedOptions) -> Result<MixedCox, NotEstimable> {
        let nothing = vec![0.0; self.beta.len()];
        let null = self.problem.partial.evaluate(&nothing)?.log_likelihood;
        let variances = match &options.variances {
            Some(variances) => {
                NotEstimable::unless_length("the variances", terms, variances.len())?;
                if let Some(&value) = variances.iter().find(|v| !(**v > 0.0 && v.is_finite())) {
                    return Err(NotEstimable::Domain {
                        what: "a variance",
                        value,
                    });
                }
                variances.clone()
            }
            None => self.variances(terms)?,
        };
        let (solution, integrated) = self.solve(&variances)?;
        Ok(self.finish(null, (variances, solution, integrated)))
    }

    /// Each variance in turn, until none moves.
    fn variances(&mut self, terms: usize) -> Result<Vec<f64>, NotEstimable> {
        let mut ln: Vec<f64> = vec![-1.5; terms];
        let mut width = f64::INFINITY;
        for _ in 0..MAX_ROUNDS {
            let before = ln.clone();
            for term in 0..terms {
                let near = (
                    RANGE.0.max(before[term] - width),
                    RANGE.1.min(before[term] + width),
                );
                let mut failure = None;
                let (best, _) = brent_minimum(near, 1e-9, |value| {
                    ln[term] = value;
                    let variances: Vec<f64> = ln.iter().map(|ln| ln.exp()).collect();
                    match self.solve(&variances) {
                        Ok((_, integrated)) => -integrated,
                        Err(error) => {
                            failure = Some(error);
                            f64::INFINITY
                        }
                    }
                });
                if let Some(error) = failure {
                    return Err(error);
                }
                ln[term] = best;
            }
            let moved = ln
                .iter()
                .zip(&before)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            if terms == 1 || moved < 1e-7 {
                return Ok(ln.iter().map(|ln| ln.exp()).collect());
            }
            width = (4.0 * moved).max(1e-4);
        }
        Err(NotEstimable::NotConverged {
            what: "the variances",
            iterations: MAX_ROUNDS,
        })
    }

    /// The effects at these variances, and the integrated log-likelihood.
    fn solve(&mut self, variances: &[f64]) -> Result<(Solution, f64), NotEstimable> {
        let mut penalties = Penalties {
            dense: vec![ColumnPenalty::None; self.beta.len()],
            sparse: None,
        };
        for (columns, &variance) in self.layout.dense.iter().zip(variances) {
            // Without the constant of the density, which cancels against the integral's.
            penalties.dense[columns.clone()].fill(ColumnPenalty::Ridge(1.0 / variance));
        }
        let sparse = self
            .layout
            .sparse_term
            .filter(|_| self.layout.sparse_groups > 0);
        if let Some(term) = sparse {
            penalties.sparse = Some((FrailtyKind::Gaussian, variances[term]));
        }
        let start = (self.beta.as_slice(), self.frailties.as_slice());
        let solution = self.problem.maximise(&penalties, start)?;
        self.beta.clone_from(&solution.coefficients);
        self.frailties.clone_from(&solution.frailties);
        self.evaluations += 1;
        let penalised = self.penalised(&solution, variances);
        let effects = self.layout.places.iter().zip(variances);
        let spread: f64 = effects
            .map(|(places, v)| places.len() as f64 * v.ln())
            .sum();
        let integrated = penalised - 0.5 * (spread + self.ln_determinant(&solution)?);
        Ok((solution, integrated))
    }

    fn penalised(&self, solution: &Solution, variances: &[f64]) -> f64 {
        let mut value = solution.ln_likelihood;
        for (places, variance) in self.layout.places.iter().zip(variances) {
            let squares: f64 = places
                .iter()
                .map(|&place| effect(solution, place).powi(2))
                .sum();
            value -= 0.5 * squares / variance;
        }
        value
    }

    /// ln of the determinant of the penalised information of all random effects.
    fn ln_determinant(&self, solution: &Solution) -> Result<f64, NotEstimable> {
        let information = &solution.information;
        let random: Vec<usize> = (self.layout.fixed..information.dense.columns()).collect();
        let mut dense = information.dense.principal(&random);
        let mut value: f64 = information.diagonal.iter().map(|d| d.ln()).sum();
        if !random.is_empty() {
            if !information.diagonal.is_empty() {
                let cross = information.cross.gather_columns(&random);
                let inverse: Vec<f64> = information.diagonal.iter().map(|d| 1.0 / d).collect();
                dense.add_scaled(-1.0, &crate::matrix::gram(&cross, Some(&inverse)));
            }
            value += Cholesky::full_rank(&dense)?.log_determinant();
        }
        Ok(value)
    }

    fn finish(
        &self,
        null: f64,
        (variances, solution, integrated): (Vec<f64>, Solution, f64),
    ) -> MixedCox {
        let fixed: Vec<usize> = (0..self.layout.fixed).collect();
        let estimated = fixed.len()
            - solution
                .aliased
                .iter()
                .filter(|&&c| c < fixed.len())
                .count();
        // tr(H⁻¹ I) = effects − tr(H⁻¹ penalty).
        let mut df = estimated as f64;
        for (places, variance) in self.layout.places.iter().zip(&variances) {
            for &place in places {
                let own = match place {
                    Place::Dense(column) => solution.covariance[(column, column)],
                    Place::Sparse(group) => solution.frailty_variances[group],
                };
                df += 1.0 - own / variance;
            }
        }
        let effects = self.layout.places.iter();
        MixedCox {
            coefficients: solution.coefficients[..fixed.len()].to_vec(),
            aliased: (solution.aliased.iter().copied())
                .filter(|&column| column < fixed.len())
                .collect(),
            covariance: solution.covariance.principal(&fixed),
            effects: effects
                .map(|places| {
                    places
                        .iter()
                        .map(|&place| effect(&solution, place))
                        .collect()
                })
                .collect(),
            ln_likelihood_null: null,
            ln_integrated: integrated,
            ln_penalised: self.penalised(&solution, &variances),
            df,
            evaluations: self.evaluations,
            variances,
        }
    }
}

fn effect(solution: &Solution, place: Place) -> f64 {
    match place {
        Place::Dense(column) => solution.coefficients[column],
        Place::Sparse(group) => solution.frailties[group],
    }
}
