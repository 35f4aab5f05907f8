//! Limits around probabilities: on which scale, with which coverage. R: `conf.type`, `conf.int`.

use crate::Failure;
use clap::{Args, ValueEnum};
use statistics::Transform;
use statistics::distribution::Normal;

/// What limits are asked for.
#[derive(Args, Clone, Debug)]
pub struct LimitArguments {
    /// Schaal van de betrouwbaarheidsgrenzen.
    #[arg(long, value_enum, default_value_t = ConfType::Log)]
    pub conf_type: ConfType,
    /// Dekking van de grenzen.
    #[arg(long, value_name = "KANS", default_value_t = 0.95)]
    pub conf_int: f64,
}

/// Scales of limits, with R's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfType {
    /// log p
    Log,
    /// log(−log p)
    LogLog,
    /// p zelf
    Plain,
    /// logit p
    Logit,
    /// arcsin √p
    Arcsin,
    /// Geen grenzen
    None,
}

impl LimitArguments {
    /// How many standard errors the limits lie from the estimate.
    ///
    /// # Errors
    /// A coverage outside (0, 1).
    pub fn z(&self) -> Result<f64, Failure> {
        if !(self.conf_int > 0.0 && self.conf_int < 1.0) {
            let message = "verwacht een kans tussen 0 en 1";
            return Err(Failure::option("conf-int", message));
        }
        Ok(Normal::critical(self.conf_int)?)
    }

    /// Whether there are to be any.
    pub fn are_wanted(&self) -> bool {
        self.conf_type != ConfType::None
    }
}

impl ConfType {
    /// The scale, if there are to be limits.
    pub fn transform(self) -> Option<Transform> {
        Some(match self {
            Self::Log => Transform::Log,
            Self::LogLog => Transform::LogLog,
            Self::Plain => Transform::Plain,
            Self::Logit => Transform::Logit,
            Self::Arcsin => Transform::Arcsin,
            Self::None => return None,
        })
    }

    /// R's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::LogLog => "log-log",
            Self::Plain => "plain",
            Self::Logit => "logit",
            Self::Arcsin => "arcsin",
            Self::None => "none",
        }
    }
}
