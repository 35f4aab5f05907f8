//! What `logistf` and `coxphf` share: options of the profile, and what they tell.

use crate::coefficients::{Coefficients, std_errs};
use crate::text::{p_value, signif};
use crate::{Failure, json};
use clap::Args;
use serde_json::{Map, Value};
use statistics::distribution::{ChiSquared, Distribution, Normal};
use statistics::firth::{FirthFit, FirthLikelihood, Limit};

/// How estimates are penalised, and limits and tests made.
#[derive(Args, Clone, Debug)]
pub(super) struct FirthArguments {
    /// Gewone aannemelijkheid, zonder Firths boete.
    #[arg(long)]
    no_firth: bool,
    /// Gewicht van de boete ln|I|; een half is Jeffreys' verdeling.
    #[arg(long, default_value_t = 0.5, value_name = "GETAL")]
    tau: f64,
    /// Intervallen en p-waarden van Wald in plaats van die van de profielaannemelijkheid.
    #[arg(long)]
    no_pl: bool,
    /// Onbetrouwbaarheid van de intervallen.
    #[arg(long, default_value_t = 0.05, value_name = "GETAL")]
    alpha: f64,
    /// Toets dat deze coëfficiënten samen nul zijn: "age,sex".
    #[arg(long, value_delimiter = ',', value_name = "NAMEN")]
    test: Vec<String>,
}

impl FirthArguments {
    pub(super) fn tau(&self) -> f64 {
        if self.no_firth { 0.0 } else { self.tau }
    }

    fn level(&self) -> Result<f64, Failure> {
        match self.alpha > 0.0 && self.alpha < 1.0 {
            true => Ok(1.0 - self.alpha),
            false => Err(Failure::option("alpha", "moet tussen 0 en 1 liggen")),
        }
    }
}

/// A fit with its limits and tests.
pub(super) struct FirthReport {
    pub(super) fit: FirthFit,
    names: Vec<String>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    chi: Vec<f64>,
    prob: Vec<f64>,
    method: &'static str,
    pub(super) null: f64,
    /// Coefficients that the null model lacks.
    df: usize,
    test: Option<(f64, usize, f64)>,
}

impl FirthReport {
    /// Fits; `kept` are the columns of the null model.
    pub(super) fn new(
        likelihood: &dyn FirthLikelihood,
        (names, kept): (&[String], &[usize]),
        options: &FirthArguments,
    ) -> Result<Self, Failure> {
        let fit = FirthFit::maximise(likelihood)?;
        let start = vec![0.0; names.len()];
        let null = FirthFit::restricted(likelihood, &start, kept)?.ln_likelihood;
        let mut report = Self {
            names: names.to_vec(),
            lower: Vec::new(),
            upper: Vec::new(),
            chi: Vec::new(),
            prob: Vec::new(),
            method: if options.no_pl {
                "Wald"
            } else {
                "Profile Likelihood"
            },
            null,
            df: names.len() - kept.len(),
            test: None,
            fit,
        };
        let level = options.level()?;
        for column in 0..names.len() {
            match options.no_pl {
                true => report.add_wald(column, level)?,
                false => report.add_profile(likelihood, column, level)?,
            }
        }
        if !options.test.is_empty() {
            report.test = Some(report.joint_test(likelihood, &options.test)?);
        }
        Ok(report)
    }

    fn add_profile(
        &mut self,
        likelihood: &dyn FirthLikelihood,
        column: usize,
        level: f64,
    ) -> Result<(), Failure> {
        let fit = &self.fit;
        let limit = |limit| fit.profile_limit(likelihood, column, (limit, level));
        let (lower, upper) = (limit(Limit::Lower)?, limit(Limit::Upper)?);
        let (chi, prob) = fit.test(likelihood, &[column])?;
        self.lower.push(lower);
        self.upper.push(upper);
        self.chi.push(chi);
        self.prob.push(prob);
        Ok(())
    }

    fn add_wald(&mut self, column: usize, level: f64) -> Result<(), Failure> {
        let estimate = self.fit.coefficients[column];
        let error = self.fit.covariance[(column, column)].sqrt();
        let width = Normal::critical(level)? * error;
        let z = estimate / error;
        self.lower.push(estimate - width);
        self.upper.push(estimate + width);
        self.chi.push(z * z);
        self.prob.push(Normal::two_sided(z));
        Ok(())
    }

    fn joint_test(
        &self,
        likelihood: &dyn FirthLikelihood,
        wanted: &[String],
    ) -> Result<(f64, usize, f64), Failure> {
        let place = |name: &String| {
            let found = self.names.iter().position(|known| known == name.trim());
            found.ok_or_else(|| Failure::option("test", format!("er is geen coëfficiënt '{name}'")))
        };
        let columns: Vec<usize> = wanted.iter().map(place).collect::<Result<_, _>>()?;
        let (statistic, p) = self.fit.test(likelihood, &columns)?;
        Ok((statistic, columns.len(), p))
    }

    /// The penalised likelihood ratio against the null model, and Wald's test of the same.
    fn ratio(&self) -> (f64, f64) {
        let statistic = 2.0 * (self.fit.ln_likelihood - self.null);
        let p = ChiSquared::new(self.df as f64).map_or(f64::NAN, |chi| chi.upper(statistic));
        (statistic, p)
    }

    /// R's fields; `exp` gives limits of exp(coef), as `coxphf` does.
    pub(super) fn json(&self, exp: bool) -> Map<String, Value> {
        let fit = &self.fit;
        let limits = |values: &[f64]| match exp {
            true => json::numbers(&values.iter().map(|x| x.exp()).collect::<Vec<_>>()),
            false => json::numbers(values),
        };
        let mut map = Map::new();
        let mut set = |name: &str, value: Value| map.insert(name.into(), value);
        set("names", json::texts(&self.names));
        set("coef", json::numbers(&fit.coefficients));
        set("var", json::rows(fit.covariance.values(), self.names.len()));
        set("ci.lower", limits(&self.lower));
        set("ci.upper", limits(&self.upper));
        set("chisq", json::numbers(&self.chi));
        set("prob", json::numbers(&self.prob));
        set("method.ci", self.method.into());
        set("df", self.df.into());
        set("iter", fit.iterations.into());
        let (statistic, p) = self.ratio();
        let ratio = [
            ("test", json::number(statistic)),
            ("df", self.df.into()),
            ("pvalue", json::or_na(p)),
        ];
        set("lrt", json::columns(ratio));
        if let Some((statistic, df, p)) = self.test {
            let test = [
                ("chisq", json::number(statistic)),
                ("df", df.into()),
                ("prob", json::number(p)),
            ];
            set("test", json::columns(test));
        }
        map
    }

    pub(super) fn text(&self, rows: usize) -> String {
        let errors = std_errs(&self.fit.covariance);
        let table = Coefficients::new(&self.names)
            .with("coef", self.fit.coefficients.clone())
            .with("se(coef)", errors)
            .with("lower", self.lower.clone())
            .with("upper", self.upper.clone())
            .with("Chisq", self.chi.clone())
            .with("p", self.prob.clone());
        let (statistic, p) = self.ratio();
        let mut text = format!(
            "Model fitted by Penalized ML\nConfidence intervals and p-values by {}\n\n{}\n\
             Likelihood ratio test={} on {} df, p={}, n={rows}\n",
            self.method,
            table.to_text(),
            signif(statistic, 7),
            self.df,
            p_value(p),
        );
        if let Some((statistic, df, p)) = self.test {
            text.push_str(&format!(
                "Joint test={} on {df} df, p={}\n",
                signif(statistic, 7),
                p_value(p)
            ));
        }
        text
    }
}
