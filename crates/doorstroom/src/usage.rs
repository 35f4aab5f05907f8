//! A wrong command line, told in Dutch.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// One sentence on what is wrong, and where help is.
pub fn sentence(error: &Error) -> String {
    let wrong = match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("`{}` past hier niet", given(error, ContextKind::InvalidArg))
        }
        ErrorKind::InvalidSubcommand => format!(
            "De opdracht `{}` bestaat niet",
            given(error, ContextKind::InvalidSubcommand)
        ),
        ErrorKind::MissingRequiredArgument => format!(
            "Er ontbreekt iets: {}",
            given(error, ContextKind::InvalidArg)
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => value(error),
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::TooManyValues => format!(
            "`{}` is te veel bij `{}`",
            given(error, ContextKind::InvalidValue),
            given(error, ContextKind::InvalidArg)
        ),
        ErrorKind::InvalidUtf8 => "De opdracht bevat tekens die geen geldige tekst zijn".into(),
        _ => "De opdracht klopt niet".into(),
    };
    format!("{wrong}. Zie `doorstroom --help`, of `doorstroom OPDRACHT --help`.")
}

fn conflict(error: &Error) -> String {
    let argument = given(error, ContextKind::InvalidArg);
    let other = given(error, ContextKind::PriorArg);
    if other.is_empty() || other == argument {
        format!("`{argument}` kan hier maar één keer")
    } else {
        format!("`{argument}` kan niet samen met `{other}`")
    }
}

fn value(error: &Error) -> String {
    let argument = given(error, ContextKind::InvalidArg);
    let value = given(error, ContextKind::InvalidValue);
    let choices = given(error, ContextKind::ValidValue);
    match (value.is_empty(), choices.is_empty()) {
        (true, _) => format!("Bij `{argument}` ontbreekt een waarde"),
        (false, true) => format!("`{value}` kan niet bij `{argument}`"),
        (false, false) => format!("`{value}` kan niet bij `{argument}`; kies uit {choices}"),
    }
}

/// What the parser says of this kind, or nothing.
fn given(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    }
}
