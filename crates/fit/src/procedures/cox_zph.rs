//! `cox-zph`: tests of proportional hazards, as R's `cox.zph`.

use super::Fit;
use super::cox::{Choice, CoxArguments, FittedCox, Transform, Zph};
use crate::text::{TextTable, p_value, signif};
use crate::{Failure, Fitted, Inputs};
use clap::Args;

/// Options of `cox-zph`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    cox: CoxArguments,
    /// Hoe de tijd meetelt: km, rank, identity, log of een uitdrukking van t.
    #[arg(long, default_value = "km", value_name = "TRANSFORMATIE")]
    transform: String,
    /// Een toets per coëfficiënt in plaats van per term (R: terms = FALSE).
    #[arg(long)]
    no_terms: bool,
    /// Een enkele vrijheidsgraad voor een term met meer coëfficiënten.
    #[arg(long)]
    singledf: bool,
    /// Zonder toets van alles tegelijk (R: global = FALSE).
    #[arg(long)]
    no_global: bool,
}

impl Fit for Options {
    fn fit(&self, inputs: &Inputs<'_>) -> Result<Fitted, Failure> {
        let fitted = FittedCox::new(self.cox.rows(inputs)?, &self.cox.options, inputs)?;
        let choice = Choice {
            terms: !self.no_terms,
            single_df: self.singledf,
            global: !self.no_global,
        };
        let zph = Zph::new(&fitted, &Transform::parse(&self.transform), choice)?;
        let mut table = TextTable::new(["chisq", "df", "p"]);
        for (name, test) in zph.names.iter().zip(&zph.tests) {
            let cells = [
                signif(test.statistic, 3),
                test.df.to_string(),
                p_value(test.p()),
            ];
            table.row(name.clone(), cells);
        }
        Ok(Fitted::new(zph.to_json(), table.print()))
    }
}
