//! Orthogonal polynomials over given points, by the three-term recurrence (Kennedy and Gentle
//! 1980, § 8.5.3).

/// Values of orthogonal polynomials of degree 1, 2, … and the recurrence that gives them.
pub(crate) struct Orthogonal {
    /// One column per degree, of length 1.
    pub(crate) columns: Vec<Vec<f64>>,
    /// Centres of the recurrence.
    pub(crate) alpha: Vec<f64>,
    /// Squared lengths, from "degree −1" (always 1) on.
    pub(crate) norm2: Vec<f64>,
}

/// Polynomials over `x` up to `degree`.
pub(crate) fn orthogonal(x: &[f64], degree: usize) -> Orthogonal {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let mut alpha = vec![mean];
    let mut norm2 = vec![1.0, x.len() as f64];
    let (mut before, mut last) = (vec![0.0; x.len()], vec![1.0; x.len()]);
    let mut columns = Vec::with_capacity(degree);
    for k in 0..degree {
        let ratio = norm2[k + 1] / norm2[k];
        let ratio = if k == 0 { 0.0 } else { ratio };
        let next: Vec<f64> = (0..x.len())
            .map(|row| (x[row] - alpha[k]) * last[row] - ratio * before[row])
            .collect();
        let square: f64 = next.iter().map(|p| p * p).sum();
        let centre = next.iter().zip(x).map(|(p, x)| p * p * x).sum::<f64>() / square;
        norm2.push(square);
        alpha.push(centre);
        columns.push(next.iter().map(|p| p / square.sqrt()).collect());
        before = std::mem::replace(&mut last, next);
    }
    alpha.truncate(degree);
    Orthogonal {
        columns,
        alpha,
        norm2,
    }
}

/// The same polynomials at other points.
pub(crate) fn at(x: &[f64], alpha: &[f64], norm2: &[f64]) -> Vec<Vec<f64>> {
    let (mut before, mut last) = (vec![0.0; x.len()], vec![1.0; x.len()]);
    let mut columns = Vec::with_capacity(alpha.len());
    for (k, centre) in alpha.iter().enumerate() {
        let ratio = if k == 0 { 0.0 } else { norm2[k + 1] / norm2[k] };
        let next: Vec<f64> = (0..x.len())
            .map(|row| (x[row] - centre) * last[row] - ratio * before[row])
            .collect();
        columns.push(next.iter().map(|p| p / norm2[k + 2].sqrt()).collect());
        before = std::mem::replace(&mut last, next);
    }
    columns
}
