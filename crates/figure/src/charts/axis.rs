//! Scales and axes.

use crate::context::DAYS_PER_MONTH;
use crate::dutch;

/// A straight map of values to pixels.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub values: (f64, f64),
    pub pixels: (f64, f64),
}

impl Scale {
    pub fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { values, pixels }
    }

    /// The pixel of a value; values beyond the ends stay at the ends.
    pub fn at(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }
}

/// An axis of time: days inside, months or years for people.
pub(super) struct TimeAxis {
    /// Last day on the axis.
    pub end: f64,
    months_per_tick: u32,
    in_years: bool,
}

impl TimeAxis {
    /// The shortest axis that holds the day, with a tick at its end or just before.
    pub fn up_to(last_day: i32) -> Self {
        let months = f64::from(last_day.max(1)) / DAYS_PER_MONTH;
        let (months_per_tick, in_years) = match months {
            ..=6.5 => (1, false),
            ..=12.5 => (3, false),
            ..=36.5 => (6, false),
            ..=120.5 => (12, true),
            ..=300.5 => (24, true),
            _ => (60, true),
        };
        let ticks = (months / f64::from(months_per_tick) - 0.02).ceil().max(1.0);
        Self {
            end: ticks * f64::from(months_per_tick) * DAYS_PER_MONTH,
            months_per_tick,
            in_years,
        }
    }

    /// Days and their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let last = (self.end / DAYS_PER_MONTH).round() as u32;
        (0..=last)
            .step_by(self.months_per_tick as usize)
            .map(|months| {
                let shown = if self.in_years { months / 12 } else { months };
                (
                    f64::from(months) * DAYS_PER_MONTH,
                    dutch::count(u64::from(shown)),
                )
            })
            .collect()
    }

    /// What the numbers are: "dagen sinds ontslag" becomes "maanden sinds ontslag".
    pub fn title(&self, time_title: &str) -> String {
        match time_title.strip_prefix("dagen") {
            Some(rest) => format!("{}{rest}", self.unit()),
            None => format!("{} ({time_title})", self.unit()),
        }
    }

    /// The plural of what is counted.
    pub fn unit(&self) -> &'static str {
        if self.in_years { "jaren" } else { "maanden" }
    }
}

/// An axis of numbers around these two: its ends, and ticks at even distances.
pub(super) fn even(low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let range = (high - low).max(1e-9);
    let power = 10_f64.powf((range / 4.0).log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| range / step <= 5.0)
        .unwrap_or(10.0 * power);
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    let last = if last > first { last } else { first + 1.0 };
    let ticks = (0..=(last - first) as u32).map(|tick| (first + f64::from(tick)) * step);
    (first * step, last * step, ticks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_half_years_up_to_three_years() {
        let axis = TimeAxis::up_to(730);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["0", "6", "12", "18", "24"]);
        assert_eq!(axis.title("dagen sinds ontslag"), "maanden sinds ontslag");
    }

    #[test]
    fn long_axes_are_in_years() {
        let axis = TimeAxis::up_to(365 * 5);
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["0", "1", "2", "3", "4", "5"]);
        assert_eq!(axis.title("dagen sinds opname"), "jaren sinds opname");
    }

    #[test]
    fn values_beyond_the_ends_stay_inside() {
        let scale = Scale::new((0.0, 10.0), (100.0, 200.0));
        assert_eq!(
            [scale.at(-5.0), scale.at(5.0), scale.at(20.0)],
            [100.0, 150.0, 200.0]
        );
    }
}
