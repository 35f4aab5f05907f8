//! JSON that keeps the order of its fields, since R's columns have one.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value with its fields in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// NA, or absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; the texts `NaN`, `Inf` and `-Inf` are numbers too.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    Array(Vec<Tree>),
    /// Named values.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// The field called `name`.
    ///
    /// ```
    /// use fit::reference::Tree;
    /// let tree: Tree = serde_json::from_str(r#"{"n": 2, "surv": [0.5, null]}"#)?;
    /// assert_eq!(tree.get("n"), Some(&Tree::Number(2.0)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<&Tree> {
        self.fields()
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value)
    }

    /// The fields; none if this is no object.
    ///
    /// ```
    /// use fit::reference::Tree;
    /// let tree: Tree = serde_json::from_str(r#"{"n": 2, "surv": [0.5, null]}"#)?;
    /// assert_eq!(tree.fields().len(), 2);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn fields(&self) -> &[(String, Tree)] {
        match self {
            Self::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The elements; `None` if this is no array.
    ///
    /// ```
    /// use fit::reference::Tree;
    /// let tree: Tree = serde_json::from_str(r#"{"n": 2, "surv": [0.5, null]}"#)?;
    /// assert!(tree.get("surv").and_then(Tree::elements).is_some_and(|all| all.len() == 2));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn elements(&self) -> Option<&[Tree]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The number; NA is NaN. `None` for anything else.
    ///
    /// ```
    /// use fit::reference::Tree;
    /// let tree: Tree = serde_json::from_str(r#"{"n": 2, "surv": [0.5, null]}"#)?;
    /// assert_eq!(tree.get("n").and_then(Tree::number), Some(2.0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Null => Some(f64::NAN),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            _ => None,
        }
    }

    /// The numbers of an array of numbers.
    ///
    /// ```
    /// use fit::reference::Tree;
    /// let tree: Tree = serde_json::from_str(r#"{"n": 2, "surv": [0.5, null]}"#)?;
    /// let numbers = tree.get("surv").and_then(Tree::numbers).unwrap_or_default();
    /// assert!(numbers[0] == 0.5 && numbers[1].is_nan());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn numbers(&self) -> Option<Vec<f64>> {
        self.elements()?.iter().map(Tree::number).collect()
    }

    fn text(text: String) -> Self {
        match text.as_str() {
            "NaN" => Self::Number(f64::NAN),
            "Inf" => Self::Number(f64::INFINITY),
            "-Inf" => Self::Number(f64::NEG_INFINITY),
            _ => Self::Text(text),
        }
    }
}

impl From<&serde_json::Value> for Tree {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::text(text.clone()),
            Value::Array(elements) => Self::Array(elements.iter().map(Self::from).collect()),
            Value::Object(fields) => Self::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::text(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Tree::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = access.next_entry()? {
            fields.push(field);
        }
        Ok(Tree::Object(fields))
    }
}
