//! What `coxpenal` tells, with the fields of R's `coxph.penal`.

use super::terms::{Layout, Part, PenaltyKind};
use crate::coefficients::Coefficients;
use crate::text::{p_value, signif};
use crate::{Inputs, json};
use formula::ModelFrame;
use serde_json::{Map, Value};
use statistics::distribution::{ChiSquared, Distribution, Normal};
use statistics::frailty::{PenalisedCox, TermFit};

pub(super) fn warn(inputs: &Inputs<'_>, layout: &Layout, fit: &PenalisedCox) {
    let names: Vec<&str> = (fit.solution.aliased.iter())
        .map(|&column| layout.names[column].as_str())
        .collect();
    if !names.is_empty() {
        let message = format!(
            "Kolommen die uit andere volgen doen niet mee: {}.",
            names.join(", ")
        );
        inputs.warn("aliased", message);
    }
    let penalised = layout.parts.iter().filter(|part| part.penalty.is_some());
    for (part, term) in penalised.zip(&fit.terms) {
        let is_ridge = matches!(
            part.penalty.as_ref().map(|penalty| &penalty.kind),
            Some(PenaltyKind::Ridge { .. })
        );
        if term.theta == 0.0 && !is_ridge {
            let message = format!(
                "De variantie van {} is nul: de groepen verschillen niet meer dan door toeval.",
                part.label
            );
            inputs.warn("zero_variance", message);
        }
    }
}

pub(super) struct Report<'a> {
    model: &'a ModelFrame,
    layout: &'a Layout,
    fit: &'a PenalisedCox,
    events: usize,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        model: &'a ModelFrame,
        layout: &'a Layout,
        fit: &'a PenalisedCox,
        events: usize,
    ) -> Self {
        Self {
            model,
            layout,
            fit,
            events,
        }
    }

    fn is_aliased(&self, column: usize) -> bool {
        self.fit.solution.aliased.contains(&column)
    }

    /// Each part with its fit, if it is penalised.
    fn parts(&self) -> Vec<(&'a Part, Option<&'a TermFit>)> {
        let mut fits = self.fit.terms.iter();
        let with_fit = |part: &'a Part| {
            let fit = part.penalty.as_ref().and_then(|_| fits.next());
            (part, fit)
        };
        self.layout.parts.iter().map(with_fit).collect()
    }

    /// Effective degrees of freedom by term.
    fn df(&self) -> Vec<f64> {
        let of = |(part, fit): (&Part, Option<&TermFit>)| match fit {
            Some(fit) => fit.df,
            None => self
                .fit
                .solution
                .df(&part.columns.clone().collect::<Vec<_>>()),
        };
        self.parts().into_iter().map(of).collect()
    }

    fn likelihood_ratio(&self) -> (f64, f64, f64) {
        let df = self.df().iter().sum();
        let statistic = 2.0 * (self.fit.solution.ln_likelihood - self.fit.ln_likelihood_null);
        let p = ChiSquared::new(df).map_or(f64::NAN, |chi| chi.upper(statistic));
        (statistic, df, p)
    }

    /// Means of the columns; those of −1, 0 and 1 only are not centred.
    fn means(&self) -> Vec<f64> {
        let of = |column: usize| {
            let values = self.layout.x.column(column);
            match values.iter().all(|x| [-1.0, 0.0, 1.0].contains(x)) {
                true => 0.0,
                false => values.iter().sum::<f64>() / values.len() as f64,
            }
        };
        (0..self.layout.names.len()).map(of).collect()
    }

    fn predictors(&self, means: &[f64]) -> Vec<f64> {
        let solution = &self.fit.solution;
        let shift: f64 = solution
            .coefficients
            .iter()
            .zip(means)
            .map(|(b, m)| b * m)
            .sum();
        let rows = self.layout.x.rows();
        let mut eta = self.model.offset.clone().unwrap_or_else(|| vec![0.0; rows]);
        self.layout.x.add_times(&solution.coefficients, &mut eta);
        let sparse = self.layout.parts.iter().find_map(|part| {
            match part.penalty.as_ref().map(|penalty| &penalty.kind) {
                Some(PenaltyKind::Sparse { codes, .. }) => Some(codes),
                _ => None,
            }
        });
        for (row, eta) in eta.iter_mut().enumerate() {
            *eta -= shift;
            if let Some(codes) = sparse {
                *eta += solution.frailties[codes[row] as usize];
            }
        }
        eta
    }

    pub(super) fn json(&self) -> Map<String, Value> {
        let (fit, solution) = (self.fit, &self.fit.solution);
        let names = &self.layout.names;
        let coefficient = |(column, &b): (usize, &f64)| (!self.is_aliased(column)).then_some(b);
        let coefficients: Vec<Option<f64>> = solution
            .coefficients
            .iter()
            .enumerate()
            .map(coefficient)
            .collect();
        let means = self.means();
        let (statistic, df, p) = self.likelihood_ratio();
        let all: Vec<usize> = (0..names.len()).collect();
        let mut map = Map::new();
        let mut set = |name: &str, value: Value| map.insert(name.into(), value);
        set("names", json::texts(names));
        set("coef", json::optionals(&coefficients));
        set("var", json::rows(solution.covariance.values(), names.len()));
        set(
            "var2",
            json::rows(solution.covariance2.values(), names.len()),
        );
        set(
            "loglik",
            json::numbers(&[fit.ln_likelihood_null, solution.ln_likelihood]),
        );
        set("df", json::numbers(&self.df()));
        set(
            "penalty",
            json::numbers(&[fit.first_penalty, solution.penalty]),
        );
        set("history", self.history());
        if self.layout.parts.iter().any(Part::is_sparse) {
            set("frail", json::numbers(&solution.frailties));
            set("fvar", json::numbers(&solution.frailty_variances));
        }
        set(
            "terms",
            json::texts(
                &self
                    .layout
                    .parts
                    .iter()
                    .map(|p| &p.label)
                    .collect::<Vec<_>>(),
            ),
        );
        set("summary.coefficients", self.table().to_json());
        set("conf.int", self.limits().to_json());
        let ratio = [
            ("test", json::number(statistic)),
            ("df", json::number(df)),
            ("pvalue", json::or_na(p)),
        ];
        set("lrt", json::columns(ratio));
        set("wald.test", json::number(solution.wald(&all)));
        set("iter", json::numbers(&[fit.outer as f64, fit.inner as f64]));
        set("n", self.layout.x.rows().into());
        set("nevent", self.events.into());
        set("means", json::numbers(&means));
        set("linear.predictors", json::numbers(&self.predictors(&means)));
        set("resid.martingale", json::numbers(&fit.martingale));
        map
    }

    /// θ of each penalised term, and the integrated log-likelihood of gamma frailties.
    fn history(&self) -> Value {
        let entry = |(part, fit): (&Part, Option<&TermFit>)| {
            let fit = fit?;
            let fields = [
                ("theta", json::number(fit.theta)),
                ("c.loglik", json::optional(fit.ln_integrated)),
            ];
            Some((part.label.clone(), json::columns(fields)))
        };
        json::columns(self.parts().into_iter().filter_map(entry))
    }

    /// Covariates one by one, frailties as a whole.
    fn table(&self) -> Coefficients {
        let solution = &self.fit.solution;
        let mut names = Vec::new();
        let mut rows: Vec<[f64; 6]> = Vec::new();
        for ((part, fit), df) in self.parts().into_iter().zip(self.df()) {
            let is_frailty = part
                .penalty
                .as_ref()
                .is_some_and(|penalty| !matches!(penalty.kind, PenaltyKind::Ridge { .. }));
            if let (true, Some(fit)) = (is_frailty, fit) {
                let p = ChiSquared::new(df).map_or(f64::NAN, |chi| chi.upper(fit.chi_squared));
                names.push(part.label.clone());
                rows.push([f64::NAN, f64::NAN, f64::NAN, fit.chi_squared, df, p]);
                continue;
            }
            for column in part.columns.clone() {
                names.push(self.layout.names[column].clone());
                if self.is_aliased(column) {
                    rows.push([f64::NAN; 6]);
                    continue;
                }
                let b = solution.coefficients[column];
                let error = solution.covariance[(column, column)].sqrt();
                let error2 = solution.covariance2[(column, column)].max(0.0).sqrt();
                let z = b / error;
                rows.push([b, error, error2, z * z, 1.0, Normal::two_sided(z)]);
            }
        }
        let column = |k: usize| rows.iter().map(|row| row[k]).collect();
        Coefficients::new(&names)
            .with("coef", column(0))
            .with("se(coef)", column(1))
            .with("se2", column(2))
            .with("Chisq", column(3))
            .with("DF", column(4))
            .with("p", column(5))
    }

    fn limits(&self) -> Coefficients {
        let solution = &self.fit.solution;
        let critical = Normal::critical(0.95).unwrap_or(f64::NAN);
        let at = |sign: f64, z: f64| -> Vec<f64> {
            let of = |column: usize| {
                let error = solution.covariance[(column, column)].sqrt();
                match self.is_aliased(column) {
                    true => f64::NAN,
                    false => (sign * solution.coefficients[column] + z * error).exp(),
                }
            };
            (0..self.layout.names.len()).map(of).collect()
        };
        Coefficients::new(&self.layout.names)
            .with("exp(coef)", at(1.0, 0.0))
            .with("exp(-coef)", at(-1.0, 0.0))
            .with("lower .95", at(1.0, -critical))
            .with("upper .95", at(1.0, critical))
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "  n= {}, number of events= {}\n\n{}\n",
            self.layout.x.rows(),
            self.events,
            self.table().to_text()
        );
        text.push_str(&format!(
            "Iterations: {} outer, {} Newton-Raphson\n",
            self.fit.outer, self.fit.inner
        ));
        for (part, fit) in self.parts() {
            let Some(fit) = fit else {
                continue;
            };
            let what = match part.penalty.as_ref().map(|penalty| &penalty.kind) {
                Some(PenaltyKind::Ridge { .. }) => "Theta",
                _ => "Variance of random effect",
            };
            text.push_str(&format!("     {what}= {}", signif(fit.theta, 7)));
            if let Some(integrated) = fit.ln_integrated {
                text.push_str(&format!("   I-likelihood = {}", signif(integrated, 7)));
            }
            text.push('\n');
        }
        let df: Vec<String> = self.df().iter().map(|&df| signif(df, 3)).collect();
        let (statistic, total, p) = self.likelihood_ratio();
        text.push_str(&format!(
            "Degrees of freedom for terms= {}\nLikelihood ratio test={} on {} df, p={}\n",
            df.join(" "),
            signif(statistic, 4),
            signif(total, 4),
            p_value(p)
        ));
        text
    }
}
