//! The policy of a study: what may be shown. Made by [`Policy::new`] alone, which holds the floor.

use crate::Refusal;
use serde::{Deserialize, Serialize};

/// The policy as written in `study.toml`; every setting has a default.
///
/// The defaults and their sources are in `docs/methods/disclosure.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyDraft {
    /// The smallest number of distinct clients that may be shown; at least 5.
    pub threshold: u64,
    /// What published counts are rounded to; 1 is no rounding.
    pub rounding_base: u64,
    /// From this share of a row or column on, a cell says something of nearly all in it.
    pub group_share: f64,
    /// Institutions that must contribute to a pooled number; 0 or 1 where the data protection
    /// officers agreed to less.
    pub min_institutions: usize,
    /// The p of the p%-rule for sums and means, in per cent.
    pub p_percent: f64,
    /// A curve is cut where fewer are at risk; at least 5.
    pub curve_min_at_risk: u64,
    /// Events that lie at least between two published points of a curve; at least 5.
    pub curve_events_between_points: u64,
    /// Decimals of published probabilities: 1 or 2.
    pub curve_decimals: u32,
    /// Published points of a curve lie on multiples of this many days.
    pub curve_day_step: u32,
    /// Observations that a model must have more than it has coefficients; at least 5.
    pub model_min_df: u64,
    /// Whether institutions are named; otherwise they are "Instelling A" and so on.
    pub name_institutions: bool,
    /// Persons who must check a release, the author not among them; at least 1.
    pub checkers: usize,
    /// Whether small exclusion steps and small competing events are taken together, and the
    /// record of checks suggests which rows to merge; otherwise they are hidden.
    pub merge_suggestions: bool,
}

impl Default for PolicyDraft {
    fn default() -> Self {
        Self {
            threshold: 10,
            rounding_base: 5,
            group_share: 0.90,
            min_institutions: 3,
            p_percent: 10.0,
            curve_min_at_risk: 10,
            curve_events_between_points: 10,
            curve_decimals: 2,
            curve_day_step: 7,
            model_min_df: 10,
            name_institutions: false,
            checkers: 2,
            merge_suggestions: true,
        }
    }
}

/// A policy that keeps the floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy(PolicyDraft);

impl Policy {
    /// Checks a policy against the floor, which no study can lower.
    ///
    /// # Errors
    ///
    /// [`Refusal::PolicyFloor`] names the first setting that lies outside its bounds.
    pub fn new(draft: PolicyDraft) -> Result<Self, Refusal> {
        let between = |setting: &'static str, given: f64, least: f64, most: f64| {
            let fits = given >= least && given <= most;
            let refusal = Refusal::PolicyFloor {
                setting,
                given,
                least,
                most,
            };
            fits.then_some(()).ok_or(refusal)
        };
        between("threshold", draft.threshold as f64, 5.0, 1_000.0)?;
        between(
            "rounding_base",
            draft.rounding_base as f64,
            1.0,
            draft.threshold as f64,
        )?;
        between("group_share", draft.group_share, 0.5, 1.0)?;
        between("min_institutions", draft.min_institutions as f64, 0.0, 4.0)?;
        between("p_percent", draft.p_percent, 5.0, 100.0)?;
        between(
            "curve_min_at_risk",
            draft.curve_min_at_risk as f64,
            5.0,
            1_000.0,
        )?;
        between(
            "curve_events_between_points",
            draft.curve_events_between_points as f64,
            5.0,
            1_000.0,
        )?;
        between("curve_decimals", f64::from(draft.curve_decimals), 1.0, 2.0)?;
        between("curve_day_step", f64::from(draft.curve_day_step), 1.0, 92.0)?;
        between("model_min_df", draft.model_min_df as f64, 5.0, 1_000.0)?;
        between("checkers", draft.checkers as f64, 1.0, 10.0)?;
        Ok(Self(draft))
    }

    /// The settings.
    pub fn settings(&self) -> &PolicyDraft {
        &self.0
    }

    /// A count, rounded to the base; halves go up.
    pub(crate) fn rounded(&self, count: u64) -> u64 {
        let base = self.0.rounding_base;
        (count + base / 2) / base * base
    }

    /// A probability with the decimals that may be shown.
    pub(crate) fn probability(&self, value: f64) -> f64 {
        let scale = 10_f64.powi(self.0.curve_decimals as i32);
        (value * scale).round() / scale
    }

    /// The first multiple of the day step at or after `day`.
    pub(crate) fn day_from(&self, day: i32) -> i32 {
        let step = self.0.curve_day_step as i32;
        (day + step - 1).div_euclid(step) * step
    }

    /// Whether a number of clients is small: someone, but fewer than the threshold.
    pub(crate) fn is_small(&self, clients: u64) -> bool {
        clients > 0 && clients < self.0.threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Handbook: 1, 0 / 3, 3 / 12, 20 become 0, 0 / 5, 5 / 10, 20 in base 5; OpenSAFELY: 8, 16,
    /// 23 of 18, 23, 31, 44 become 10, 15, 25 of 20, 25, 30, 45.
    #[test]
    fn rounding_to_base_five() {
        let policy = Policy::new(PolicyDraft::default()).unwrap();
        let all = |counts: &[u64]| -> Vec<u64> {
            counts.iter().map(|&count| policy.rounded(count)).collect()
        };
        assert_eq!(all(&[1, 0, 3, 3, 12, 20]), [0, 0, 5, 5, 10, 20]);
        assert_eq!(
            all(&[8, 16, 23, 18, 23, 31, 44]),
            [10, 15, 25, 20, 25, 30, 45]
        );
    }

    #[test]
    fn the_floor_holds() {
        let refused = |change: fn(&mut PolicyDraft)| {
            let mut draft = PolicyDraft::default();
            change(&mut draft);
            match Policy::new(draft) {
                Err(Refusal::PolicyFloor { setting, .. }) => setting,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(|d| d.threshold = 4), "threshold");
        assert_eq!(refused(|d| d.rounding_base = 0), "rounding_base");
        assert_eq!(refused(|d| d.rounding_base = 11), "rounding_base");
        assert_eq!(refused(|d| d.group_share = f64::NAN), "group_share");
        assert_eq!(refused(|d| d.min_institutions = 5), "min_institutions");
        assert_eq!(refused(|d| d.p_percent = 1.0), "p_percent");
        assert_eq!(refused(|d| d.curve_min_at_risk = 4), "curve_min_at_risk");
        assert_eq!(
            refused(|d| d.curve_events_between_points = 4),
            "curve_events_between_points"
        );
        assert_eq!(refused(|d| d.curve_decimals = 3), "curve_decimals");
        assert_eq!(refused(|d| d.curve_day_step = 0), "curve_day_step");
        assert_eq!(refused(|d| d.model_min_df = 4), "model_min_df");
        assert_eq!(refused(|d| d.checkers = 0), "checkers");
    }
}
