use crate::NotEstimable;
use crate::matrix::{Cholesky, Matrix};

/// The lower triangle of a matrix of order `q`, column after column: how `theta` is stored.
fn places(q: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..q).flat_map(move |column| (column..q).map(move |row| (row, column)))
}

/// How many parameters terms with these numbers of effects have together.
pub(super) fn parameters(sizes: &[usize]) -> usize {
    sizes.iter().map(|q| q * (q + 1) / 2).sum()
}

/// The factors Λ of the terms: the covariance of a term's effects is σ² ΛΛ'.
pub(super) fn factors(sizes: &[usize], theta: &[f64]) -> Vec<Matrix> {
    let mut values = theta.iter();
    let factor = |&q: &usize| {
        let mut factor = Matrix::zeros(q, q);
        for place in places(q) {
            factor[place] = *values.next().expect("one value per place");
        }
        factor
    };
    sizes.iter().map(factor).collect()
}

/// The parameters in matrices of the terms' orders.
pub(super) fn theta(matrices: &[Matrix]) -> Vec<f64> {
    let of = |matrix: &Matrix| -> Vec<f64> {
        places(matrix.rows()).map(|place| matrix[place]).collect()
    };
    matrices.iter().flat_map(of).collect()
}

/// For each parameter its term, row and column.
pub(super) fn layout(sizes: &[usize]) -> Vec<(usize, usize, usize)> {
    let of = |(term, &q): (usize, &usize)| {
        places(q)
            .map(|(row, column)| (term, row, column))
            .collect::<Vec<_>>()
    };
    sizes.iter().enumerate().flat_map(of).collect()
}

/// θ of effects that are independent with variance σ².
pub(super) fn identity(sizes: &[usize]) -> Vec<f64> {
    let diagonal = |(_, row, column)| f64::from(u8::from(row == column));
    layout(sizes).into_iter().map(diagonal).collect()
}

/// Parameters in columns of Λ that are not zero.
pub(super) fn nonzero(sizes: &[usize], theta: &[f64]) -> Vec<usize> {
    let lambda = factors(sizes, theta);
    let is_free = |&(term, _, column): &(usize, usize, usize)| {
        lambda[term]
            .column(column)
            .iter()
            .any(|&value| value != 0.0)
    };
    let places = layout(sizes).into_iter().enumerate();
    places
        .filter(|(_, place)| is_free(place))
        .map(|(parameter, _)| parameter)
        .collect()
}

/// Per term the covariance of its effects, σ²ΛΛ'.
pub(super) fn covariances(lambda: &[Matrix], variance: f64) -> Vec<Matrix> {
    let of = |factor: &Matrix| factor.multiply(&factor.transpose()).scaled(variance);
    lambda.iter().map(of).collect()
}

/// Diagonal elements of Λ below which a covariance counts as singular, as in lme4.
const SINGULAR: f64 = 1e-4;

/// The terms whose covariance is singular.
pub(super) fn singular(lambda: &[Matrix]) -> Vec<usize> {
    let is_singular = |&term: &usize| {
        let diagonal = lambda[term].diagonal_values();
        diagonal.iter().any(|value| value.abs() < SINGULAR)
    };
    (0..lambda.len()).filter(is_singular).collect()
}

/// The one factor with a diagonal that is not negative, and zero columns where it is zero, that
/// gives the same covariance.
pub(super) fn canonical(factor: &Matrix) -> Result<Matrix, NotEstimable> {
    let q = factor.rows();
    let regular = (0..q).all(|place| {
        factor[(place, place)] != 0.0 || factor.column(place).iter().all(|&value| value == 0.0)
    });
    if !regular {
        let covariance = factor.multiply(&factor.transpose());
        return Ok(Cholesky::new(&covariance, 1e-14)?.root());
    }
    let mut result = factor.clone();
    for column in 0..q {
        if result[(column, column)] < 0.0 {
            for value in result.column_mut(column) {
                *value = -*value;
            }
        }
        // No negative zeros.
        for value in result.column_mut(column) {
            *value += 0.0;
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_column_is_the_same_covariance() {
        let lambda = factors(&[2], &[-1.0, 0.5, 0.3]);
        let positive = canonical(&lambda[0]).expect("regular");
        assert_eq!(theta(&[positive]), [1.0, -0.5, 0.3]);
        // Λ = (0 0; 3 4): the covariance of the second effect is 25, whatever its parts.
        let lambda = factors(&[2], &[0.0, 3.0, 4.0]);
        let root = canonical(&lambda[0]).expect("semidefinite");
        assert_eq!(theta(&[root]), [0.0, 0.0, 5.0]);
    }
}
