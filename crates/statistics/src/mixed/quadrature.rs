use crate::matrix::{Matrix, SymmetricEigen};

/// Nodes z and weights w with Σ w f(z) = E f(Z) for a standard normal Z and polynomials f of
/// degree below 2 `count`.
///
/// Golub and Welsch (1969): the eigenvalues of the Jacobi matrix of the Hermite polynomials,
/// whose subdiagonal is √k.
pub(super) fn gauss_hermite(count: usize) -> Vec<(f64, f64)> {
    let mut jacobi = Matrix::zeros(count, count);
    for k in 1..count {
        jacobi[(k, k - 1)] = (k as f64).sqrt();
        jacobi[(k - 1, k)] = (k as f64).sqrt();
    }
    let eigen = SymmetricEigen::new(&jacobi).expect("finite values");
    let node = |place: usize| (eigen.values[place], eigen.vectors[(0, place)].powi(2));
    (0..count).map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::gauss_hermite;

    #[test]
    fn moments_of_the_normal_distribution() {
        // E 1, Z², Z⁴, Z⁶ = 1, 1, 3, 15.
        let nodes = gauss_hermite(4);
        for (power, moment) in [(0, 1.0), (1, 0.0), (2, 1.0), (4, 3.0), (6, 15.0)] {
            let sum: f64 = nodes.iter().map(|(z, w)| w * z.powi(power)).sum();
            assert!((sum - moment).abs() < 1e-12, "{power}: {sum}");
        }
        assert_eq!(gauss_hermite(1), [(0.0, 1.0)]);
    }
}
