//! One call: `fit km lung.csv "Surv(time, status) ~ sex"`.

use crate::procedures::Procedure;
use crate::{Failure, Files, Inputs, Outcome, words};
use clap::{Args, Parser, ValueEnum};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Schat een model en toon het zoals R dat doet.
#[derive(Args, Clone, Debug)]
pub struct FitCall {
    /// Vorm van de uitvoer.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true, value_name = "VORM")]
    pub format: Format,
    /// What is fitted.
    #[command(subcommand)]
    pub procedure: Procedure,
}

/// Forms of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tekst zoals van summary() in R
    Text,
    /// JSON met de namen van R
    Json,
}

/// A call on its own, without the program's other commands.
#[derive(Parser)]
#[command(name = "fit", no_binary_name = true, disable_help_subcommand = true)]
struct Alone {
    #[command(flatten)]
    call: FitCall,
}

impl FitCall {
    /// Reads a call as one line, quoted as for a shell: `km lung.csv 'Surv(time, d) ~ 1'`.
    ///
    /// # Errors
    /// Words that are no call; the message is clap's.
    ///
    /// ```
    /// use fit::FitCall;
    /// let call = FitCall::parse("fit km lung.csv 'Surv(time, status) ~ sex'");
    /// assert!(call.is_ok_and(|call| call.procedure.name() == "km"));
    /// assert!(FitCall::parse("fit nothing").is_err());
    /// ```
    pub fn parse(line: &str) -> Result<Self, Failure> {
        let words = words::split(line)?;
        // The name of the program and of the command may stand before it.
        let mut words = words.as_slice();
        for name in ["doorstroom", "fit"] {
            words = match words {
                [first, rest @ ..] if first == name => rest,
                _ => words,
            };
        }
        Alone::try_parse_from(words)
            .map(|alone| alone.call)
            .map_err(|error| Failure::new("bad_call", error.to_string()))
    }

    /// Fits.
    ///
    /// # Errors
    /// The named reason why there is no result.
    ///
    /// ```
    /// use fit::{Failure, Files, FitCall};
    /// struct Deaths;
    /// impl Files for Deaths {
    ///     fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
    ///         match name {
    ///             "deaths.csv" => Ok(b"time,status\n1,1\n2,1\n".to_vec()),
    ///             _ => Err(std::io::ErrorKind::NotFound.into()),
    ///         }
    ///     }
    /// }
    /// # fn main() -> Result<(), Failure> {
    /// let outcome = FitCall::parse("km deaths.csv 'Surv(time, status) ~ 1'")?.run(&Deaths)?;
    /// assert_eq!(outcome.fitted.result["surv"][0], 0.5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, files: &dyn Files) -> Result<Outcome, Failure> {
        let inputs = Inputs::new(files);
        // A panic is a mistake of ours; its user still gets a sentence and an exit code.
        let fitted = catch_unwind(AssertUnwindSafe(|| self.procedure.fit(&inputs)))
            .unwrap_or_else(|_| Err(mistake(self.procedure.name())))?;
        let (warnings, rows) = inputs.into_told();
        Ok(Outcome {
            procedure: self.procedure.name().into(),
            fitted,
            warnings,
            rows,
        })
    }
}

fn mistake(procedure: &str) -> Failure {
    let message =
        format!("Interne fout in '{procedure}': dit had niet mogen gebeuren. Meld het ons.");
    Failure::new("internal_error", message)
}
