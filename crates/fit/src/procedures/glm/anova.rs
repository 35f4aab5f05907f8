//! Terms added one after the other, as R's `anova` of a `glm`.

use super::Regression;
use crate::Failure;
use crate::coefficients::Coefficients;
use formula::{DesignOptions, ModelFrame};
use statistics::distribution::{ChiSquared, Distribution, FisherF};
use statistics::glm::{Family, Glm, GlmData, Link};

/// R's `anova` of one model: the deviance that each term takes away, tested by χ², or by F where
/// the dispersion is estimated (by that of the whole model).
pub(super) fn anova(
    model: &ModelFrame,
    regression: &Regression,
    (family, link): (Family, Link),
) -> Result<Coefficients, Failure> {
    let design = model.design(DesignOptions::default())?;
    let fits = (0..=design.terms.len())
        .map(|term| {
            let columns: Vec<usize> = (0..design.assign.len())
                .filter(|&column| design.assign[column] <= term)
                .collect();
            let x = regression.x.gather_columns(&columns);
            let data = GlmData {
                x: &x,
                ..regression.data()
            };
            Ok(Glm::fit(data, family, link)?)
        })
        .collect::<Result<Vec<Glm>, Failure>>()?;
    let steps = |change: &dyn Fn(&Glm, &Glm) -> f64| -> Vec<f64> {
        let pairs = fits.windows(2).map(|pair| change(&pair[0], &pair[1]));
        std::iter::once(f64::NAN).chain(pairs).collect()
    };
    let df = steps(&|before, after| before.df_residual - after.df_residual);
    let deviance = steps(&|before, after| before.deviance - after.deviance);
    let whole = &fits[fits.len() - 1];
    let tests: Vec<(f64, f64)> = (df.iter().zip(&deviance))
        .map(|(&df, &deviance)| match family.has_known_dispersion() {
            true => {
                let p = ChiSquared::new(df).map_or(f64::NAN, |chi| chi.upper(deviance));
                (f64::NAN, p)
            }
            false => {
                let f = deviance / df / whole.dispersion;
                let p = FisherF::new(df, whole.df_residual).map_or(f64::NAN, |d| d.upper(f));
                (f, p)
            }
        })
        .collect();
    let names: Vec<String> = std::iter::once("NULL".to_owned())
        .chain(design.terms)
        .collect();
    let table = Coefficients::new(&names)
        .with("Df", df)
        .with("Deviance", deviance)
        .with(
            "Resid. Df",
            fits.iter().map(|fit| fit.df_residual).collect(),
        )
        .with("Resid. Dev", fits.iter().map(|fit| fit.deviance).collect());
    let p = tests.iter().map(|test| test.1).collect();
    Ok(match family.has_known_dispersion() {
        true => table.with("Pr(>Chi)", p),
        false => table
            .with("F", tests.iter().map(|test| test.0).collect())
            .with("Pr(>F)", p),
    })
}
