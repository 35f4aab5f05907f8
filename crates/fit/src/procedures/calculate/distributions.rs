//! `pnorm`, `qchisq`, … and the functions behind them.

use super::evaluate::{Arguments, bad};
use super::value::Value;
use crate::Failure;
use statistics::distribution::{
    Beta, Binomial, ChiSquared, Distribution, FisherF, Gamma, Normal, Poisson, StudentT, Tail,
};
use statistics::special::{digamma, ln_beta, ln_choose, ln_gamma, trigamma};

/// What is asked of a distribution.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Density,
    Probability,
    Quantile,
}

pub(super) fn call(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    if let Some(value) = special(arguments)? {
        return Ok(Some(value));
    }
    let name = arguments.function().to_owned();
    let question = match name.as_bytes().first() {
        Some(b'd') => Question::Density,
        Some(b'p') => Question::Probability,
        Some(b'q') => Question::Quantile,
        _ => return Ok(None),
    };
    let Some(distribution) = distribution(&name[1..], arguments)? else {
        return Ok(None);
    };
    let first = match question {
        Question::Density => "x",
        Question::Probability => "q",
        Question::Quantile => "p",
    };
    let at = arguments.numbers(first, 0)?;
    let upper = !arguments.flag("lower.tail", true)?;
    let log = arguments.flag("log.p", false)? || arguments.flag("log", false)?;
    let answer = |&x: &f64| match question {
        Question::Density if log => distribution.ln_density(x),
        Question::Density => distribution.density(x),
        Question::Probability => {
            let tails = distribution.tails(x);
            match (upper, log) {
                (false, false) => tails.lower,
                (false, true) => tails.ln_lower,
                (true, false) => tails.upper,
                (true, true) => tails.ln_upper,
            }
        }
        Question::Quantile => {
            let tail = if upper { Tail::Upper } else { Tail::Lower };
            distribution.quantile_of(tail, if log { x.exp() } else { x })
        }
    };
    let answers: Vec<f64> = at.iter().map(answer).collect();
    arguments.warn_of_nan(&answers);
    Ok(Some(Value::Numbers(answers)))
}

fn distribution(
    name: &str,
    arguments: &mut Arguments<'_, '_, '_>,
) -> Result<Option<Box<dyn Distribution>>, Failure> {
    Ok(Some(match name {
        "norm" => {
            let mean = arguments.number("mean", 1, Some(0.0))?;
            Box::new(Normal::new(mean, arguments.number("sd", 2, Some(1.0))?)?)
        }
        "t" => Box::new(StudentT::new(arguments.number("df", 1, None)?)?),
        "chisq" => Box::new(ChiSquared::new(arguments.number("df", 1, None)?)?),
        "f" => {
            let df1 = arguments.number("df1", 1, None)?;
            Box::new(FisherF::new(df1, arguments.number("df2", 2, None)?)?)
        }
        "gamma" => {
            let shape = arguments.number("shape", 1, None)?;
            let scale = arguments.number("scale", usize::MAX, Some(1.0))?;
            let rate = arguments.number("rate", 2, Some(1.0 / scale))?;
            Box::new(Gamma::new(shape, rate)?)
        }
        "beta" => {
            let a = arguments.number("shape1", 1, None)?;
            Box::new(Beta::new(a, arguments.number("shape2", 2, None)?)?)
        }
        "binom" => {
            let size = arguments.count("size", 1)?;
            Box::new(Binomial::new(size, arguments.number("prob", 2, None)?)?)
        }
        "pois" => Box::new(Poisson::new(arguments.number("lambda", 1, None)?)?),
        _ => return Ok(None),
    }))
}

fn special(arguments: &mut Arguments<'_, '_, '_>) -> Result<Option<Value>, Failure> {
    let one: fn(f64) -> f64 = match arguments.function() {
        "lgamma" => ln_gamma,
        "digamma" => digamma,
        "trigamma" => trigamma,
        "lbeta" | "lchoose" => {
            let two = if arguments.function() == "lbeta" {
                ln_beta
            } else {
                ln_choose
            };
            let (first, second) = (arguments.numbers("a", 0)?, arguments.numbers("b", 1)?);
            let length = first.len().max(second.len());
            if first.is_empty() || second.is_empty() {
                return Err(bad(arguments.call, "er zijn geen waarden"));
            }
            let at = |list: &[f64], place: usize| list[place % list.len()];
            let values = (0..length).map(|place| two(at(&first, place), at(&second, place)));
            return Ok(Some(Value::Numbers(values.collect())));
        }
        _ => return Ok(None),
    };
    let values: Vec<f64> = arguments.numbers("x", 0)?.into_iter().map(one).collect();
    arguments.warn_of_nan(&values);
    Ok(Some(Value::Numbers(values)))
}
