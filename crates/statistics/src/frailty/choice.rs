//! Penalised Cox models, and how much is penalised.

use super::Met;
use super::groups::Groups;
use super::guess::Guesser;
use super::penalty::{FrailtyKind, gamma_correction, gamma_slope};
use super::solution::{ColumnPenalty, Penalties, Problem, Solution};
use crate::NotEstimable;
use crate::cox::{CoxData, PartialLikelihood, Ties};
use crate::optimise::{brent_minimum, brent_root};
use std::ops::Range;

/// How θ is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// It is given.
    Fixed(f64),
    /// By the integrated likelihood of gamma frailties (R: `method = "em"`).
    Integrated {
        /// The relative change at which R's search ends, where that is asked for.
        eps: f64,
    },
    /// By restricted maximum likelihood of Gaussian frailties (`"reml"`).
    Reml,
    /// By Akaike's criterion (`"aic"`), corrected for small samples if asked (`caic`).
    Aic {
        /// Whether it is corrected.
        corrected: bool,
        /// The relative change at which R's search ends, where that is asked for.
        eps: f64,
    },
    /// By effective degrees of freedom (`df`), to within a tolerance (`eps`).
    Df {
        /// What they should be.
        target: f64,
        /// How near is near enough.
        tolerance: f64,
    },
}

/// Which coefficients a term penalises.
#[derive(Clone, Debug)]
pub enum TermKind<'a> {
    /// ½ θ Σ (β s)² over covariates.
    Ridge {
        /// The covariates.
        columns: Range<usize>,
        /// Their `s`: standard deviations, or 1 where units matter.
        scales: Vec<f64>,
    },
    /// Frailties that are covariates: one indicator per group.
    Dense {
        /// Their distribution.
        kind: FrailtyKind,
        /// The indicators.
        columns: Range<usize>,
    },
    /// Frailties whose information is taken as diagonal; at most one term.
    Sparse {
        /// Their distribution.
        kind: FrailtyKind,
        /// The group of each row, from 0.
        codes: &'a [u32],
        /// How many groups there are.
        groups: usize,
    },
}

/// A penalised term.
#[derive(Clone, Debug)]
pub struct PenalisedTerm<'a> {
    /// What it penalises.
    pub kind: TermKind<'a>,
    /// How much.
    pub choice: Choice,
}

/// What came of a term.
#[derive(Clone, Copy, Debug)]
pub struct TermFit {
    /// θ: the variance of frailties, the weight of a ridge penalty.
    pub theta: f64,
    /// Effective degrees of freedom.
    pub df: f64,
    /// Wald's χ².
    pub chi_squared: f64,
    /// The integrated log-likelihood, of gamma frailties.
    pub ln_integrated: Option<f64>,
}

/// A Cox model with penalised terms.
///
/// ```
/// use statistics::cox::{CoxData, Ties};
/// use statistics::frailty::{Choice, PenalisedCox, PenalisedTerm, TermKind};
/// use statistics::matrix::Matrix;
/// # fn main() -> Result<(), statistics::NotEstimable> {
/// // The exposed all die first: without a penalty the estimate is infinite.
/// let x = Matrix::from_columns(&[vec![1.0, 1.0, 0.0, 0.0]]);
/// let data = CoxData::new(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &x);
/// let ridge = PenalisedTerm {
///     kind: TermKind::Ridge { columns: 0..1, scales: vec![1.0] },
///     choice: Choice::Fixed(1.0),
/// };
/// let fit = PenalisedCox::fit(&data, Ties::Efron, &[ridge], None)?;
/// assert!(fit.solution.coefficients[0] > 0.0 && fit.solution.coefficients[0] < 2.0);
/// assert!(fit.terms[0].df < 1.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PenalisedCox {
    /// The maximum at the chosen θ.
    pub solution: Solution,
    /// The partial log-likelihood with all coefficients 0.
    pub ln_likelihood_null: f64,
    /// The penalties at the first θ that was tried.
    pub first_penalty: f64,
    /// The penalties of dense frailties at 0 at the first θ; R's null log-likelihood has them
    /// subtracted, which does not make sense.
    pub null_penalty: f64,
    /// In the order of the terms.
    pub terms: Vec<TermFit>,
    /// Per row of the caller the martingale residual.
    pub martingale: Vec<f64>,
    /// How often a maximum was sought.
    pub outer: usize,
    /// Newton steps of all of them.
    pub inner: usize,
}

/// θ below which there is no frailty.
const NO_FRAILTY: f64 = 1e-6;
const LARGEST: f64 = 1e6;
/// Rounds over terms that each choose a θ.
const MAX_ROUNDS: usize = 50;

impl PenalisedCox {
    /// Fits a model. Efron's or Breslow's ties.
    ///
    /// R ends its search when the penalised log-likelihood changes by less than a share `eps` of
    /// itself (`coxph.control(eps)`), which with sparse frailties, whose steps converge
    /// linearly, leaves coefficients right to about √eps. With `eps` this does the same;
    /// without it the search goes on to the maximum.
    ///
    /// # Errors
    /// As [`PartialLikelihood::new`]; no events; a negative θ, degrees of freedom that cannot be
    /// had, more than one sparse term, no convergence.
    pub fn fit(
        data: &CoxData<'_>,
        ties: Ties,
        terms: &[PenalisedTerm<'_>],
        eps: Option<f64>,
    ) -> Result<Self, NotEstimable> {
        if !data.event.contains(&true) {
            return Err(NotEstimable::NoEvents);
        }
        check(data, terms)?;
        let ties = if ties == Ties::Exact {
            Ties::Efron
        } else {
            ties
        };
        let partial = PartialLikelihood::new(data, ties)?;
        let sparse = terms.iter().find_map(|term| match term.kind {
            TermKind::Sparse { codes, groups, .. } => Some((codes, groups)),
            _ => None,
        });
        let groups = sparse.map(|(codes, count)| (Groups::new(&partial, codes, count), codes));
        let problem = Problem {
            partial: &partial,
            sparse: groups.as_ref().map(|(groups, codes)| (groups, *codes)),
            rows: data.rows(),
            eps,
        };
        let mut search = Search {
            told: vec![None; terms.len()],
            thetas: terms
                .iter()
                .map(|term| first_guess(term, data.rows()))
                .collect(),
            beta: vec![0.0; data.design.columns()],
            frailties: vec![0.0; problem.groups()],
            scales: scales(data.design.columns(), terms),
            data,
            terms,
            problem,
            outer: 0,
            inner: 0,
        };
        search.run()
    }
}

fn check(data: &CoxData<'_>, terms: &[PenalisedTerm<'_>]) -> Result<(), NotEstimable> {
    let is_sparse = |term: &&PenalisedTerm<'_>| matches!(term.kind, TermKind::Sparse { .. });
    if terms.iter().filter(is_sparse).count() > 1 {
        return Err(NotEstimable::Domain {
            what: "the number of sparse terms",
            value: 2.0,
        });
    }
    let domain = |what: &'static str, value: f64| Err(NotEstimable::Domain { what, value });
    for term in terms {
        let (size, kind) = match &term.kind {
            TermKind::Ridge { columns, scales } => {
                NotEstimable::unless_length("the scales", columns.len(), scales.len())?;
                NotEstimable::unless_finite("the scales", scales)?;
                (columns.len(), None)
            }
            TermKind::Dense { kind, columns } => (columns.len(), Some(*kind)),
            TermKind::Sparse {
                kind,
                codes,
                groups,
            } => {
                NotEstimable::unless_length("the groups", data.rows(), codes.len())?;
                (*groups, Some(*kind))
            }
        };
        match (term.choice, kind) {
            (_, Some(FrailtyKind::T(df))) if df.is_nan() || df <= 2.0 => {
                return domain("the degrees of freedom of the t distribution", df);
            }
            (Choice::Fixed(theta), _) if !(theta >= 0.0 && theta.is_finite()) => {
                return domain("theta", theta);
            }
            (Choice::Df { target, .. }, _) if !(target > 0.0 && target < size as f64) => {
                return domain("df", target);
            }
            (Choice::Integrated { .. }, Some(FrailtyKind::Gamma))
            | (Choice::Reml, Some(FrailtyKind::Gaussian))
            | (Choice::Fixed(_) | Choice::Aic { .. } | Choice::Df { .. }, _) => {}
            (Choice::Integrated { .. } | Choice::Reml, _) => return domain("theta", f64::NAN),
        }
    }
    Ok(())
}

/// What each covariate's coefficient is multiplied by in its penalty.
fn scales(columns: usize, terms: &[PenalisedTerm<'_>]) -> Vec<f64> {
    let mut all = vec![1.0; columns];
    for term in terms {
        if let TermKind::Ridge { columns, scales } = &term.kind {
            all[columns.clone()].copy_from_slice(scales);
        }
    }
    all
}

/// The first θ, which R's penalty at the start belongs to.
fn first_guess(term: &PenalisedTerm<'_>, rows: usize) -> f64 {
    match (term.choice, &term.kind) {
        (Choice::Fixed(theta), _) => theta,
        (Choice::Integrated { .. }, _) => 0.0,
        (Choice::Reml, _) | (Choice::Df { .. }, TermKind::Ridge { .. }) => 1.0,
        (Choice::Aic { .. }, _) => 0.1,
        (Choice::Df { target, .. }, _) => 3.0 * target / rows as f64,
    }
}

struct Search<'a> {
    data: &'a CoxData<'a>,
    terms: &'a [PenalisedTerm<'a>],
    problem: Problem<'a>,
    scales: Vec<f64>,
    thetas: Vec<f64>,
    /// θ as R tells it, where its search is followed.
    told: Vec<Option<f64>>,
    /// Where the last search ended.
    beta: Vec<f64>,
    frailties: Vec<f64>,
    outer: usize,
    inner: usize,
}

impl Search<'_> {
    fn run(&mut self) -> Result<PenalisedCox, NotEstimable> {
        let nothing = vec![0.0; self.beta.len()];
        let null = self.problem.partial.evaluate(&nothing)?.log_likelihood;
        let first_penalty = self.solve()?.penalty;
        let null_penalty = self.null_penalty();
        let free: Vec<usize> = (0..self.terms.len())
            .filter(|&term| !matches!(self.terms[term].choice, Choice::Fixed(_)))
            .collect();
        for _ in 0..MAX_ROUNDS {
            let before = self.thetas.clone();
            for &term in &free {
                self.choose(term)?;
            }
            let moved = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-8 * b.abs();
            if free.len() < 2 || !self.thetas.iter().zip(&before).any(moved) {
                break;
            }
        }
        let solution = self.solve()?;
        let terms = (0..self.terms.len())
            .map(|term| self.report(term, &solution))
            .collect();
        Ok(PenalisedCox {
            martingale: self.martingale(&solution)?,
            solution,
            ln_likelihood_null: null,
            first_penalty,
            null_penalty,
            terms,
            outer: self.outer,
            inner: self.inner,
        })
    }

    fn null_penalty(&self) -> f64 {
        let of = |(term, &theta): (&PenalisedTerm<'_>, &f64)| match &term.kind {
            TermKind::Dense { kind, columns } if theta > 0.0 => {
                columns.len() as f64 * kind.cost(theta, 0.0).value
            }
            _ => 0.0,
        };
        self.terms.iter().zip(&self.thetas).map(of).sum()
    }

    /// Events less what the cumulative hazard leads to expect.
    fn martingale(&self, solution: &Solution) -> Result<Vec<f64>, NotEstimable> {
        let extra = self.problem.extra(&solution.frailties);
        let partial = self.problem.partial;
        let sums = partial.sums_with(&solution.coefficients, extra.as_deref())?;
        let met = Met::of(partial, &sums);
        let mut residuals = vec![0.0; self.data.rows()];
        for (position, &row) in partial.risk_sets().rows().iter().enumerate() {
            let expected = sums.risks[position] / partial.weight(position) * met.hazard[position];
            let row = row as usize;
            residuals[row] = f64::from(u8::from(self.data.event[row])) - expected;
        }
        Ok(residuals)
    }

    /// The maximum at the present θ.
    fn solve(&mut self) -> Result<Solution, NotEstimable> {
        let mut penalties = Penalties {
            dense: vec![ColumnPenalty::None; self.beta.len()],
            sparse: None,
        };
        for (term, &theta) in self.terms.iter().zip(&self.thetas) {
            match &term.kind {
                TermKind::Ridge { columns, .. } => {
                    for column in columns.clone() {
                        let scale = self.scales[column];
                        penalties.dense[column] = ColumnPenalty::Ridge(theta * scale * scale);
                    }
                }
                TermKind::Dense { kind, columns } => {
                    let theta = theta.max(1e-3 * NO_FRAILTY);
                    penalties.dense[columns.clone()].fill(ColumnPenalty::Frailty(*kind, theta));
                }
                TermKind::Sparse { kind, .. } if theta > 0.0 => {
                    penalties.sparse = Some((*kind, theta));
                }
                TermKind::Sparse { .. } => {}
            }
        }
        if penalties.sparse.is_none() {
            self.frailties.fill(0.0);
        }
        let start = (self.beta.as_slice(), self.frailties.as_slice());
        let mut solution = self.problem.maximise(&penalties, start)?;
        solution.frailties.resize(self.problem.groups(), 0.0);
        solution
            .frailty_variances
            .resize(self.problem.groups(), 0.0);
        self.beta.clone_from(&solution.coefficients);
        self.frailties.clone_from(&solution.frailties);
        self.outer += 1;
        self.inner += solution.iterations;
        Ok(solution)
    }

    fn at(&mut self, term: usize, theta: f64) -> Result<Solution, NotEstimable> {
        self.thetas[term] = theta;
        self.solve()
    }

    fn choose(&mut self, term: usize) -> Result<(), NotEstimable> {
        match (self.terms[term].choice, &self.terms[term].kind) {
            (Choice::Fixed(_), _) => Ok(()),
            (Choice::Integrated { eps }, _) if self.problem.eps.is_some() => {
                self.follow(term, Guesser::integrated(eps), &|search, solution| {
                    search.integrated(term, solution).unwrap_or(f64::NAN)
                })
            }
            (Choice::Aic { corrected, eps }, _) if self.problem.eps.is_some() => {
                self.follow(term, Guesser::akaike(eps), &|search, solution| {
                    -search.akaike_of(term, solution, corrected)
                })
            }
            (Choice::Integrated { .. }, _) => self.root(term, &|search, solution, theta| {
                gamma_slope(
                    theta,
                    &search.frailties_of(term, solution),
                    &search.events_of(term),
                )
            }),
            (Choice::Reml, _) => self.root(term, &|search, solution, theta| {
                let frailties = search.frailties_of(term, solution);
                let squares: f64 = frailties.iter().map(|f| f * f).sum();
                squares + search.variance_of(term, solution) - theta * frailties.len() as f64
            }),
            (Choice::Aic { corrected, .. }, _) => self.akaike(term, corrected),
            (Choice::Df { target, tolerance }, TermKind::Ridge { .. }) => {
                self.ridge_df(term, (target, tolerance))
            }
            (Choice::Df { target, .. }, _) => self.root(term, &|search, solution, _| {
                target - search.df_of(term, solution)
            }),
        }
    }

    /// Finds where `more` (positive where θ should grow) is 0.
    fn root(
        &mut self,
        term: usize,
        more: &dyn Fn(&Self, &Solution, f64) -> f64,
    ) -> Result<(), NotEstimable> {
        let height = |search: &mut Self, theta: f64| {
            let solution = search.at(term, theta)?;
            Ok::<f64, NotEstimable>(more(search, &solution, theta))
        };
        let start = if self.thetas[term] > NO_FRAILTY {
            self.thetas[term]
        } else {
            0.5
        };
        let (mut low, mut high) = (start, start);
        if height(self, start)? > 0.0 {
            while height(self, high)? > 0.0 {
                low = high;
                high *= 2.0;
                if high > LARGEST {
                    return Err(NotEstimable::NotConverged {
                        what: "theta",
                        iterations: self.outer,
                    });
                }
            }
        } else {
            while height(self, low)? <= 0.0 {
                high = low;
                low /= 4.0;
                if low < NO_FRAILTY {
                    self.thetas[term] = 0.0;
                    return Ok(());
                }
            }
        }
        let mut failure = None;
        let root = brent_root((low.ln(), high.ln()), 1e-13, |ln_theta| {
            height(self, ln_theta.exp()).unwrap_or_else(|error| {
                failure = Some(error);
                0.0
            })
        });
        match failure {
            Some(error) => Err(error),
            None => {
                self.thetas[term] = root?.exp();
                Ok(())
            }
        }
    }

    fn akaike(&mut self, term: usize, corrected: bool) -> Result<(), NotEstimable> {
        let mut failure = None;
        let (ln_theta, _) = brent_minimum((1e-4f64.ln(), 100f64.ln()), 1e-8, |ln_theta| match self
            .at(term, ln_theta.exp())
        {
            Ok(solution) => self.akaike_of(term, &solution, corrected),
            Err(error) => {
                failure = Some(error);
                f64::INFINITY
            }
        });
        self.thetas[term] = ln_theta.exp();
        failure.map_or(Ok(()), Err)
    }

    /// Degrees of freedom less log-likelihood.
    fn akaike_of(&self, term: usize, solution: &Solution, corrected: bool) -> f64 {
        let events = self.data.event.iter().filter(|&&event| event).count() as f64;
        let df = self.df_of(term, solution);
        let more = (df + 1.0) * (df + 2.0) / (events - df - 2.0);
        df + if corrected { more } else { 0.0 } - solution.ln_likelihood
    }

    /// R's search; it ends at the θ that it tried last, and tells the one it would try next.
    fn follow(
        &mut self,
        term: usize,
        guesser: Guesser,
        criterion: &dyn Fn(&Self, &Solution) -> f64,
    ) -> Result<(), NotEstimable> {
        let mut tried = Vec::new();
        while tried.len() < MAX_ROUNDS {
            let theta = guesser.next(&tried);
            let solution = self.at(term, theta)?;
            tried.push((theta, criterion(self, &solution)));
            if guesser.is_done(&tried) {
                self.told[term] = Some(guesser.next(&tried));
                return Ok(());
            }
        }
        Err(NotEstimable::NotConverged {
            what: "theta",
            iterations: MAX_ROUNDS,
        })
    }

    /// Linear interpolation from θ = 0, where nothing is penalised, and θ = 1, until the degrees
    /// of freedom are near enough; R stops as loosely.
    fn ridge_df(
        &mut self,
        term: usize,
        (target, tolerance): (f64, f64),
    ) -> Result<(), NotEstimable> {
        let TermKind::Ridge { columns, .. } = &self.terms[term].kind else {
            return Ok(());
        };
        let (mut few, mut many) = (None, (0.0, columns.len() as f64));
        let mut theta = 1.0;
        for _ in 0..200 {
            let solution = self.at(term, theta)?;
            let df = self.df_of(term, &solution);
            if (df - target).abs() < tolerance {
                return Ok(());
            }
            let before = many;
            match df > target {
                true => many = (theta, df),
                false => few = Some((theta, df)),
            }
            let (a, b) = match few {
                Some(few) => (many, few),
                None => (before, many),
            };
            let line = a.0 + (target - a.1) * (b.0 - a.0) / (b.1 - a.1);
            theta = match few {
                // Halfway in logarithms where the line is of no use.
                Some(few) if !(line > many.0 && line < few.0) => (many.0.max(1e-6) * few.0).sqrt(),
                Some(_) => line,
                None => line.clamp(1.1 * theta, 100.0 * theta),
            };
        }
        Err(NotEstimable::NotConverged {
            what: "the degrees of freedom",
            iterations: 200,
        })
    }

    fn frailties_of(&self, term: usize, solution: &Solution) -> Vec<f64> {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailties.clone(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.coefficients[columns.clone()].to_vec()
            }
        }
    }

    /// Σ of the variances of a term's frailties.
    fn variance_of(&self, term: usize, solution: &Solution) -> f64 {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailty_variances.iter().sum(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                columns.clone().map(|c| solution.covariance[(c, c)]).sum()
            }
        }
    }

    fn df_of(&self, term: usize, solution: &Solution) -> f64 {
        match &self.terms[term].kind {
            TermKind::Sparse { .. } => solution.frailty_df,
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.df(&columns.clone().collect::<Vec<_>>())
            }
        }
    }

    /// Σ weights of events per group.
    fn events_of(&self, term: usize) -> Vec<f64> {
        match &self.terms[term].kind {
            TermKind::Dense { columns, .. } => {
                let of = |column: usize| {
                    let indicator = self.data.design.column(column).iter().enumerate();
                    indicator
                        .filter(|(row, x)| self.data.event[*row] && **x != 0.0)
                        .map(|(row, _)| self.data.weight(row))
                        .sum()
                };
                columns.clone().map(of).collect()
            }
            _ => self
                .problem
                .sparse
                .map_or_else(Vec::new, |(groups, _)| groups.event_sums()),
        }
    }

    fn report(&self, term: usize, solution: &Solution) -> TermFit {
        let theta = self.thetas[term];
        let is_sparse = matches!(self.terms[term].kind, TermKind::Sparse { .. });
        let chi_squared = match &self.terms[term].kind {
            TermKind::Sparse { .. } if theta == 0.0 => 0.0,
            TermKind::Sparse { .. } => solution.frailty_wald(),
            TermKind::Dense { columns, .. } | TermKind::Ridge { columns, .. } => {
                solution.wald(&columns.clone().collect::<Vec<_>>())
            }
        };
        TermFit {
            theta: self.told[term].unwrap_or(theta),
            df: match is_sparse && theta == 0.0 {
                true => 0.0,
                false => self.df_of(term, solution),
            },
            chi_squared,
            ln_integrated: self.integrated(term, solution),
        }
    }

    fn integrated(&self, term: usize, solution: &Solution) -> Option<f64> {
        let theta = self.thetas[term];
        match &self.terms[term].kind {
            TermKind::Sparse {
                kind: FrailtyKind::Gamma,
                ..
            }
            | TermKind::Dense {
                kind: FrailtyKind::Gamma,
                ..
            } => {}
            _ => return None,
        }
        if theta == 0.0 {
            return Some(solution.ln_likelihood);
        }
        let frailties = self.frailties_of(term, solution);
        let cost: f64 = frailties
            .iter()
            .map(|&f| FrailtyKind::Gamma.cost(theta, f).value)
            .sum();
        let correction = gamma_correction(theta, &self.events_of(term));
        Some(solution.ln_likelihood - cost + correction)
    }
}
