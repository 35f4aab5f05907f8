//! Small dense linear algebra for designs of many rows and few columns.
//!
//! [`Matrix`] is stored by column. Columns of a design come from columns of a data frame, so no
//! transposition is needed to make one, and sums over rows (X'WX, Xβ) run along contiguous
//! memory: they use the whole width of the vector unit for any number of columns, while a row
//! of five covariates would not fill it. Risk-set sums that walk through time order gather the
//! rows once ([`Matrix::gather_rows`]) and then stream as well. Kernels work in blocks of rows
//! that stay in the cache, so a column is read from memory once however many products it is in.
//!
//! | task | here | R |
//! |---|---|---|
//! | X'WX, X'Wy | [`gram`], [`cross`] | `crossprod(x, w * x)` |
//! | symmetric positive (semi)definite systems, aliased columns | [`Cholesky`] | `chol`, the tolerance of `coxph.control` |
//! | least squares | [`LeastSquares`] | `lm.wfit` |
//! | general systems | [`Lu`] | `solve` |
//! | symmetric eigenvalues | [`SymmetricEigen`] | `eigen(symmetric = TRUE)` |
//! | exp(A) and its derivative | [`exponential`], [`exponential_derivative`] | `expm::expm`, `msm::MatrixExp` |
//!
//! Shapes that don't fit are mistakes of the caller and panic; matrices that cannot be solved
//! are faults of the data and give [`NotEstimable`](crate::NotEstimable).
//!
//! How: `docs/methods/numerics.md`.

mod cholesky;
mod dense;
mod eigen;
mod exponential;
mod gram;
mod least_squares;
mod lu;
mod products;

pub use cholesky::{ALIAS_TOLERANCE, Cholesky};
pub use dense::Matrix;
pub use eigen::SymmetricEigen;
pub use exponential::{exponential, exponential_derivative};
pub(crate) use gram::sum;
pub use gram::{cross, dot, gram};
pub use least_squares::{LeastSquares, QR_TOLERANCE};
pub use lu::Lu;
