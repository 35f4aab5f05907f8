use crate::matrix::Matrix;

/// How much agreement two categories have, by their distance in the order of categories.
/// R: `irr::kappa2(weight = )`.
#[derive(Clone, Debug, PartialEq)]
pub enum AgreementWeights {
    /// Only equal categories agree.
    Unweighted,
    /// 1 − |i − j|/(k − 1).
    Linear,
    /// 1 − (i − j)²/(k − 1)².
    Quadratic,
    /// A table of one's own, 1 on the diagonal.
    Custom(Matrix),
}

impl AgreementWeights {
    /// The table for `categories` categories.
    ///
    /// ```
    /// use statistics::agreement::AgreementWeights;
    /// assert_eq!(AgreementWeights::Linear.table(3)[(0, 1)], 0.5);
    /// assert_eq!(AgreementWeights::Quadratic.table(3)[(0, 1)], 0.75);
    /// ```
    pub fn table(&self, categories: usize) -> Matrix {
        let largest = categories.saturating_sub(1).max(1) as f64;
        let weight = |i: usize, j: usize| {
            let distance = i.abs_diff(j) as f64 / largest;
            match self {
                Self::Unweighted => f64::from(u8::from(i == j)),
                Self::Linear => 1.0 - distance,
                Self::Quadratic => 1.0 - distance * distance,
                Self::Custom(table) => table[(i, j)],
            }
        };
        let mut table = Matrix::zeros(categories, categories);
        for i in 0..categories {
            for j in 0..categories {
                table[(i, j)] = weight(i, j);
            }
        }
        table
    }
}
