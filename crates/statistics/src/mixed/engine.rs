use crate::NotEstimable;
use crate::matrix::Matrix;

/// What all rows give for given factors Λ of the random effects' covariance.
///
/// V = I + ZΛΛ'Z' is the covariance of the outcomes over σ² (rows scaled by the roots of their
/// weights). `width` is one more than the columns of the fixed effects: the outcome is the last.
pub(super) struct Pass {
    /// ln |V|.
    pub(super) ln_determinant: f64,
    /// [X y]'V⁻¹[X y].
    pub(super) cross: Matrix,
    /// Per term the derivative of ln |V| by each element of Λ.
    pub(super) slopes: Vec<Matrix>,
    /// Z'V⁻¹[X y], in the engine's own order.
    pub(super) solved: Vec<f64>,
}

/// Sums over the rows for given Λ; two ways to get them, by the structure of the groups.
pub(super) trait Engine: Sync {
    /// Everything that does not need the coefficients.
    fn pass(&self, lambda: &[Matrix]) -> Result<Pass, NotEstimable>;

    /// Per term Σ U F F' U' over its levels, U being the level's part of Z'V⁻¹[X y].
    fn quadratic(&self, pass: &Pass, root: &Matrix) -> Vec<Matrix>;

    /// Per term Z'V⁻¹[X y] `direction`: one column per level.
    fn along(&self, pass: &Pass, direction: &[f64]) -> Vec<Matrix>;

    /// Per term and level the covariance (over σ²) of the effects given the outcomes.
    fn conditional(&self, lambda: &[Matrix]) -> Result<Vec<Vec<Matrix>>, NotEstimable>;
}
