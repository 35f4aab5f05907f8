//! Why a formula cannot be read or used. The sentences are Dutch: users of `doorstroom fit` read them.

/// Why a formula, an expression or a table cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The text is longer than [`crate::limits::TEXT`].
    #[error(
        "De formule is te lang ({length} tekens; hoogstens {}).",
        crate::limits::TEXT
    )]
    TooLong {
        /// Characters found.
        length: usize,
    },
    /// Brackets, calls or chains of operators are nested too deeply.
    #[error(
        "De formule is te diep genest (hoogstens {} niveaus).",
        crate::limits::NESTING
    )]
    TooDeep,
    /// A table, an interaction or a basis would become too large.
    #[error("{what} wordt te groot (hoogstens {limit}).")]
    TooLarge {
        /// What grows.
        what: String,
        /// The limit that it passes.
        limit: usize,
    },
    /// The text is no formula.
    #[error("De formule is niet te lezen bij teken {position}: {message}.")]
    Syntax {
        /// Position of the character, from 1.
        position: usize,
        /// What is wrong.
        message: String,
    },
    /// A part of a formula that has no meaning as a term.
    #[error("'{part}' kan geen term van een model zijn.")]
    NoTerm {
        /// The part, as R would print it.
        part: String,
    },
    /// A name that is no column.
    #[error("Er is geen kolom '{name}'.{}", hint(.near))]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// A column with a similar name.
        near: Option<String>,
    },
    /// A function that does not exist here.
    #[error("De functie '{function}' bestaat hier niet.")]
    UnknownFunction {
        /// Its name.
        function: String,
    },
    /// A function that got arguments it cannot use.
    #[error("{function}(): {message}.")]
    Argument {
        /// The function.
        function: String,
        /// What is wrong.
        message: String,
    },
    /// Columns or constants of lengths that do not fit together.
    #[error("In '{part}' passen lengtes {left} en {right} niet op elkaar.")]
    Lengths {
        /// The expression, as R would print it.
        part: String,
        /// Length on the left.
        left: usize,
        /// Length on the right.
        right: usize,
    },
    /// A value of a kind that cannot be used in this place.
    #[error("'{part}' is geen {wanted}.")]
    Kind {
        /// The expression, as R would print it.
        part: String,
        /// What is needed here.
        wanted: &'static str,
    },
    /// A factor with one level cannot be a term.
    #[error(
        "'{variable}' heeft in de gebruikte rijen {} en kan daarom geen effect hebben.",
        few_levels(*.levels)
    )]
    OneLevel {
        /// The variable.
        variable: String,
        /// How many levels it has: 1 or 0.
        levels: usize,
    },
    /// No row is left after missing values and selections.
    #[error(
        "Er blijft geen rij over: {read} gelezen, {missing} weggelaten om ontbrekende waarden."
    )]
    NoRows {
        /// Rows before values were missed.
        read: usize,
        /// Rows left out because a value is missing.
        missing: usize,
    },
    /// A level of new data that the model does not know.
    #[error("'{variable}' kent in het model geen niveau '{level}'.")]
    UnknownLevel {
        /// The variable.
        variable: String,
        /// The level.
        level: String,
    },
    /// A table that cannot be read.
    #[error("De tabel is niet te lezen: {message}.")]
    Table {
        /// What is wrong, with the line where it is known.
        message: String,
    },
}

fn hint(near: &Option<String>) -> String {
    near.as_ref()
        .map(|name| format!(" Bedoelt u '{name}'?"))
        .unwrap_or_default()
}

fn few_levels(levels: usize) -> &'static str {
    match levels {
        0 => "geen enkele waarde",
        _ => "maar één niveau",
    }
}

impl Error {
    /// A name for programs: stable, English, in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "formula_too_long",
            Self::TooDeep => "formula_too_deep",
            Self::TooLarge { .. } => "too_large",
            Self::Syntax { .. } => "formula_syntax",
            Self::NoTerm { .. } => "no_term",
            Self::UnknownColumn { .. } => "unknown_column",
            Self::UnknownFunction { .. } => "unknown_function",
            Self::Argument { .. } => "bad_argument",
            Self::Lengths { .. } => "lengths_differ",
            Self::Kind { .. } => "wrong_kind",
            Self::OneLevel { .. } => "one_level_factor",
            Self::NoRows { .. } => "no_rows",
            Self::UnknownLevel { .. } => "unknown_level",
            Self::Table { .. } => "unreadable_table",
        }
    }

    pub(crate) fn argument(function: &str, message: impl Into<String>) -> Self {
        Self::Argument {
            function: function.into(),
            message: message.into(),
        }
    }
}
