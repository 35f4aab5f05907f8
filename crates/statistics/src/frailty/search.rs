//! The search for how much each term is penalised.

use super::earlier::EarlierMaxima;
use super::guess::Guesser;
use super::penalised_cox::PenalisedCox;
use super::penalty::gamma_slope;
use super::solution::{ColumnPenalty, Penalties, Problem, Solution};
use super::terms::{Choice, PenalisedTerm, TermKind};
use super::{Met, degrees};
use crate::NotEstimable;
use crate::cox::CoxData;
use crate::optimise::{brent_minimum, brent_root};

/// θ below which there is no frailty.
const NO_FRAILTY: f64 = 1e-6;
const LARGEST: f64 = 1e6;
/// Rounds over terms that each choose a θ.
const MAX_ROUNDS: usize = 50;

pub(super) struct Search<'a> {
    pub(super) data: &'a CoxData<'a>,
    pub(super) terms: &'a [PenalisedTerm<'a>],
    pub(super) problem: Problem<'a>,
    pub(super) scales: Vec<f64>,
    pub(super) thetas: Vec<f64>,
    /// θ as R tells it, where its search is followed.
    pub(super) told: Vec<Option<f64>>,
    /// Where the last search ended.
    pub(super) beta: Vec<f64>,
    pub(super) frailties: Vec<f64>,
    /// Maxima that R would start from, where its search is followed.
    pub(super) earlier: EarlierMaxima,
    pub(super) outer: usize,
    pub(super) inner: usize,
}

impl Search<'_> {
    pub(super) fn run(&mut self) -> Result<PenalisedCox, NotEstimable> {
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
        if let Some(known) = self.earlier.at(&self.thetas) {
            return Ok(known.clone());
        }
        self.start_as_r();
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
        if self.follows_r() {
            self.earlier.keep(&self.thetas, &solution);
        }
        Ok(solution)
    }

    /// Whether the search for θ takes R's steps, and ends where R's does.
    fn follows_r(&self) -> bool {
        let is_followed = |term: &PenalisedTerm<'_>| {
            matches!(
                term.choice,
                Choice::Integrated { .. } | Choice::Aic { .. } | Choice::Fixed(_)
            )
        };
        self.problem.eps.is_some() && self.terms.iter().all(is_followed)
    }

    /// R starts from the maximum at the nearest earlier θ, else from 0.
    fn start_as_r(&mut self) {
        if self.problem.eps.is_none() {
            return;
        }
        match self.earlier.nearest(&self.thetas) {
            Some(nearest) => {
                self.beta.clone_from(&nearest.coefficients);
                self.frailties.clone_from(&nearest.frailties);
            }
            None => {
                self.beta.fill(0.0);
                self.frailties.fill(0.0);
            }
        }
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

    /// From θ = 0, where nothing is penalised, until the degrees of freedom are near enough: the
    /// place depends on the steps, so they are R's. It tells the θ that it would try next.
    fn ridge_df(
        &mut self,
        term: usize,
        (target, tolerance): (f64, f64),
    ) -> Result<(), NotEstimable> {
        let TermKind::Ridge { columns, .. } = &self.terms[term].kind else {
            return Ok(());
        };
        let mut tried = vec![(0.0, columns.len() as f64)];
        let mut theta = 1.0;
        for _ in 0..MAX_ROUNDS {
            let solution = self.at(term, theta)?;
            let df = self.df_of(term, &solution);
            tried.push((theta, df));
            if (df - target).abs() < tolerance {
                self.told[term] = Some(degrees::next(&tried, target));
                return Ok(());
            }
            theta = degrees::next(&tried, target);
        }
        Err(NotEstimable::NotConverged {
            what: "the degrees of freedom",
            iterations: MAX_ROUNDS,
        })
    }
}
