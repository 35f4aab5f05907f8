//! Blocks whose residuals each depend on the one before only: linear in their rows.

use super::criterion::Block;
use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix};
use crate::mixed::data::{MixedData, Prepared};
use crate::mixed::residual::{At, Slopes, Structure};

/// A block in the order of groups and positions.
///
/// With u the rows over their deviations and ρ the correlation with the row before, the values
/// (u_t − ρ_t u_{t−1})/√(1 − ρ_t²) are independent: R⁻¹ is tridiagonal. The random effects come
/// in by V⁻¹ = R⁻¹ − R⁻¹ZPZ'R⁻¹, P = Λ(Λ'Z'R⁻¹ZΛ + I)⁻¹Λ' (`docs/methods/mixed.md`).
pub(super) struct Chain<'a> {
    rows: &'a [u32],
    links: Vec<Link>,
    /// Per random effect of the block its term and first column.
    effects: Vec<(usize, usize)>,
    /// [Z X y] over the deviations.
    scaled: Matrix,
    /// The same made independent.
    white: Matrix,
    /// P.
    random: Matrix,
    ln_determinant: f64,
}

/// How a row depends on the one before.
struct Link {
    /// One over the row's deviation.
    precision: f64,
    rho: f64,
    /// The derivative of ρ by the free parameter.
    slope: f64,
    /// √(1 − ρ²).
    rest: f64,
}

impl Link {
    /// The independent part of a value, given the value before it.
    fn whiten(&self, own: f64, before: f64) -> f64 {
        (own - self.rho * before) / self.rest
    }
}

impl<'a> Chain<'a> {
    /// `None` where a dense covariance is cheaper: more random effects than rows.
    pub(super) fn new(
        rows: &'a [u32],
        (data, prepared): (&MixedData<'_>, &Prepared),
        structure: &Structure<'_>,
        (lambda, at): (&[Matrix], &At),
    ) -> Result<Option<Self>, NotEstimable> {
        if !structure.is_chain() {
            return Ok(None);
        }
        let levels = levels(rows, data);
        let width: usize = levels.iter().map(|&(term, _)| lambda[term].rows()).sum();
        if width > rows.len() {
            return Ok(None);
        }
        let links = links(rows, data, structure, at);
        if links
            .iter()
            .any(|link| !(link.rest > 0.0 && link.precision.is_finite()))
        {
            return Err(NotEstimable::NotPositiveDefinite { column: 0 });
        }
        let mut factor = Matrix::zeros(width, width);
        let mut scaled = Matrix::zeros(rows.len(), width + prepared.x.columns() + 1);
        let (mut first, mut effects) = (0, Vec::with_capacity(levels.len()));
        for (term, level) in levels {
            let (own, random) = (&lambda[term], &data.random[term]);
            for column in 0..own.rows() {
                for row in 0..own.rows() {
                    factor[(first + row, first + column)] = own[(row, column)];
                }
                for (place, &row) in rows.iter().enumerate() {
                    if random.groups[row as usize] == level {
                        scaled[(place, first + column)] = random.effects[(row as usize, column)];
                    }
                }
            }
            effects.push((term, first));
            first += own.rows();
        }
        for column in 0..=prepared.x.columns() {
            let source = match column < prepared.x.columns() {
                true => prepared.x.column(column),
                false => &prepared.y,
            };
            let target = scaled.column_mut(width + column);
            for (target, &row) in target.iter_mut().zip(rows) {
                *target = source[row as usize];
            }
        }
        let white = whiten(&mut scaled, &links);
        let mut ln_determinant: f64 = links
            .iter()
            .map(|link| 2.0 * (link.rest / link.precision).ln())
            .sum();
        let mut random = Matrix::zeros(width, width);
        if width > 0 {
            let z: Vec<usize> = (0..width).collect();
            let mut middle = white.gather_columns(&z).multiply(&factor);
            middle = middle.transpose().multiply(&middle);
            middle.add_scaled(1.0, &Matrix::identity(width));
            let middle = Cholesky::full_rank(&middle)?;
            ln_determinant += middle.log_determinant();
            random = factor.sandwich(&middle.inverse());
        }
        Ok(Some(Self {
            rows,
            links,
            effects,
            scaled,
            white,
            random,
            ln_determinant,
        }))
    }

    fn width(&self) -> usize {
        self.random.rows()
    }

    /// The columns of Z, and the others.
    fn places(&self) -> (Vec<usize>, Vec<usize>) {
        let width = self.width();
        (
            (0..width).collect(),
            (width..self.white.columns()).collect(),
        )
    }

    /// ln|V| and [X y]'V⁻¹[X y].
    pub(super) fn block(&self) -> Block {
        let (z, rest) = self.places();
        let (z, rest) = (
            self.white.gather_columns(&z),
            self.white.gather_columns(&rest),
        );
        let mut cross = rest.transpose().multiply(&rest);
        if self.width() > 0 {
            let shared = z.transpose().multiply(&rest);
            let part = shared.transpose().sandwich(&self.random);
            cross.add_scaled(-1.0, &part);
        }
        Block {
            ln_determinant: self.ln_determinant,
            cross,
        }
    }

    /// Adds the derivatives of the criterion by Z'VZ of each term, and by the parameters of the
    /// residuals. `beta` and `variance` are those at the parameters; `information` the inverse
    /// of X'V⁻¹X for REML.
    pub(super) fn add_slopes(
        &self,
        (random, slopes): (&mut [Matrix], &mut Slopes),
        structure: &Structure<'_>,
        (beta, variance): (&[f64], f64),
        information: Option<&Matrix>,
    ) {
        let (z, rest) = self.places();
        let (width, p) = (self.width(), beta.len());
        // [X e] less its part along the random effects.
        let mut mix = Matrix::identity(p + 1);
        for (row, beta) in beta.iter().enumerate() {
            mix[(row, p)] = -beta;
        }
        let mut white = self.white.gather_columns(&rest).multiply(&mix);
        let mut scaled = self.scaled.gather_columns(&rest).multiply(&mix);
        let mut weights = Matrix::zeros(p + 1, p + 1);
        if let Some(information) = information {
            for i in 0..p {
                for j in 0..p {
                    weights[(i, j)] = information[(i, j)];
                }
            }
        }
        weights[(p, p)] = 1.0 / variance;
        if width > 0 {
            let own = self.white.gather_columns(&z);
            let gram = own.transpose().multiply(&own);
            let shared = own.transpose().multiply(&white);
            let taken = self.random.multiply(&shared);
            white.add_scaled(-1.0, &own.multiply(&taken));
            scaled.add_scaled(-1.0, &self.scaled.gather_columns(&z).multiply(&taken));
            // Z'ΓZ.
            let mut by = gram.clone();
            by.add_scaled(-1.0, &gram.sandwich(&self.random));
            let mut solved = shared;
            solved.add_scaled(-1.0, &gram.multiply(&taken));
            by.add_scaled(-1.0, &solved.sandwich(&weights));
            for &(term, first) in &self.effects {
                let size = random[term].rows();
                let places: Vec<usize> = (first..first + size).collect();
                random[term].add_scaled(1.0, &by.principal(&places));
            }
            let random_part = own.multiply(&self.random);
            self.add_residual(
                slopes,
                structure,
                &Forms {
                    white: &own,
                    weighted: &random_part,
                    scaled: &self.scaled.gather_columns(&z),
                },
            );
        }
        let weighted = white.multiply(&weights);
        self.add_residual(
            slopes,
            structure,
            &Forms {
                white: &white,
                weighted: &weighted,
                scaled: &scaled,
            },
        );
        self.add_determinant(slopes, structure);
    }

    /// Adds the derivative of Σ w_t'Ωw_t.
    fn add_residual(&self, slopes: &mut Slopes, structure: &Structure<'_>, forms: &Forms<'_>) {
        let n = self.rows.len();
        for (place, link) in self.links.iter().enumerate() {
            let mut by_spread = -forms.with(place, place) / link.rest;
            if link.rho != 0.0 || link.slope != 0.0 {
                let own = forms.own(place) * link.rho / (link.rest * link.rest);
                let by_rho = 2.0 * (own - forms.with(place, place - 1) / link.rest);
                slopes.add_correlation(by_rho * link.slope);
            }
            if place + 1 < n {
                let next = &self.links[place + 1];
                by_spread += next.rho / next.rest * forms.with(place + 1, place);
            }
            structure.add_spread(slopes, self.rows[place] as usize, 2.0 * by_spread);
        }
    }

    /// Adds the derivative of ln|R|.
    fn add_determinant(&self, slopes: &mut Slopes, structure: &Structure<'_>) {
        for (link, &row) in self.links.iter().zip(self.rows) {
            let by_rho = -2.0 * link.rho / (link.rest * link.rest);
            slopes.add_correlation(by_rho * link.slope);
            structure.add_spread(slopes, row as usize, 2.0);
        }
    }

    /// V⁻¹(y − Xβ).
    pub(super) fn solve_residual(&self, beta: &[f64]) -> Vec<f64> {
        let mut direction = vec![0.0; self.width()];
        direction.extend(beta.iter().map(|beta| -beta));
        direction.push(1.0);
        let mut white = self.white.times(&direction);
        if self.width() > 0 {
            let own = self.white.gather_columns(&self.places().0);
            let shared = own.transposed_times(&white);
            let taken: Vec<f64> = self.random.times(&shared).iter().map(|v| -v).collect();
            own.add_times(&taken, &mut white);
        }
        let mut later = 0.0;
        let mut solved = vec![0.0; white.len()];
        for place in (0..white.len()).rev() {
            let link = &self.links[place];
            let own = white[place] / link.rest;
            solved[place] = link.precision * (own - later);
            later = link.rho * own;
        }
        solved
    }
}

/// Rows of independent values w, of w Ω, and of the scaled values they come from.
struct Forms<'a> {
    white: &'a Matrix,
    weighted: &'a Matrix,
    scaled: &'a Matrix,
}

impl Forms<'_> {
    /// w_t'Ωw_t.
    fn own(&self, place: usize) -> f64 {
        let columns = 0..self.white.columns();
        columns
            .map(|column| self.weighted[(place, column)] * self.white[(place, column)])
            .sum()
    }

    /// w_t'Ωu_s.
    fn with(&self, place: usize, other: usize) -> f64 {
        let columns = 0..self.scaled.columns();
        columns
            .map(|column| self.weighted[(place, column)] * self.scaled[(other, column)])
            .sum()
    }
}

/// The levels of the terms in a block, in the order in which they appear.
fn levels(rows: &[u32], data: &MixedData<'_>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (term, random) in data.random.iter().enumerate() {
        let mut levels: Vec<usize> = rows
            .iter()
            .map(|&row| random.groups[row as usize])
            .collect();
        levels.sort_unstable();
        levels.dedup();
        found.extend(levels.into_iter().map(|level| (term, level)));
    }
    found
}

fn links(rows: &[u32], data: &MixedData<'_>, structure: &Structure<'_>, at: &At) -> Vec<Link> {
    let link = |place: usize| {
        let row = rows[place] as usize;
        let (rho, slope) = match place.checked_sub(1) {
            Some(before) => structure.link(at, rows[before] as usize, row),
            None => (0.0, 0.0),
        };
        let weight = data.weights.map_or(1.0, |weights| weights[row]);
        Link {
            precision: weight.sqrt() / at.deviations[row],
            rho,
            slope,
            rest: (1.0 - rho * rho).sqrt(),
        }
    };
    (0..rows.len()).map(link).collect()
}

/// Divides rows by their deviations, and gives them made independent.
fn whiten(scaled: &mut Matrix, links: &[Link]) -> Matrix {
    let mut white = Matrix::zeros(scaled.rows(), scaled.columns());
    for column in 0..scaled.columns() {
        let mut before = 0.0;
        let values = scaled.column_mut(column).iter_mut();
        for ((value, target), link) in values.zip(white.column_mut(column)).zip(links) {
            *value *= link.precision;
            *target = link.whiten(*value, before);
            before = *value;
        }
    }
    white
}
