//! `icc`: intraclass correlations, as R's `irr::icc` and `psych::ICC`.

use super::Fit;
use super::columns::numeric_columns;
use crate::arguments::DataArguments;
use crate::text::{TextTable, fixed, p_value, signif};
use crate::{Failure, Fitted, Inputs, json};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use statistics::distribution::{Distribution, FisherF};
use statistics::psychometrics::{IccForm, IccUnit, IntraclassCorrelation, RatingAnova};

/// Options of `icc`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    data: DataArguments,
    /// Kolommen van de beoordelaars; zonder deze optie alle.
    #[arg(long, value_name = "KOLOMMEN", value_delimiter = ',')]
    columns: Vec<String>,
    /// Alle zes vormen van Shrout en Fleiss (R: psych::ICC).
    #[arg(long)]
    all: bool,
    /// Eenweg: elke persoon heeft eigen beoordelaars; tweeweg: allen dezelfde.
    #[arg(long, value_enum, default_value_t = Model::Oneway)]
    model: Model,
    /// Of verschillen tussen beoordelaars tellen (agreement) of alleen de volgorde.
    #[arg(long, value_enum, default_value_t = Kind::Consistency)]
    r#type: Kind,
    /// Eén beoordeling, of het gemiddelde ervan.
    #[arg(long, value_enum, default_value_t = Unit::Single)]
    unit: Unit,
    /// Correlatie waartegen wordt getoetst.
    #[arg(long, default_value_t = 0.0)]
    r0: f64,
    /// Vrijheidsgraden van agreement voor gemiddelden: juist, of zoals irr 0.84.1 ze (onjuist)
    /// rekent.
    #[arg(long, value_enum, default_value_t = AgreementDf::Exact)]
    agreement_df: AgreementDf,
    /// Betrouwbaarheid van het interval.
    #[arg(long, default_value_t = 0.95)]
    conf_level: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Model {
    /// Eenweg
    Oneway,
    /// Tweeweg
    Twoway,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Alleen de volgorde telt
    Consistency,
    /// Ook verschillen tussen beoordelaars tellen
    Agreement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Unit {
    /// Eén beoordeling
    Single,
    /// Het gemiddelde
    Average,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AgreementDf {
    /// McGraw en Wong
    Exact,
    /// irr 0.84.1
    Irr,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let frame = self.data.frame(inputs)?;
        let columns = numeric_columns(&frame, &self.columns)?;
        let anova = RatingAnova::of(&complete(&columns))?;
        if self.all {
            self.all_forms(&anova)
        } else {
            self.one_form(&anova)
        }
    }
}

/// Only the rows without a missing value.
fn complete(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, Vec::len);
    let full = |&row: &usize| columns.iter().all(|column| !column[row].is_nan());
    let kept: Vec<usize> = (0..rows).filter(full).collect();
    let keep = |column: &Vec<f64>| kept.iter().map(|&row| column[row]).collect();
    columns.iter().map(keep).collect()
}

impl Options {
    fn one_form(&self, anova: &RatingAnova) -> Result<Fitted, Failure> {
        let form = match (self.model, self.r#type) {
            (Model::Oneway, _) => IccForm::OneWay,
            (Model::Twoway, Kind::Agreement) => IccForm::Agreement,
            (Model::Twoway, Kind::Consistency) => IccForm::Consistency,
        };
        let unit = match self.unit {
            Unit::Single => IccUnit::Single,
            Unit::Average => IccUnit::Average,
        };
        let (null, level) = (self.r0, self.conf_level);
        let icc = match (form, self.agreement_df) {
            (IccForm::Agreement, AgreementDf::Irr) => {
                IntraclassCorrelation::agreement_of_irr(anova, unit, null, level)?
            }
            _ => IntraclassCorrelation::new(anova, form, unit, null, level)?,
        };
        let result = json!({
            "subjects": anova.subjects,
            "raters": anova.raters,
            "value": json::number(icc.value),
            "r0": json::number(self.r0),
            "Fvalue": json::number(icc.f),
            "df1": json::number(icc.df1),
            "df2": json::number(icc.df2),
            "p.value": json::number(icc.p_value),
            "conf.level": json::number(self.conf_level),
            "lbound": json::number(icc.lower),
            "ubound": json::number(icc.upper),
        });
        let text = format!(
            "ICC = {}\n\nF-test, H0: r0 = {}\nF({},{}) = {}, p = {}\n\n {} %-interval:\n  {} < ICC < {}\n",
            signif(icc.value, 3),
            self.r0,
            signif(icc.df1, 3),
            signif(icc.df2, 3),
            signif(icc.f, 3),
            p_value(icc.p_value),
            self.conf_level * 100.0,
            fixed(icc.lower, 3),
            fixed(icc.upper, 3),
        );
        Ok(Fitted::new(result, text))
    }

    fn all_forms(&self, anova: &RatingAnova) -> Result<Fitted, Failure> {
        let forms = [IccForm::OneWay, IccForm::Agreement, IccForm::Consistency];
        let names = ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"];
        let mut rows = Vec::new();
        for unit in [IccUnit::Single, IccUnit::Average] {
            for form in forms {
                rows.push(self.as_shrout_and_fleiss(anova, form, unit)?);
            }
        }
        let column = |pick: fn(&IntraclassCorrelation) -> f64| -> Value {
            json::numbers(&rows.iter().map(pick).collect::<Vec<_>>())
        };
        let mut text = TextTable::new(["ICC", "F", "df1", "df2", "p", "lower", "upper"]);
        for (name, row) in names.iter().zip(&rows) {
            let cells = [row.value, row.f, row.df1, row.df2].map(|x| signif(x, 3));
            let limits = [
                p_value(row.p_value),
                signif(row.lower, 2),
                signif(row.upper, 2),
            ];
            text.row(*name, cells.into_iter().chain(limits));
        }
        let result = json!({
            "results": {
                "type": names,
                "ICC": column(|row| row.value),
                "F": column(|row| row.f),
                "df1": column(|row| row.df1),
                "df2": column(|row| row.df2),
                "p": column(|row| row.p_value),
                "lower bound": column(|row| row.lower),
                "upper bound": column(|row| row.upper),
            },
            "summary": [anova_table(anova)?],
        });
        Ok(Fitted::new(result, text.print()))
    }

    /// Shrout and Fleiss test `Agreement` with the F of `Consistency`, and step its interval up
    /// for means.
    fn as_shrout_and_fleiss(
        &self,
        anova: &RatingAnova,
        form: IccForm,
        unit: IccUnit,
    ) -> Result<IntraclassCorrelation, Failure> {
        let own = IntraclassCorrelation::new(anova, form, unit, 0.0, self.conf_level)?;
        if form != IccForm::Agreement {
            return Ok(own);
        }
        let single =
            IntraclassCorrelation::new(anova, form, IccUnit::Single, 0.0, self.conf_level)?;
        let test =
            IntraclassCorrelation::new(anova, IccForm::Consistency, unit, 0.0, self.conf_level)?;
        let (lower, upper) = match unit {
            IccUnit::Single => (own.lower, own.upper),
            IccUnit::Average => single.stepped_up_limits(anova.raters),
        };
        Ok(IntraclassCorrelation {
            value: own.value,
            lower,
            upper,
            ..test
        })
    }
}

/// R's `summary(aov)`: subjects, raters, residual.
fn anova_table(anova: &RatingAnova) -> Result<Value, Failure> {
    let df = anova.degrees_of_freedom();
    let residual = anova.mean_square_residual;
    let mean_squares = [
        anova.mean_square_subjects,
        anova.mean_square_raters,
        residual,
    ];
    let dfs = [df[0], df[1], df[3]];
    let sums: Vec<f64> = mean_squares
        .iter()
        .zip(dfs)
        .map(|(mean, df)| mean * df)
        .collect();
    let f = [mean_squares[0] / residual, mean_squares[1] / residual];
    let p = [
        FisherF::new(dfs[0], dfs[2])?.upper(f[0]),
        FisherF::new(dfs[1], dfs[2])?.upper(f[1]),
    ];
    Ok(json!({
        "Df": json::numbers(&dfs),
        "Sum Sq": json::numbers(&sums),
        "Mean Sq": json::numbers(&mean_squares),
        "F value": [json::number(f[0]), json::number(f[1]), Value::Null],
        "Pr(>F)": [json::number(p[0]), json::number(p[1]), Value::Null],
    }))
}
