//! Compares two trees leaf by leaf.

use super::align;
use super::moments::Part;
use super::tree::Tree;

/// Added to the relative tolerance, for values near 0.
const ABSOLUTE: f64 = 1e-10;

/// Fields that say how R got there, not what it found.
const INFORMATION: &[&str] = &["iter", "r_warnings"];

/// Mismatches beyond this many are only counted.
const SHOWN: usize = 20;

/// How far a result is from what was expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Leaves compared.
    pub compared: usize,
    /// The largest difference, as a part of the tolerance's base: at most `rtol` passes.
    pub largest: f64,
    /// The field with the largest difference.
    pub field: String,
    /// Fields that differ by more than the tolerance, are absent or are of another kind.
    pub mismatches: Vec<String>,
    /// How many there are.
    pub failed: usize,
}

impl Comparison {
    /// Whether all leaves agree, and there was something to compare.
    ///
    /// ```
    /// use fit::reference::{Tree, compare};
    /// let comparison = compare(&Tree::Number(1.0), &Tree::Number(1.0 + 1e-12), 1e-8);
    /// assert!(comparison.passes());
    /// ```
    pub fn passes(&self) -> bool {
        self.failed == 0 && self.compared > 0
    }
}

/// Compares a result with what was expected of it.
///
/// ```
/// use fit::reference::{Tree, compare};
/// let comparison = compare(&Tree::Number(1.0), &Tree::Number(1.0 + 1e-12), 1e-8);
/// assert_eq!((comparison.compared, comparison.failed), (1, 0));
/// ```
pub fn compare(expected: &Tree, actual: &Tree, rtol: f64) -> Comparison {
    let mut walk = Walk {
        rtol,
        comparison: Comparison::default(),
    };
    walk.value("", expected, actual);
    walk.comparison
}

struct Walk {
    rtol: f64,
    comparison: Comparison,
}

impl Walk {
    fn mismatch(&mut self, path: &str, message: impl std::fmt::Display) {
        self.comparison.failed += 1;
        if self.comparison.mismatches.len() < SHOWN {
            let path = if path.is_empty() { "(alles)" } else { path };
            self.comparison
                .mismatches
                .push(format!("{path}: {message}"));
        }
    }

    fn value(&mut self, path: &str, expected: &Tree, actual: &Tree) {
        match (expected, actual) {
            (Tree::Object(_), Tree::Object(_)) => self.object(path, expected, actual),
            (Tree::Object(fields), Tree::Array(elements)) => {
                self.named_array(path, fields, elements);
            }
            (Tree::Array(a), Tree::Array(b)) => self.array(path, a, b),
            // R drops the list around a single value.
            (Tree::Array(a), single) if a.len() == 1 => self.value(path, &a[0], single),
            (single, Tree::Array(b)) if b.len() == 1 => self.value(path, single, &b[0]),
            (Tree::Array(rows), Tree::Object(_)) => self.numbered_columns(path, rows, actual),
            _ => self.leaf(path, expected, actual),
        }
    }

    fn object(&mut self, path: &str, expected: &Tree, actual: &Tree) {
        let map = match align::rows(expected, actual) {
            Some(Err(message)) => return self.mismatch(path, message),
            Some(Ok(map)) => Some(map),
            None => None,
        };
        let moved = map.as_ref().is_some_and(|map| {
            map.iter()
                .enumerate()
                .any(|(row, place)| *place != Some(row))
        });
        for (name, value) in expected.fields() {
            if INFORMATION.contains(&name.as_str()) {
                continue;
            }
            let path = join(path, name);
            match (&map, actual.get(name)) {
                // The lengths of curves may count rows that don't count.
                (Some(_), Some(_)) if name == "strata" && moved => {}
                (Some(map), Some(found)) => {
                    let (value, found) = picked(map, value, found);
                    self.value(&path, &value, &found);
                }
                (None, Some(found)) => self.value(&path, value, found),
                (_, None) => self.absent(&path, name, expected, actual),
            }
        }
    }

    /// A field that we don't have under its name: NA, a part of a whole, or really absent.
    fn absent(&mut self, path: &str, name: &str, expected: &Tree, actual: &Tree) {
        let value = expected.get(name).unwrap_or(&Tree::Null);
        if *value == Tree::Null {
            self.comparison.compared += 1;
            return;
        }
        if let Some(whole) = name.strip_suffix(".greater.than") {
            return self.greater(path, value, actual.get(whole));
        }
        if let Some((whole, part)) = Part::of(name) {
            let whole = if whole.is_empty() {
                Some(actual)
            } else {
                actual.get(whole)
            };
            let names = column_names(expected);
            if let Some(found) = whole.and_then(|whole| part.take(whole, &names)) {
                return self.value(path, value, &found);
            }
        }
        if name == "dim" {
            // Shapes are compared with the values themselves.
            return;
        }
        self.mismatch(path, "ontbreekt");
    }

    fn greater(&mut self, path: &str, bound: &Tree, whole: Option<&Tree>) {
        let bound = bound.number().unwrap_or(f64::NAN);
        let numbers =
            whole.and_then(|whole| whole.numbers().or_else(|| Some(vec![whole.number()?])));
        let largest = numbers
            .unwrap_or_default()
            .into_iter()
            .map(f64::abs)
            .fold(0.0, f64::max);
        self.comparison.compared += 1;
        if largest <= bound || bound.is_nan() {
            self.mismatch(path, format!("{largest} is niet groter dan {bound}"));
        }
    }

    /// Named values or columns against values without names, in R's order.
    fn named_array(&mut self, path: &str, fields: &[(String, Tree)], elements: &[Tree]) {
        let is_rows = fields.iter().all(|(_, column)| column.elements().is_some())
            && elements
                .iter()
                .all(|row| row.elements().is_some_and(|row| row.len() == fields.len()));
        let parts: Vec<(&String, &Tree, Option<Part>)> = fields
            .iter()
            .map(|(name, value)| (name, value, Part::of(name).map(|(_, part)| part)))
            .collect();
        if parts
            .iter()
            .all(|(name, _, part)| part.is_some() || *name == "dim")
        {
            let whole = Tree::Array(elements.to_vec());
            for (name, value, part) in parts {
                let path = join(path, name);
                match part.and_then(|part| part.take(&whole, &[])) {
                    Some(found) => self.value(&path, value, &found),
                    None if name == "dim" => {}
                    None => self.mismatch(&path, "is uit het resultaat niet te berekenen"),
                }
            }
        } else if is_rows {
            for (place, (name, column)) in fields.iter().enumerate() {
                let cell = |row: &Tree| row.elements().map_or(Tree::Null, |row| row[place].clone());
                let found = Tree::Array(elements.iter().map(cell).collect());
                self.value(&join(path, name), column, &found);
            }
        } else if fields.len() == elements.len() {
            for ((name, value), found) in fields.iter().zip(elements) {
                self.value(&join(path, name), value, found);
            }
        } else {
            let message = format!(
                "{} velden verwacht, {} gevonden",
                fields.len(),
                elements.len()
            );
            self.mismatch(path, message);
        }
    }

    /// R's array of rows against our columns c1, c2, …
    fn numbered_columns(&mut self, path: &str, rows: &[Tree], actual: &Tree) {
        let width = rows
            .first()
            .and_then(Tree::elements)
            .map_or(0, <[Tree]>::len);
        if width == 0 || width != actual.fields().len() {
            return self.mismatch(path, "een lijst verwacht, velden gevonden");
        }
        for place in 0..width {
            let name = format!("c{}", place + 1);
            let cell = |row: &Tree| row.elements().and_then(|row| row.get(place)).cloned();
            let column = rows
                .iter()
                .map(|row| cell(row).unwrap_or(Tree::Null))
                .collect();
            match actual.get(&name) {
                Some(found) => self.value(&join(path, &name), &Tree::Array(column), found),
                None => self.mismatch(&join(path, &name), "ontbreekt"),
            }
        }
    }

    fn array(&mut self, path: &str, expected: &[Tree], actual: &[Tree]) {
        if expected.len() != actual.len() {
            if let (Some(a), Some(b)) = (unnested(expected), unnested(actual))
                && a.len() == b.len()
            {
                return self.array(path, &a, &b);
            }
            if is_head_of_labels(expected, actual) {
                return self.array(path, expected, &actual[..expected.len()]);
            }
            let message = format!(
                "lengte {} verwacht, {} gevonden",
                expected.len(),
                actual.len()
            );
            return self.mismatch(path, message);
        }
        for (place, (a, b)) in expected.iter().zip(actual).enumerate() {
            self.value(&format!("{path}[{}]", place + 1), a, b);
        }
    }

    fn leaf(&mut self, path: &str, expected: &Tree, actual: &Tree) {
        self.comparison.compared += 1;
        match (expected, actual) {
            (Tree::Null, Tree::Null) => {}
            (Tree::Number(a), Tree::Number(b)) => self.numbers(path, *a, *b),
            (Tree::Bool(a), Tree::Bool(b)) if a == b => {}
            (Tree::Bool(a), Tree::Number(b)) if f64::from(u8::from(*a)) == *b => {}
            (Tree::Number(a), Tree::Bool(b)) if f64::from(u8::from(*b)) == *a => {}
            (Tree::Text(a), Tree::Text(b)) if a == b => {}
            // R's names of numbers are text.
            (Tree::Text(a), Tree::Number(b)) if a.parse() == Ok(*b) => {}
            (Tree::Number(a), Tree::Text(b)) if b.parse() == Ok(*a) => {}
            _ => self.mismatch(
                path,
                format!("{} verwacht, {} gevonden", shown(expected), shown(actual)),
            ),
        }
    }

    fn numbers(&mut self, path: &str, expected: f64, actual: f64) {
        let by_kind = !expected.is_finite() || !actual.is_finite();
        if by_kind {
            if expected != actual && !(expected.is_nan() && actual.is_nan()) {
                self.mismatch(path, format!("{expected} verwacht, {actual} gevonden"));
            }
            return;
        }
        // |a − b| ≤ rtol·|b| + 1e-10, written as one ratio.
        let base = expected.abs() + ABSOLUTE / self.rtol;
        let difference = (expected - actual).abs() / base;
        if difference > self.comparison.largest {
            self.comparison.largest = difference;
            self.comparison.field = path.into();
        }
        if difference > self.rtol {
            self.mismatch(
                path,
                format!("{expected} verwacht, {actual} gevonden ({difference:.1e})"),
            );
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.into()
    } else {
        format!("{path}${name}")
    }
}

/// The names of columns that a head gives, for the moments beside it.
fn column_names(expected: &Tree) -> Vec<&str> {
    let head = expected
        .fields()
        .iter()
        .find(|(name, _)| matches!(Part::of(name), Some(("", Part::First(_)))));
    let names = head.map(|(_, head)| head.fields()).unwrap_or_default();
    names.iter().map(|(name, _)| name.as_str()).collect()
}

/// Labels that the reference cut short: of long results it keeps the head, and of labels no sum.
fn is_head_of_labels(expected: &[Tree], actual: &[Tree]) -> bool {
    const SHORTEST: usize = 50;
    expected.len() >= SHORTEST
        && expected.len() < actual.len()
        && expected.iter().all(|label| matches!(label, Tree::Text(_)))
}

/// A matrix with one row or one column as a plain array.
fn unnested(elements: &[Tree]) -> Option<Vec<Tree>> {
    match elements {
        [Tree::Array(only)] => Some(only.clone()),
        _ => elements
            .iter()
            .map(|element| match element {
                Tree::Array(single) if single.len() == 1 => Some(single[0].clone()),
                Tree::Array(_) => None,
                other => Some(other.clone()),
            })
            .collect(),
    }
}

/// The rows of both sides that answer each other.
fn picked(map: &[Option<usize>], expected: &Tree, actual: &Tree) -> (Tree, Tree) {
    match (expected, actual) {
        (Tree::Array(a), Tree::Array(b)) if a.len() == map.len() => {
            let pairs = map.iter().enumerate().filter_map(|(row, place)| {
                let place = (*place)?;
                Some((a[row].clone(), b.get(place).cloned().unwrap_or(Tree::Null)))
            });
            let (a, b) = pairs.unzip();
            (Tree::Array(a), Tree::Array(b))
        }
        (Tree::Object(fields), Tree::Object(_)) => {
            let (mut a, mut b) = (Vec::new(), actual.clone());
            for (name, value) in fields {
                match actual.get(name) {
                    Some(found) if value.elements().is_some_and(|v| v.len() == map.len()) => {
                        let (value, found) = picked(map, value, found);
                        a.push((name.clone(), value));
                        replace(&mut b, name, found);
                    }
                    _ => a.push((name.clone(), value.clone())),
                }
            }
            (Tree::Object(a), b)
        }
        _ => (expected.clone(), actual.clone()),
    }
}

fn replace(tree: &mut Tree, name: &str, value: Tree) {
    if let Tree::Object(fields) = tree
        && let Some(field) = fields.iter_mut().find(|(field, _)| field == name)
    {
        field.1 = value;
    }
}

fn shown(tree: &Tree) -> String {
    match tree {
        Tree::Null => "NA".into(),
        Tree::Bool(value) => value.to_string(),
        Tree::Number(number) => number.to_string(),
        Tree::Text(text) => format!("\"{}\"", text.chars().take(40).collect::<String>()),
        Tree::Array(elements) => format!("een lijst van {}", elements.len()),
        Tree::Object(fields) => format!("{} velden", fields.len()),
    }
}
