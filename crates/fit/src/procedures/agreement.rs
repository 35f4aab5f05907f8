//! `agreement`: agreement between raters, as R's `irr`, `psych::cohen.kappa` and `irrCAC`.

use super::Fit;
use crate::arguments::DataArguments;
use crate::text::{TextTable, fixed, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use formula::{Factor, Frame};
use serde_json::{Value, json};
use statistics::agreement::{
    AgreementWeights, CohenKappa, FleissKappa, GwetAc, KrippendorffAlpha, Metric, Ratings,
    light_kappa,
};
use statistics::distribution::Normal;

/// Options of `agreement`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolommen van de beoordelaars; zonder deze optie alle.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    columns: Vec<String>,
    /// Maat van overeenstemming.
    #[arg(long, value_enum)]
    method: Method,
    /// Gewichten tussen categorieën (kappa, gwet).
    #[arg(long, value_enum, default_value_t = Weight::Unweighted)]
    weight: Weight,
    /// Afstand tussen waarden (krippendorff).
    #[arg(long, value_enum, default_value_t = Distance::Nominal)]
    metric: Distance,
    /// Fleiss' kappa met de marges van elke beoordelaar (Conger; R: exact = TRUE).
    #[arg(long)]
    exact: bool,
    /// Betrouwbaarheid van intervallen.
    #[arg(long, default_value_t = 0.95)]
    conf_int: f64,
    /// Variantie van de gewogen kappa (cohen): juist, of zoals psych 2.2.9 haar (onjuist) rekent.
    #[arg(long, value_enum, default_value_t = WeightedVariance::Exact)]
    weighted_variance: WeightedVariance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Cohens kappa met toets (R: irr::kappa2)
    Kappa2,
    /// Cohens kappa, ongewogen en kwadratisch gewogen, met intervallen (R: psych::cohen.kappa)
    Cohen,
    /// Fleiss' kappa (R: irr::kappam.fleiss)
    Fleiss,
    /// Lights kappa (R: irr::kappam.light)
    Light,
    /// Krippendorffs alfa (R: irr::kripp.alpha)
    Krippendorff,
    /// Gwets AC1 of AC2 (R: irrCAC::gwet.ac1.raw)
    Gwet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Weight {
    /// Alleen gelijk telt
    Unweighted,
    /// Lineair
    Equal,
    /// Kwadratisch
    Squared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Distance {
    /// Verschillend of niet
    Nominal,
    /// Volgorde
    Ordinal,
    /// Verschil
    Interval,
    /// Verhouding
    Ratio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WeightedVariance {
    /// Fleiss, Cohen en Everitt
    Exact,
    /// psych 2.2.9
    Psych,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let table = RatingTable::of(&frame, &self.columns)?;
        match self.method {
            Method::Kappa2 => self.kappa2(&table),
            Method::Cohen => self.cohen(&table),
            Method::Fleiss => self.fleiss(&table),
            Method::Light => light(&table),
            Method::Krippendorff => self.krippendorff(&table),
            Method::Gwet => self.gwet(&table),
        }
    }
}

/// Ratings, and what their codes stand for.
struct RatingTable {
    ratings: Ratings,
    levels: Vec<String>,
}

impl RatingTable {
    /// All raters share one list of categories: numbers by size, texts by their letters.
    fn of(frame: &Frame, columns: &[String]) -> Result<Self, Failure> {
        let columns = if columns.is_empty() {
            frame.names()
        } else {
            columns
        };
        let factors: Vec<Factor> = columns
            .iter()
            .map(|name| Ok(frame.factor(name)?))
            .collect::<Result<_, Failure>>()?;
        let used = |factor: &Factor| factor.without_unused().levels;
        let mut levels: Vec<String> = factors.iter().flat_map(used).collect();
        let number = |text: &String| text.parse::<f64>().ok();
        if levels.iter().all(|level| number(level).is_some()) {
            levels.sort_by(|a, b| number(a).partial_cmp(&number(b)).expect("numbers"));
        } else {
            levels.sort();
        }
        levels.dedup();
        let codes = |factor: &Factor| -> Vec<Option<usize>> {
            let aligned = factor.with_levels(levels.clone(), false);
            (0..aligned.codes.len())
                .map(|row| (!aligned.is_missing(row)).then(|| aligned.codes[row] as usize))
                .collect()
        };
        let raters: Vec<Vec<Option<usize>>> = factors.iter().map(codes).collect();
        Ok(Self {
            ratings: Ratings::new(&raters, levels.len())?,
            levels,
        })
    }

    /// The numbers that the levels are, or their ranks.
    fn values(&self) -> Vec<f64> {
        let numbers: Option<Vec<f64>> = self.levels.iter().map(|text| text.parse().ok()).collect();
        numbers.unwrap_or_else(|| (1..=self.levels.len()).map(|rank| rank as f64).collect())
    }
}

impl Options {
    fn weights(&self) -> AgreementWeights {
        match self.weight {
            Weight::Unweighted => AgreementWeights::Unweighted,
            Weight::Equal => AgreementWeights::Linear,
            Weight::Squared => AgreementWeights::Quadratic,
        }
    }

    fn kappa2(&self, table: &RatingTable) -> Result<Fitted, Failure> {
        let kappa = CohenKappa::estimate(&table.ratings, &self.weights())?;
        let result = json!({
            "value": json::number(kappa.value),
            "statistic": json::optional(kappa.statistic()),
            "p.value": json::optional(kappa.p_value()),
            "subjects": kappa.subjects,
            "raters": 2,
        });
        let text = tested("Kappa", kappa.value, kappa.statistic(), kappa.p_value());
        Ok(Fitted::new(result, text))
    }

    fn cohen(&self, table: &RatingTable) -> Result<Fitted, Failure> {
        let plain = CohenKappa::estimate(&table.ratings, &AgreementWeights::Unweighted)?;
        let mut weighted = CohenKappa::estimate(&table.ratings, &AgreementWeights::Quadratic)?;
        if self.weighted_variance == WeightedVariance::Psych {
            weighted.variance = variance_of_psych(&weighted);
        }
        let z = Normal::critical(self.conf_int)?;
        let row = |kappa: &CohenKappa| {
            let (lower, upper) = kappa.limits(z);
            [lower, kappa.value, upper]
        };
        let rows = [row(&plain), row(&weighted)];
        let result = json!({
            "kappa": json::number(plain.value),
            "weighted.kappa": json::number(weighted.value),
            "var.kappa": json::number(plain.variance),
            "var.weighted": json::number(weighted.variance),
            "confid": [json::numbers(&rows[0]), json::numbers(&rows[1])],
            "n": plain.subjects,
            "weight": json::rows(weighted.weights.values(), weighted.weights.rows()),
        });
        let mut text = TextTable::new(["lower", "estimate", "upper"]);
        text.row("unweighted kappa", rows[0].map(|x| signif(x, 2)));
        text.row("weighted kappa", rows[1].map(|x| signif(x, 2)));
        Ok(Fitted::new(
            result,
            format!(
                "{}\n Number of subjects = {}\n",
                text.print(),
                plain.subjects
            ),
        ))
    }

    fn fleiss(&self, table: &RatingTable) -> Result<Fitted, Failure> {
        let kappa = FleissKappa::estimate(&table.ratings)?;
        if self.exact {
            let result = json!({
                "value": json::number(kappa.exact),
                "subjects": kappa.subjects,
                "raters": kappa.raters,
            });
            return Ok(Fitted::new(
                result,
                tested("Kappa (exact)", kappa.exact, None, None),
            ));
        }
        let rounded = |x: Option<f64>| json::optional(x.map(|x| (x * 1000.0).round() / 1000.0));
        let row = |category: &statistics::agreement::CategoryKappa| {
            json!([
                rounded(category.value),
                rounded(category.statistic),
                rounded(category.p_value)
            ])
        };
        let details: Vec<Value> = kappa.categories.iter().map(row).collect();
        let exact = |pick: fn(&statistics::agreement::CategoryKappa) -> Option<f64>| {
            let values: Vec<Option<f64>> = kappa.categories.iter().map(pick).collect();
            json::optionals(&values)
        };
        let result = json!({
            "value": json::number(kappa.value),
            "statistic": json::optional(kappa.statistic()),
            "p.value": json::optional(kappa.p_value()),
            "subjects": kappa.subjects,
            "raters": kappa.raters,
            "detail": {"rownames": table.levels, "value": details},
            "categories": {
                "category": table.levels,
                "kappa": exact(|category| category.value),
                "z": exact(|category| category.statistic),
                "p.value": exact(|category| category.p_value),
            },
        });
        let text = tested("Kappa", kappa.value, kappa.statistic(), kappa.p_value());
        Ok(Fitted::new(result, text))
    }

    fn krippendorff(&self, table: &RatingTable) -> Result<Fitted, Failure> {
        let metric = match self.metric {
            Distance::Nominal => Metric::Nominal,
            Distance::Ordinal => Metric::Ordinal,
            Distance::Interval => Metric::Interval,
            Distance::Ratio => Metric::Ratio,
        };
        let alpha = KrippendorffAlpha::estimate(&table.ratings, &table.values(), metric)?;
        let result = json!({
            "alpha": json::number(alpha.value),
            "subjects": alpha.units,
            "raters": alpha.raters,
            "nmatchval": alpha.pairable,
        });
        Ok(Fitted::new(
            result,
            tested("alpha", alpha.value, None, None),
        ))
    }

    fn gwet(&self, table: &RatingTable) -> Result<Fitted, Failure> {
        let gwet = GwetAc::estimate(&table.ratings, &self.weights())?;
        let (lower, upper) = gwet.limits(self.conf_int)?;
        let p = gwet.p_value()?;
        let name = if self.weight == Weight::Unweighted {
            "AC1"
        } else {
            "AC2"
        };
        let weights = match self.weight {
            Weight::Unweighted => "unweighted",
            Weight::Equal => "linear",
            Weight::Squared => "quadratic",
        };
        // irrCAC shows the interval as text with three digits.
        let shown = |limit: f64| formula::print_number((limit * 1000.0).round() / 1000.0);
        let result = json!({
            "coeff.name": name,
            "pa": json::number(gwet.observed),
            "pe": json::number(gwet.expected),
            "coeff.val": json::number(gwet.value),
            "coeff.se": json::number(gwet.std_err),
            "conf.int": format!("({},{})", shown(lower), shown(upper)),
            "lower": json::number(lower),
            "upper": json::number(upper),
            "p.value": json::number(p),
            "w.name": weights,
        });
        let text = format!(
            "{name} = {} (se {}), {} % interval {} to {}, p {}\n",
            signif(gwet.value, 5),
            signif(gwet.std_err, 4),
            self.conf_int * 100.0,
            fixed(lower, 3),
            fixed(upper, 3),
            p_value(p)
        );
        Ok(Fitted::new(result, text))
    }
}

fn light(table: &RatingTable) -> Result<Fitted, Failure> {
    let value = light_kappa(&table.ratings)?;
    let result = json!({
        "value": json::number(value),
        // No variance of Light's kappa is known that holds in general.
        "statistic": "NaN",
        "p.value": "NaN",
        "subjects": table.ratings.complete().subjects(),
        "raters": table.ratings.raters(),
    });
    Ok(Fitted::new(result, tested("Kappa", value, None, None)))
}

/// psych 2.2.9 takes Σⱼ wᵢⱼ pᵢ. for the mean weight of a column, where Fleiss, Cohen and Everitt
/// have Σᵢ wᵢⱼ pᵢ. .
fn variance_of_psych(kappa: &CohenKappa) -> f64 {
    let (shares, weights) = (&kappa.shares, &kappa.weights);
    let ones = vec![1.0; shares.rows()];
    let (rows, columns) = (shares.times(&ones), shares.transposed_times(&ones));
    let row_means = weights.times(&columns);
    let sums: Vec<f64> = weights
        .times(&ones)
        .iter()
        .zip(&rows)
        .map(|(sum, p)| sum * p)
        .collect();
    let term = |i: usize, j: usize| {
        let mean = (row_means[i] + sums[j]) * (1.0 - kappa.observed);
        let own = weights[(i, j)] * (1.0 - kappa.expected);
        shares[(i, j)] * (own - mean).powi(2)
    };
    let k = shares.rows();
    let sum: f64 = (0..k)
        .map(|i| (0..k).map(|j| term(i, j)).sum::<f64>())
        .sum();
    let (po, pe) = (kappa.observed, kappa.expected);
    let centre = (po * pe - 2.0 * pe + po).powi(2);
    (sum - centre) / (kappa.subjects as f64 * (1.0 - pe).powi(4))
}

fn tested(name: &str, value: f64, statistic: Option<f64>, p: Option<f64>) -> String {
    let mut text = format!("{name:>10} = {}\n", signif(value, 3));
    if let (Some(z), Some(p)) = (statistic, p) {
        text.push_str(&format!(
            "{:>10} = {}\n{:>10} = {}\n",
            "z",
            signif(z, 3),
            "p-value",
            p_value(p)
        ));
    }
    text
}
