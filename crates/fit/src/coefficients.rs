//! Tables of coefficients, as R's `summary` gives and prints them.

use crate::json;
use crate::text::{TextTable, p_value, signif};
use serde_json::Value;
use statistics::distribution::Normal;
use statistics::matrix::Matrix;

/// Coefficients and what belongs to them: standard errors, test statistics, p-values.
#[derive(Clone, Debug, Default)]
pub struct Coefficients {
    names: Vec<String>,
    columns: Vec<(String, Vec<f64>)>,
}

impl Coefficients {
    /// A table without columns.
    ///
    /// ```
    /// use fit::coefficients::Coefficients;
    /// let table = Coefficients::new(&["age".to_owned()]).with("coef", vec![0.5]).with("p", vec![0.04]);
    /// assert_eq!(table.to_json()["rownames"][0], "age");
    /// ```
    pub fn new(names: &[String]) -> Self {
        Self {
            names: names.to_vec(),
            columns: Vec::new(),
        }
    }

    /// The table with one column more, under R's name; NaN is a coefficient that is NA.
    ///
    /// ```
    /// use fit::coefficients::Coefficients;
    /// let table = Coefficients::new(&["age".to_owned()]).with("coef", vec![0.5]).with("p", vec![0.04]);
    /// assert_eq!(table.to_json()["columns"]["p"][0], 0.04);
    /// ```
    #[must_use]
    pub fn with(mut self, name: &str, values: Vec<f64>) -> Self {
        self.columns.push((name.into(), values));
        self
    }

    /// `{"rownames": […], "columns": {…}}`.
    ///
    /// ```
    /// use fit::coefficients::Coefficients;
    /// let table = Coefficients::new(&["age".to_owned()]).with("coef", vec![0.5]).with("p", vec![0.04]);
    /// assert_eq!(table.to_json()["columns"]["coef"][0], 0.5);
    /// ```
    pub fn to_json(&self) -> Value {
        let columns = self.columns.iter();
        json::table(
            &self.names,
            columns.map(|(name, values)| (name, json::numbers_or_na(values))),
        )
    }

    /// The lines as R prints them; a column named `Pr(…)` or `p` holds p-values, and gets stars
    /// beside it.
    ///
    /// ```
    /// use fit::coefficients::Coefficients;
    /// let table = Coefficients::new(&["age".to_owned()]).with("coef", vec![0.5]).with("p", vec![0.04]);
    /// assert!(table.to_text().contains("age  0.5 0.04 *"));
    /// ```
    pub fn to_text(&self) -> String {
        let has_p = self.columns.iter().any(|(name, _)| is_p(name));
        let last = has_p.then(String::new);
        let header = self
            .columns
            .iter()
            .map(|(name, _)| name.clone())
            .chain(last);
        let mut table = TextTable::new(header);
        for (row, name) in self.names.iter().enumerate() {
            let cells = self
                .columns
                .iter()
                .map(|(name, values)| cell(name, values[row]));
            let p = self.columns.iter().find(|(name, _)| is_p(name));
            let stars = p.map(|(_, values)| stars(values[row]).to_owned());
            table.row(name.clone(), cells.chain(stars));
        }
        let mut text = table.print();
        if has_p {
            text.push_str("---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n");
        }
        text
    }
}

/// The standard errors that a covariance implies.
///
/// ```
/// use statistics::matrix::Matrix;
/// let covariance = Matrix::from_columns(&[[4.0, 1.0], [1.0, 9.0]]);
/// assert_eq!(fit::coefficients::std_errs(&covariance), [2.0, 3.0]);
/// ```
pub fn std_errs(covariance: &Matrix) -> Vec<f64> {
    let variances = covariance.diagonal_values();
    variances.into_iter().map(f64::sqrt).collect()
}

/// Estimates over their standard errors: Wald's z or t.
///
/// ```
/// assert_eq!(fit::coefficients::ratios(&[3.0, -1.0], &[1.5, 0.5]), [2.0, -2.0]);
/// ```
pub fn ratios(estimates: &[f64], std_errs: &[f64]) -> Vec<f64> {
    let pairs = estimates.iter().zip(std_errs);
    pairs
        .map(|(estimate, std_err)| estimate / std_err)
        .collect()
}

/// Two-sided p-values of statistics that are normal; NaN (a coefficient that is NA) stays NaN.
///
/// ```
/// let p = fit::coefficients::normal_p_values(&[0.0, f64::NAN]);
/// assert!((p[0] - 1.0).abs() < 1e-15);
/// assert!(p[1].is_nan());
/// ```
pub fn normal_p_values(z: &[f64]) -> Vec<f64> {
    let p = |&z: &f64| Normal::two_sided(z);
    z.iter().map(p).collect()
}

fn is_p(name: &str) -> bool {
    name.starts_with("Pr(") || name == "p" || name == "p.value"
}

fn cell(column: &str, value: f64) -> String {
    match value {
        _ if value.is_nan() => "NA".into(),
        _ if is_p(column) => p_value(value),
        _ => signif(value, 5),
    }
}

fn stars(p: f64) -> &'static str {
    match p {
        _ if p < 0.001 => "***",
        _ if p < 0.01 => "**",
        _ if p < 0.05 => "*",
        _ if p < 0.1 => ".",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::Coefficients;

    #[test]
    fn prints_as_r_does() {
        let names = ["age", "sexM"].map(String::from);
        let table = Coefficients::new(&names)
            .with("coef", vec![0.0110667, f64::NAN])
            .with("Pr(>|z|)", vec![0.00098, f64::NAN]);
        let lines: Vec<String> = table.to_text().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "         coef Pr(>|z|)");
        assert_eq!(lines[1], "age  0.011067  0.00098 ***");
        assert_eq!(lines[2], "sexM       NA       NA");
        assert!(table.to_json()["columns"]["coef"][1].is_null());
    }
}
