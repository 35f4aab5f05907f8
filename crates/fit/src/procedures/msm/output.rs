//! The result under the names of R's functions.

use super::data::Panel;
use super::{Options, named};
use crate::coefficients::std_errs;
use crate::text::{TextTable, signif};
use crate::{Failure, Fitted, json};
use serde_json::{Map, Value, json};
use statistics::distribution::Normal;
use statistics::panel::{Estimate, Intensities, IntensityModel, PanelFit};

impl Options {
    pub(super) fn outcome(
        &self,
        model: &IntensityModel,
        fit: &PanelFit,
        panel: &Panel,
    ) -> Result<Fitted, Failure> {
        if !(self.cl > 0.0 && self.cl < 1.0) {
            return Err(Failure::option("cl", "verwacht een kans tussen 0 en 1"));
        }
        let z = Normal::critical(self.cl)?;
        let x = self.values_at(panel)?;
        let at = Intensities::new(model, fit, &x, z)?;
        let free = model.free_parameters();
        let mut result = Map::new();
        let mut set = |name: &str, value: Value| {
            result.insert(name.into(), value);
        };
        set("minus2loglik", json::number(-2.0 * fit.ln_likelihood));
        set("estimates", json::numbers(&fit.parameters));
        set("names", json::texts(&parameter_names(model, panel)));
        let moves = model.transitions.len();
        set("logq", json::numbers(&fit.parameters[..moves]));
        set("Q", json::rows(at.matrix().values(), model.states));
        if !panel.names.is_empty() {
            set("means", json::numbers(&panel.means));
        }
        if free > 0 {
            let errors = std_errs(&fit.covariance);
            set(
                "cov",
                json::rows(fit.covariance.values(), fit.parameters.len()),
            );
            set("se", json::numbers(&errors));
            set(
                "AIC",
                json::number(2.0 * free as f64 - 2.0 * fit.ln_likelihood),
            );
            set("iter", fit.iterations.into());
        }
        set("qmatrix", square(&at.intensities()));
        set("pnext", square(&at.next()));
        let sojourns: Vec<Estimate> = at.sojourns().into_iter().map(|(_, time)| time).collect();
        let mean: Vec<f64> = sojourns.iter().map(|time| time.value).collect();
        set("sojourn", json::numbers(&mean));
        set("sojourn.msm", row(&sojourns));
        for (covariate, name) in panel.names.iter().enumerate() {
            let ratios = fit.hazard_ratios(model, covariate, z);
            set(&format!("hazard.{name}"), row(&ratios));
        }
        for &t in &self.pmatrix {
            let p = at.probabilities(t)?;
            let value = |cells: &Vec<Estimate>| -> Value {
                json::numbers(&cells.iter().map(|cell| cell.value).collect::<Vec<_>>())
            };
            let name = formula::print_number(t);
            set(&format!("P{name}"), p.iter().map(value).collect());
            set(&format!("pmatrix.{name}"), square(&p));
        }
        for &t in &self.totlos {
            let stay = at.lengths_of_stay(t)?;
            let name = format!("totlos.{}", formula::print_number(t));
            set(&name, json::rows(stay.values(), stay.rows()));
        }
        if let Some(state) = self.efpt {
            let place = state.checked_sub(1).filter(|place| *place < model.states);
            let message = format!("toestand {state} bestaat niet");
            let place = place.ok_or_else(|| Failure::option("efpt", message))?;
            set("efpt", json::numbers(&at.first_passage(place)));
        }
        let text = print(model, fit, &at, panel);
        Ok(Fitted::new(Value::Object(result), text))
    }

    /// The covariates at which intensities are given, centred.
    fn values_at(&self, panel: &Panel) -> Result<Vec<f64>, Failure> {
        let mut x = vec![0.0; panel.names.len()];
        if let Some(text) = &self.at {
            x.iter_mut()
                .zip(&panel.means)
                .for_each(|(x, mean)| *x = -mean);
            for part in text.split(',') {
                let (covariate, values) = named(part, &panel.names, "at")?;
                x[covariate] = values[0] - panel.means[covariate];
            }
        }
        Ok(x)
    }
}

/// "1-2" for a baseline intensity, "sex 1-2" for an effect on it.
fn parameter_names(model: &IntensityModel, panel: &Panel) -> Vec<String> {
    let ways = model
        .transitions
        .iter()
        .map(|(from, to)| format!("{}-{}", from + 1, to + 1));
    let ways: Vec<String> = ways.collect();
    let effects = panel
        .names
        .iter()
        .flat_map(|name| ways.iter().map(move |way| format!("{name} {way}")));
    let effects: Vec<String> = effects.collect();
    ways.into_iter().chain(effects).collect()
}

type Part = fn(&Estimate) -> f64;

const PARTS: [(&str, Part); 4] = [
    ("estimates", |e| e.value),
    ("SE", |e| e.std_err),
    ("L", |e| e.lower),
    ("U", |e| e.upper),
];

/// A vector of estimates, as R's list of vectors.
fn row(estimates: &[Estimate]) -> Value {
    let part = |part: Part| json::numbers(&estimates.iter().map(part).collect::<Vec<_>>());
    json::columns(PARTS.map(|(name, pick)| (name, part(pick))))
}

/// A matrix of estimates, as R's list of matrices.
fn square(estimates: &[Vec<Estimate>]) -> Value {
    let part = |part: Part| -> Value {
        let rows = estimates.iter();
        rows.map(|row| json::numbers(&row.iter().map(part).collect::<Vec<_>>()))
            .collect()
    };
    json!({
        "estimates": part(PARTS[0].1), "SE": part(PARTS[1].1),
        "L": part(PARTS[2].1), "U": part(PARTS[3].1),
    })
}

/// As R prints an `msm`.
fn print(model: &IntensityModel, fit: &PanelFit, at: &Intensities<'_>, panel: &Panel) -> String {
    let header = ["Baseline".to_owned()].into_iter();
    let mut table = TextTable::new(header.chain(panel.names.iter().cloned()));
    let moves = model.transitions.len();
    let fixed = model.free_parameters() == 0;
    let cell = |e: &Estimate| match fixed {
        true => signif(e.value, 4),
        false => format!(
            "{} ({},{})",
            signif(e.value, 4),
            signif(e.lower, 4),
            signif(e.upper, 4)
        ),
    };
    let intensities = at.intensities();
    let ratios: Vec<Vec<Estimate>> = (0..panel.names.len())
        .map(|covariate| {
            fit.hazard_ratios(model, covariate, Normal::critical(0.95).unwrap_or(1.96))
        })
        .collect();
    for place in 0..moves {
        let (from, to) = model.transitions[place];
        let effects = ratios.iter().map(|ratios| cell(&ratios[place]));
        let cells = [cell(&intensities[from][to])].into_iter().chain(effects);
        table.row(format!("State {} - State {}", from + 1, to + 1), cells);
    }
    format!(
        "Transition intensities (hazard ratios of covariates)\n{}\n-2 * log-likelihood:  {}\n",
        table.print(),
        signif(-2.0 * fit.ln_likelihood, 7)
    )
}
