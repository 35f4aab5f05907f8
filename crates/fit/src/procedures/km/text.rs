//! What `km` prints: as R prints a `survfit`, and its `summary` at chosen times.

use super::{Curve, Options};
use crate::Failure;
use crate::procedures::curve_groups::CurveData;
use crate::text::{TextTable, signif};

impl Options {
    pub(super) fn summary(&self, curves: &[Curve], data: &CurveData) -> Result<String, Failure> {
        let mut text = self.overview(curves, data)?;
        if !self.times.is_empty() {
            for curve in curves {
                text.push('\n');
                text.push_str(&self.at_text(curve));
            }
        }
        Ok(text)
    }

    fn overview(&self, curves: &[Curve], data: &CurveData) -> Result<String, Failure> {
        let mut table = TextTable::default();
        for curve in curves {
            let row = self.table_row(curve, data)?;
            let shown = || {
                row.iter()
                    .filter(|(name, _)| name != "n.max" && name != "n.start")
            };
            if curve.name == curves[0].name {
                table = TextTable::new(shown().map(|(name, _)| match name.as_str() {
                    "records" => "n",
                    other => other,
                }));
            }
            let cell = |value: Option<f64>| value.map_or("NA".into(), |value| signif(value, 5));
            table.row(curve.name.clone(), shown().map(|(_, value)| cell(*value)));
        }
        Ok(table.print())
    }

    fn at_text(&self, curve: &Curve) -> String {
        let level = formula::print_number(100.0 * self.limits.conf_int);
        let mut header = vec![
            "time".to_owned(),
            "n.risk".into(),
            "n.event".into(),
            "survival".into(),
            "std.err".into(),
        ];
        if curve.limits.is_some() {
            header.push(format!("lower {level}% CI"));
            header.push(format!("upper {level}% CI"));
        }
        let mut table = TextTable::new(header);
        let cell = |value: Option<f64>| value.map_or("NA".into(), |value| signif(value, 3));
        for row in self.at(curve) {
            let mut cells = vec![
                signif(row.time, 7),
                signif(row.n_risk, 7),
                signif(row.n_event, 7),
                signif(row.survival, 3),
                cell(row.std_err),
            ];
            if curve.limits.is_some() {
                cells.extend([cell(row.lower), cell(row.upper)]);
            }
            table.row("", cells);
        }
        match curve.name.is_empty() {
            true => table.print(),
            false => format!("                {}\n{}", curve.name, table.print()),
        }
    }
}
