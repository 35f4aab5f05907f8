//! What a fit gives.

use crate::{Rows, Warning};
use serde_json::{Value, json};

/// Numbers with R's names, and a text like R's `summary`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The numbers, under the names that R gives them.
    pub result: Value,
    /// What `--format text` prints.
    pub summary: String,
}

impl Fitted {
    /// Numbers and text.
    ///
    /// ```
    /// use fit::Fitted;
    /// assert_eq!(Fitted::new(serde_json::json!({"n": 2}), "n=2").summary, "n=2");
    /// ```
    pub fn new(result: Value, summary: impl Into<String>) -> Self {
        Self {
            result,
            summary: summary.into(),
        }
    }
}

/// A fit with all that was said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The name of the procedure.
    pub procedure: String,
    /// The numbers and the text.
    pub fitted: Fitted,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// Rows read and used, where a table was read.
    pub rows: Option<Rows>,
}

impl Outcome {
    /// The outcome as data: see `docs/fit.schema.json`.
    ///
    /// ```
    /// use fit::{Fitted, Outcome, Rows};
    /// let outcome = Outcome {
    ///     procedure: "km".into(),
    ///     fitted: Fitted::new(serde_json::json!({"n": 2}), "n=2"),
    ///     warnings: Vec::new(),
    ///     rows: Some(Rows { read: 3, used: 2 }),
    /// };
    /// assert_eq!(outcome.to_json()["result"]["n"], 2);
    /// ```
    pub fn to_json(&self) -> Value {
        let warnings: Vec<Value> = self
            .warnings
            .iter()
            .map(|warning| json!({"code": warning.code, "message": warning.message}))
            .collect();
        json!({
            "procedure": self.procedure,
            "rows": self.rows.map(|rows| json!({"read": rows.read, "used": rows.used})),
            "warnings": warnings,
            "result": self.fitted.result,
        })
    }

    /// The outcome as text.
    ///
    /// ```
    /// use fit::{Fitted, Outcome, Rows};
    /// let outcome = Outcome {
    ///     procedure: "km".into(),
    ///     fitted: Fitted::new(serde_json::json!({"n": 2}), "n=2"),
    ///     warnings: Vec::new(),
    ///     rows: Some(Rows { read: 3, used: 2 }),
    /// };
    /// assert!(outcome.to_text().contains("1 van 3 rijen weggelaten"));
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = self.fitted.summary.clone();
        if let Some(rows) = self.rows.filter(|rows| rows.used < rows.read) {
            text.push_str(&format!(
                "\n  ({} van {} rijen weggelaten: een waarde ontbreekt)\n",
                rows.read - rows.used,
                rows.read
            ));
        }
        text
    }
}
