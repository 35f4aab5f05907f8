//! The text, as R prints a multi-state `survfit`.

use super::{Options, Rows};
use crate::Failure;
use crate::text::{TextTable, signif};
use statistics::multistate::aalen_johansen::StateOccupation;

impl Options {
    pub(super) fn print(&self, fit: &StateOccupation, rows: &Rows) -> Result<String, Failure> {
        let sojourns = self.sojourns(fit)?;
        let header = ["n", "nevent", "rmean", "se(rmean)*"];
        let columns = if self.no_se { 3 } else { 4 };
        let mut table = TextTable::new(header[..columns].iter().copied());
        for state in 0..rows.states.len() {
            for (place, curve) in fit.curves.iter().enumerate() {
                let events: f64 = curve.n_event.column(state).iter().sum();
                let sojourn = &sojourns[place];
                let cells = [
                    curve.rows.to_string(),
                    signif(events, 7),
                    signif(sojourn.mean[state], 7),
                    signif(sojourn.std_err[state], 7),
                ];
                table.row(rows.label(place, state), cells.into_iter().take(columns));
            }
        }
        let horizon = self.horizons(fit)?;
        let until = match self.rmean.as_str() {
            "individual" => "eigen laatste tijd".into(),
            _ => signif(horizon[0], 7),
        };
        let mut text = table.print();
        text.push_str(&format!(
            "   *verwachte tijd in de toestand (tot tijd {until})\n"
        ));
        if !self.times.is_empty() {
            self.print_times(fit, rows, &mut text);
        }
        Ok(text)
    }

    fn print_times(&self, fit: &StateOccupation, rows: &Rows, text: &mut String) {
        for (place, curve) in fit.curves.iter().enumerate() {
            text.push('\n');
            if let Some(names) = rows.curve_names() {
                text.push_str(&format!("                {}\n", names[place]));
            }
            let at = self.at(curve);
            let states = rows.states.iter().map(|state| format!("Pr({state})"));
            let header = ["n.risk".to_owned(), "n.event".to_owned()].into_iter();
            let mut table = TextTable::new(header.chain(states));
            for (row, time) in at.time.iter().enumerate() {
                let sum = |table: &statistics::matrix::Matrix| table.row(row).iter().sum::<f64>();
                let counts = [signif(sum(&at.n_risk), 6), signif(sum(&at.n_event), 6)];
                let probability = |p: f64| {
                    if p.is_nan() {
                        "NA".into()
                    } else {
                        signif(p, 3)
                    }
                };
                let probabilities = at.occupation.row(row).into_iter().map(probability);
                table.row(signif(*time, 6), counts.into_iter().chain(probabilities));
            }
            text.push_str(&table.print());
        }
    }
}
