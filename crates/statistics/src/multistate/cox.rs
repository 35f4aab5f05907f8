use super::cox_rows::{Expanded, components};
use super::{
    ByTime, CumulativeHazards, Entry, Gradient, HazardCovariance, Prediction, Transitions,
};
use crate::NotEstimable;
use crate::cox::{CoxControl, CoxFit, PartialLikelihood, Ties};
use crate::matrix::{ALIAS_TOLERANCE, Cholesky, Matrix};

/// Rows of persons who move between states.
#[derive(Clone, Copy, Debug)]
pub struct StateRows<'a> {
    /// Start of the interval `(start, stop]`; −∞ for always.
    pub start: &'a [f64],
    /// Its end.
    pub stop: &'a [f64],
    /// The state during the interval.
    pub from: &'a [u32],
    /// The state entered at its end, `None` where nothing happens.
    pub to: &'a [Option<u32>],
    /// Columns of covariates, one row per row.
    pub design: &'a Matrix,
    /// Strata by covariates, for transitions that are stratified.
    pub strata: Option<&'a [u32]>,
    /// Case weights, positive.
    pub weights: Option<&'a [f64]>,
    /// A part of the linear predictor without a coefficient.
    pub offset: Option<&'a [f64]>,
}

/// Which coefficient each transition has for each column, and which baseline.
/// R: the list of formulas of a multi-state `coxph`.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// The transitions.
    pub transitions: Transitions,
    /// How many coefficients there are.
    pub coefficients: usize,
    /// Per transition and column of the design the coefficient, `None` for no effect.
    pub map: Vec<Vec<Option<usize>>>,
    /// Per transition its baseline: transitions of one number share theirs.
    pub baseline: Vec<usize>,
    /// Per transition the coefficient of its hazard relative to the shared baseline.
    pub proportional: Vec<Option<usize>>,
    /// Per transition whether it is stratified by covariates.
    pub stratified: Vec<bool>,
}

impl Effects {
    /// Effects and baselines of their own for each transition; coefficients are numbered
    /// transition after transition.
    ///
    /// ```
    /// use statistics::multistate::{Effects, Transitions};
    /// let effects = Effects::separate(Transitions::new(3, &[(0, 1), (0, 2)])?, 2);
    /// assert_eq!(effects.map, [[Some(0), Some(1)], [Some(2), Some(3)]]);
    /// assert_eq!(effects.baseline, [0, 1]);
    /// # Ok::<(), statistics::NotEstimable>(())
    /// ```
    pub fn separate(transitions: Transitions, columns: usize) -> Self {
        let count = transitions.len();
        let row = |transition| {
            (0..columns)
                .map(|k| Some(transition * columns + k))
                .collect()
        };
        Self {
            coefficients: count * columns,
            map: (0..count).map(row).collect(),
            baseline: (0..count).collect(),
            proportional: vec![None; count],
            stratified: vec![false; count],
            transitions,
        }
    }

    pub(super) fn check(&self, columns: usize) -> Result<(), NotEstimable> {
        let count = self.transitions.len();
        NotEstimable::unless_length("effects", count, self.map.len())?;
        NotEstimable::unless_length("baselines", count, self.baseline.len())?;
        NotEstimable::unless_length("proportional baselines", count, self.proportional.len())?;
        NotEstimable::unless_length("stratified", count, self.stratified.len())?;
        for (position, row) in self.map.iter().enumerate() {
            NotEstimable::unless_length("effects of a transition", columns, row.len())?;
            let all = row.iter().chain([&self.proportional[position]]).flatten();
            if let Some(&code) = all.into_iter().find(|&&code| code >= self.coefficients) {
                return Err(NotEstimable::UnknownCode {
                    what: "coefficient",
                    code,
                    position,
                });
            }
        }
        match self.baseline.iter().position(|&baseline| baseline >= count) {
            Some(position) => Err(NotEstimable::UnknownCode {
                what: "baseline",
                code: self.baseline[position],
                position,
            }),
            None => Ok(()),
        }
    }
}

/// Transitions that share coefficients or a baseline, fitted together.
#[derive(Clone, Debug)]
struct Component {
    transitions: Vec<usize>,
    /// Their coefficients.
    coefficients: Vec<usize>,
    likelihood: PartialLikelihood,
    /// The caller's row of each row of the likelihood.
    rows: Vec<u32>,
    /// Starting values.
    start: Vec<f64>,
    fit: CoxFit,
    /// Codes of strata by covariates.
    strata: usize,
}

impl Component {
    /// Score residuals, summed by cluster.
    fn scores(&self, coefficients: &[f64], clusters: &[u32]) -> Result<Matrix, NotEstimable> {
        let own: Vec<u32> = self
            .rows
            .iter()
            .map(|&row| clusters[row as usize])
            .collect();
        let sums = self.likelihood.sums(coefficients)?;
        self.likelihood.cluster_scores(&sums, Some(&own))
    }
}

/// A Cox model for every transition of a multi-state model. R: `coxph(list(…), id, istate)`.
///
/// ```
/// use statistics::cox::{CoxControl, Ties};
/// use statistics::matrix::Matrix;
/// use statistics::multistate::{Effects, MultistateCox, StateRows, Transitions};
/// // Two go to state 1, then two to state 2; x is 1 for three of the six.
/// let x = Matrix::from_columns(&[[1.0, 0.0, 1.0, 0.0, 1.0, 0.0]]);
/// let rows = StateRows {
///     start: &[0.0; 6],
///     stop: &[1.0, 2.0, 3.0, 4.0, 5.0, 5.0],
///     from: &[0; 6],
///     to: &[Some(1), Some(1), Some(2), Some(2), None, None],
///     design: &x,
///     strata: None,
///     weights: None,
///     offset: None,
/// };
/// let model = Transitions::new(3, &[(0, 1), (0, 2)])?;
/// let effects = Effects::separate(model, 1);
/// let fit = MultistateCox::fit(rows, effects, Ties::Breslow, &CoxControl::default())?;
/// let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
/// // 0 → 1: the score 1 − 3e/(3e + 3) − 2e/(2e + 3) is 0 at e² = 3/2. 0 → 2: at e² = 2.
/// assert!(close(fit.coefficients[0], 0.5 * 1.5f64.ln()));
/// assert!(close(fit.coefficients[1], 0.5 * 2f64.ln()));
/// // At coefficients 0 the scores are 1/2 − 2/5 and 1/2 − 1/3, of all as one cluster.
/// let scores = fit.cluster_scores_at_start(&[0; 6])?;
/// assert!(close(scores[(0, 0)], 0.1) && close(scores[(0, 1)], 1.0 / 6.0));
/// // At the maximum they are 0, so all together move nothing.
/// assert!(close(fit.cluster_influence(&[0; 6])?[(0, 0)], 0.0));
/// // The hazard of 0 → 1 at time 1 for x = 0.
/// let hazards = fit.hazards(&[0.0], (0.0, 0), &[])?;
/// assert!(close(hazards.cumulative(0)[0], 1.0 / (3.0 * 1.5f64.sqrt() + 3.0)));
/// // b'V⁻¹b, here with variances of 1.
/// let squares: f64 = fit.coefficients.iter().map(|b| b * b).sum();
/// assert!(close(fit.wald_test(&Matrix::identity(2))?, squares));
/// # Ok::<(), statistics::NotEstimable>(())
/// ```
#[derive(Clone, Debug)]
pub struct MultistateCox {
    /// The effects.
    pub effects: Effects,
    /// Coefficients; 0 where aliased.
    pub coefficients: Vec<f64>,
    /// Inverse of the information.
    pub covariance: Matrix,
    /// The log-likelihood without and with coefficients.
    pub log_likelihoods: [f64; 2],
    /// The score test of no effects.
    pub score_test: f64,
    /// Coefficients that follow from earlier ones.
    pub aliased: Vec<usize>,
    /// Coefficients that run off to infinity.
    pub infinite: Vec<usize>,
    /// Steps made, the most of any part.
    pub iterations: usize,
    /// Whether all parts converged.
    pub converged: bool,
    /// Rows, and those with a transition.
    pub rows: usize,
    /// Rows with a transition.
    pub events: usize,
    components: Vec<Component>,
    last: f64,
}

impl MultistateCox {
    /// Fits the model. Transitions that share neither coefficients nor a baseline have separate
    /// likelihoods and are fitted one by one.
    ///
    /// # Errors
    /// Rows or effects that don't fit together, no events, and as [`CoxFit::fit`].
    ///
    /// # Method
    /// The partial likelihood over all transitions, each with the rows in its state of departure
    /// at risk; transitions with a common baseline are one stratum, in which a coefficient tells
    /// their ratio (Andersen et al. 1993, VII.2; de Wreede et al. 2010). R: `coxph` with a list
    /// of formulas or a multi-state outcome; R's default there is Breslow's handling of ties.
    pub fn fit(
        rows: StateRows<'_>,
        effects: Effects,
        ties: Ties,
        control: &CoxControl,
    ) -> Result<Self, NotEstimable> {
        check(rows, &effects)?;
        let count = effects.coefficients;
        if let Some(init) = &control.init {
            NotEstimable::unless_length("init", count, init.len())?;
        }
        let mut model = Self {
            coefficients: vec![0.0; count],
            covariance: Matrix::zeros(count, count),
            log_likelihoods: [0.0; 2],
            score_test: 0.0,
            aliased: Vec::new(),
            infinite: Vec::new(),
            iterations: 0,
            converged: true,
            rows: rows.stop.len(),
            events: rows.to.iter().flatten().count(),
            components: Vec::new(),
            last: rows.stop.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            effects,
        };
        if model.events == 0 {
            return Err(NotEstimable::NoEvents);
        }
        let strata = rows.strata.unwrap_or_default();
        let strata = strata.iter().max().map_or(1, |&last| last as usize + 1);
        for transitions in components(&model.effects) {
            let expanded = Expanded::of(rows, &model.effects, &transitions, strata);
            let likelihood = PartialLikelihood::new(&expanded.data(), ties)?;
            let init = |&k: &usize| control.init.as_ref().map_or(0.0, |init| init[k]);
            let start: Vec<f64> = expanded.coefficients.iter().map(init).collect();
            let part = CoxControl {
                init: Some(start.clone()),
                ..control.clone()
            };
            let fit = CoxFit::maximise(&likelihood, &part)?;
            model.add(&fit, &expanded.coefficients);
            model.components.push(Component {
                transitions,
                coefficients: expanded.coefficients,
                likelihood,
                rows: expanded.rows,
                start,
                fit,
                strata,
            });
        }
        model.aliased.sort_unstable();
        model.infinite.sort_unstable();
        Ok(model)
    }

    fn add(&mut self, fit: &CoxFit, places: &[usize]) {
        for (one, &place) in places.iter().enumerate() {
            self.coefficients[place] = fit.coefficients[one];
            for (other, &column) in places.iter().enumerate() {
                self.covariance[(place, column)] = fit.covariance[(one, other)];
            }
        }
        self.aliased
            .extend(fit.aliased.iter().map(|&one| places[one]));
        self.infinite
            .extend(fit.infinite.iter().map(|&one| places[one]));
        self.log_likelihoods[0] += fit.log_likelihood_start;
        self.log_likelihoods[1] += fit.log_likelihood;
        self.score_test += fit.score_test;
        self.iterations = self.iterations.max(fit.iterations);
        self.converged &= fit.converged;
    }

    /// Sums over each cluster of how much its rows move each coefficient (rows: clusters).
    ///
    /// `clusters` are codes from 0 of the caller's rows. The Gram matrix is the robust variance.
    /// R: `residuals(type = "dfbeta", collapse = id)`.
    ///
    /// # Errors
    /// Not one cluster per row; as [`PartialLikelihood::cluster_scores`].
    pub fn cluster_influence(&self, clusters: &[u32]) -> Result<Matrix, NotEstimable> {
        self.by_cluster(clusters, |component| {
            let scores = component.scores(&component.fit.coefficients, clusters)?;
            Ok(scores.multiply(&component.fit.covariance))
        })
    }

    /// The scores of each cluster at the starting values (rows: clusters), from which a robust
    /// score test is made.
    ///
    /// # Errors
    /// As [`Self::cluster_influence`].
    pub fn cluster_scores_at_start(&self, clusters: &[u32]) -> Result<Matrix, NotEstimable> {
        self.by_cluster(clusters, |component| {
            component.scores(&component.start, clusters)
        })
    }

    fn by_cluster(
        &self,
        clusters: &[u32],
        of: impl Fn(&Component) -> Result<Matrix, NotEstimable>,
    ) -> Result<Matrix, NotEstimable> {
        NotEstimable::unless_length("clusters", self.rows, clusters.len())?;
        let count = clusters.iter().max().map_or(0, |&last| last as usize + 1);
        let mut all = Matrix::zeros(count, self.effects.coefficients);
        for component in &self.components {
            if component.coefficients.is_empty() {
                continue;
            }
            let values = of(component)?;
            for (place, &coefficient) in component.coefficients.iter().enumerate() {
                let column = all.column_mut(coefficient);
                for (sum, value) in column.iter_mut().zip(values.column(place)) {
                    *sum += value;
                }
            }
        }
        Ok(all)
    }

    /// The cumulative hazards of somebody with these covariates (columns of the design) in one
    /// stratum, with the covariance that the model's own information gives. `times` are added to
    /// those of the events.
    ///
    /// # Errors
    /// As [`CumulativeHazards::predict`].
    pub fn hazards(
        &self,
        covariates: &[f64],
        (offset, stratum): (f64, u32),
        times: &[f64],
    ) -> Result<CumulativeHazards, NotEstimable> {
        let columns = self.effects.map.first().map_or(0, Vec::len);
        NotEstimable::unless_length("covariates", columns, covariates.len())?;
        let mut parts = Vec::with_capacity(self.components.len());
        for component in &self.components {
            let count = component.transitions.len();
            let mut x = Matrix::zeros(count, component.coefficients.len());
            for (place, &transition) in component.transitions.iter().enumerate() {
                self.effects
                    .covariates(transition, &component.coefficients, |column| {
                        covariates[column]
                    })
                    .into_iter()
                    .enumerate()
                    .for_each(|(column, value)| x[(place, column)] = value);
            }
            let strata: Vec<u32> = component
                .transitions
                .iter()
                .map(|&transition| self.effects.stratum(transition, stratum, component.strata))
                .collect();
            let pairs: Vec<(usize, usize)> = component
                .transitions
                .iter()
                .map(|&transition| self.effects.transitions.pair(transition))
                .collect();
            let prediction = Prediction {
                coefficients: &component.fit.coefficients,
                covariance: &component.fit.covariance,
                covariates: &x,
                offset: Some(&vec![offset; count]),
                strata: &strata,
                last: self.last,
            };
            let transitions = Transitions::new(self.effects.transitions.states(), &pairs)?;
            let empty = component.fit.events == 0;
            if !empty {
                let hazards =
                    CumulativeHazards::predict(&component.likelihood, &transitions, &prediction)?;
                parts.push((hazards, component));
            }
        }
        self.joined(&parts, times)
    }

    /// Hazards of separate parts on one list of times.
    fn joined(
        &self,
        parts: &[(CumulativeHazards, &Component)],
        times: &[f64],
    ) -> Result<CumulativeHazards, NotEstimable> {
        let clocks = parts.iter().map(|(hazards, _)| hazards.times());
        let clocks: Vec<&[f64]> = clocks.chain([times]).collect();
        let index = crate::time_index::TimeIndex::new(&clocks);
        let count = self.effects.transitions.len();
        let coefficients = self.effects.coefficients;
        let mut jumps = vec![0.0; index.len() * count];
        let mut noise: Vec<Vec<Entry>> = vec![Vec::new(); index.len()];
        let mut gradients: Vec<Vec<Gradient>> = vec![Vec::new(); index.len()];
        for (hazards, component) in parts {
            let places = index.places(hazards.times());
            for (own, &place) in places.iter().enumerate() {
                let place = place as usize;
                for (one, jump) in hazards.jumps_at(own).iter().enumerate() {
                    jumps[place * count + component.transitions[one]] = *jump;
                }
                let Some(covariance) = hazards.covariance() else {
                    continue;
                };
                noise[place].extend(covariance.noise.at(own).iter().map(|entry| Entry {
                    one: component.transitions[entry.one],
                    other: component.transitions[entry.other],
                    covariance: entry.covariance,
                }));
                for gradient in covariance.gradients(own) {
                    let mut values = vec![0.0; coefficients];
                    for (value, &column) in gradient.values.iter().zip(&component.coefficients) {
                        values[column] = *value;
                    }
                    gradients[place].push(Gradient {
                        transition: component.transitions[gradient.transition],
                        values,
                    });
                }
            }
        }
        let covariance = HazardCovariance {
            noise: ByTime::new(noise),
            coefficients: (coefficients > 0).then(|| ByTime::new(gradients)),
        };
        let transitions = self.effects.transitions.clone();
        CumulativeHazards::new(transitions, index.times().to_vec(), jumps)?
            .with_covariance(covariance)
    }

    /// b'V⁻¹b with another covariance of the coefficients: the Wald test.
    ///
    /// # Errors
    /// A covariance that is not finite or not positive.
    pub fn wald_test(&self, covariance: &Matrix) -> Result<f64, NotEstimable> {
        let factor = Cholesky::new(covariance, ALIAS_TOLERANCE)?;
        Ok(factor.inverse_quadratic_form(&self.coefficients))
    }
}

fn check(rows: StateRows<'_>, effects: &Effects) -> Result<(), NotEstimable> {
    let count = rows.stop.len();
    if count == 0 {
        return Err(NotEstimable::Empty { what: "rows" });
    }
    let columns = rows.design.columns();
    let lengths = [
        ("start", rows.start.len()),
        ("from", rows.from.len()),
        ("to", rows.to.len()),
        (
            "design",
            if columns == 0 {
                count
            } else {
                rows.design.rows()
            },
        ),
        ("strata", rows.strata.map_or(count, <[u32]>::len)),
        ("weights", rows.weights.map_or(count, <[f64]>::len)),
        ("offset", rows.offset.map_or(count, <[f64]>::len)),
    ];
    for (what, found) in lengths {
        NotEstimable::unless_length(what, count, found)?;
    }
    let most = count.max(1 << 16);
    let far = rows
        .strata
        .unwrap_or_default()
        .iter()
        .position(|&code| code as usize >= most);
    if let Some(position) = far {
        return Err(NotEstimable::UnknownCode {
            what: "stratum",
            code: most,
            position,
        });
    }
    for (position, (&from, to)) in rows.from.iter().zip(rows.to).enumerate() {
        let Some(to) = *to else { continue };
        if effects
            .transitions
            .find(from as usize, to as usize)
            .is_none()
        {
            return Err(NotEstimable::UnknownCode {
                what: "state entered",
                code: to as usize,
                position,
            });
        }
    }
    effects.check(columns)
}
