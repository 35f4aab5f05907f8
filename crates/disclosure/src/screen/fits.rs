//! Numbers that come out of a model: rounded, and held against what earlier releases showed of
//! the same model.

use super::Planner;
use super::summary::significant;
use crate::check::Check;
use crate::differencing::Verdict;
use crate::record::RecordedFit;
use estimate::{Count, Interval};

/// Significant digits of an estimate: one client must not show through it.
const DIGITS: i32 = 3;
/// Decimals of an estimate at most.
const DECIMALS: u8 = 2;

/// An estimate and its limits, as they may be shown.
pub(crate) type Shown = (f64, f64, f64);

/// What a model is made from, and what comes out of it.
pub(super) struct Fit<'a> {
    /// What is measured; the name of the result comes before it.
    pub(super) measure: &'a str,
    /// What each number is of. A model of other terms is another model.
    pub(super) layout: Vec<String>,
    /// Who it is made from.
    pub(super) size: Count,
    /// The events that it is made from; `size` where there are none.
    pub(super) events: Count,
    /// The numbers, and the decimals of each; `None` where it may not be shown.
    pub(super) values: Vec<Option<(Interval, u8)>>,
}

/// The numbers of a model as they will be shown.
#[derive(Clone, Debug)]
pub(crate) struct FitPlan {
    fit: RecordedFit,
    is_kept: bool,
}

impl FitPlan {
    /// The number at a place of the layout.
    pub(crate) fn value(&self, place: usize) -> Option<Shown> {
        self.fit.shown[place]
    }

    /// The fit for the private record, if it is made anew.
    pub(crate) fn recorded(&self) -> Option<RecordedFit> {
        (!self.is_kept).then(|| self.fit.clone())
    }
}

/// Decimals of a coefficient.
pub(super) fn coefficient(effect: Interval) -> (Interval, u8) {
    (effect, DECIMALS)
}

/// Rounds the numbers, or keeps them as they were where too little has changed since they were
/// shown. `Err` with the sentence for readers where they may not be shown at all.
pub(super) fn settle(planner: &mut Planner<'_>, fit: Fit<'_>) -> Result<FitPlan, &'static str> {
    let shown =
        |value: &Option<(Interval, u8)>| value.map(|(value, digits)| rounded(value, digits));
    let exact = |value: &Option<(Interval, u8)>| value.map(|(value, _)| triple(value));
    let fit = RecordedFit {
        measure: format!("{}|{}", planner.meta.id.as_str(), fit.measure),
        size: fit.size.per_institution,
        events: fit.events.per_institution,
        exact: fit.values.iter().map(exact).collect(),
        shown: fit.values.iter().map(shown).collect(),
        layout: fit.layout,
    };
    let before = match planner.earlier.fit(&fit, planner.policy) {
        Verdict::Free => None,
        Verdict::Same(before) | Verdict::Keep(before) => Some(before),
        Verdict::Withhold => {
            planner.record(Check::Differencing, NEARLY_THE_SAME.to_owned());
            return Err(NEARLY_THE_SAME);
        }
    };
    let Some(before) = before else {
        let is_kept = false;
        return Ok(FitPlan { fit, is_kept });
    };
    if before.exact != fit.exact {
        let sentence = "De uitkomsten van het model zijn getoond zoals in een eerdere publicatie, \
                        omdat er sindsdien te weinig cliënten of gebeurtenissen bij kwamen.";
        planner.record(Check::Differencing, sentence.to_owned());
    }
    Ok(FitPlan {
        fit: before.clone(),
        is_kept: true,
    })
}

const NEARLY_THE_SAME: &str = "Dit resultaat is niet vrijgegeven: het gaat over bijna dezelfde \
                               cliënten als een ander model in een eerdere publicatie, en het \
                               verschil zou te veel zeggen.";

fn triple(value: Interval) -> Shown {
    (value.estimate, value.lower, value.upper)
}

fn rounded(value: Interval, decimals: u8) -> Shown {
    let scale = 10_f64.powi(i32::from(decimals.min(DECIMALS)));
    let round = |value: f64| (significant(value, DIGITS) * scale).round() / scale;
    // Adding zero makes of -0 a plain 0.
    let round = |value: f64| round(value) + 0.0;
    let (estimate, lower, upper) = triple(value);
    (round(estimate), round(lower), round(upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_three_digits_and_two_decimals_at_most() {
        let of = |estimate, lower, upper| Interval {
            estimate,
            lower,
            upper,
        };
        let ratio = rounded(of(1.234_56, 0.987_65, 12.345), 2);
        assert_eq!(ratio, (1.23, 0.99, 12.3));
        assert_eq!(rounded(of(-0.001, -0.5, 0.004), 2), (0.0, -0.5, 0.0));
        assert_eq!(
            rounded(of(1_234.0, 1_226.0, 1_275.0), 0),
            (1230.0, 1230.0, 1280.0)
        );
        assert_eq!(rounded(of(0.456, 0.4, 0.5), 9), (0.46, 0.4, 0.5));
    }
}
