//! Numbers, vectors and tables as JSON, in the layout of the reference cases.
//!
//! JSON has no NaN and no infinity: they are the texts `"NaN"`, `"Inf"` and `"-Inf"`; what R
//! calls NA is `null`. A matrix is an array of rows; a table is an object of columns.

use serde_json::{Map, Value};

/// A number; NaN and infinities as text.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::number(0.5), json!(0.5));
/// assert_eq!(json::number(f64::INFINITY), json!("Inf"));
/// ```
pub fn number(x: f64) -> Value {
    match serde_json::Number::from_f64(x) {
        Some(number) => Value::Number(number),
        None if x.is_nan() => Value::from("NaN"),
        None if x > 0.0 => Value::from("Inf"),
        None => Value::from("-Inf"),
    }
}

/// A number that may be absent (R's NA).
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::optional(None), json!(null));
/// ```
pub fn optional(x: Option<f64>) -> Value {
    x.map_or(Value::Null, number)
}

/// A number that is absent (R's NA) where it is NaN.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::or_na(f64::NAN), json!(null));
/// ```
pub fn or_na(x: f64) -> Value {
    if x.is_nan() { Value::Null } else { number(x) }
}

/// A vector.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::numbers(&[1.5, f64::NAN]), json!([1.5, "NaN"]));
/// ```
pub fn numbers(x: &[f64]) -> Value {
    Value::Array(x.iter().map(|&x| number(x)).collect())
}

/// A vector whose NaN are absent values (R's NA).
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::numbers_or_na(&[1.5, f64::NAN]), json!([1.5, null]));
/// ```
pub fn numbers_or_na(x: &[f64]) -> Value {
    Value::Array(x.iter().map(|&x| or_na(x)).collect())
}

/// A vector of values that may be absent.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::optionals(&[Some(1.5), None]), json!([1.5, null]));
/// ```
pub fn optionals(x: &[Option<f64>]) -> Value {
    Value::Array(x.iter().map(|&x| optional(x)).collect())
}

/// Texts.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::texts(&["a", "b"]), json!(["a", "b"]));
/// ```
pub fn texts<T: AsRef<str>>(x: &[T]) -> Value {
    Value::Array(x.iter().map(|text| Value::from(text.as_ref())).collect())
}

/// A matrix, given column after column, as an array of rows.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::rows(&[1.0, 2.0, 3.0, 4.0], 2), json!([[1.0, 3.0], [2.0, 4.0]]));
/// ```
pub fn rows(column_major: &[f64], rows: usize) -> Value {
    let columns = column_major.len().checked_div(rows).unwrap_or(0);
    let cell = |row: usize, column: usize| number(column_major[column * rows + row]);
    let row = |row: usize| (0..columns).map(|column| cell(row, column)).collect();
    Value::Array((0..rows).map(row).map(Value::Array).collect())
}

/// A table: name → column.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::columns([("n", json!(3))]), json!({"n": 3}));
/// ```
pub fn columns<N: AsRef<str>>(table: impl IntoIterator<Item = (N, Value)>) -> Value {
    let named = table
        .into_iter()
        .map(|(name, column)| (name.as_ref().to_owned(), column));
    Value::Object(named.collect::<Map<_, _>>())
}

/// Columns named `c1`, `c2`, …, as the reference cases name those of matrices without names.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// assert_eq!(json::numbered_columns(&[1.0, 2.0], 1), json!({"c1": [1.0], "c2": [2.0]}));
/// ```
pub fn numbered_columns(column_major: &[f64], rows: usize) -> Value {
    if rows == 0 {
        return Value::Object(Map::new());
    }
    let column = |(place, column): (usize, &[f64])| (format!("c{}", place + 1), numbers(column));
    columns(column_major.chunks(rows).enumerate().map(column))
}

/// R's printed table: `{"rownames": […], "columns": {…}}`.
///
/// ```
/// use fit::json;
/// use serde_json::json;
/// let table = json::table(&["age"], [("coef", json!([0.5]))]);
/// assert_eq!(table, json!({"rownames": ["age"], "columns": {"coef": [0.5]}}));
/// ```
pub fn table<R: AsRef<str>, N: AsRef<str>>(
    row_names: &[R],
    table: impl IntoIterator<Item = (N, Value)>,
) -> Value {
    let mut object = Map::new();
    object.insert("rownames".into(), texts(row_names));
    object.insert("columns".into(), columns(table));
    Value::Object(object)
}
