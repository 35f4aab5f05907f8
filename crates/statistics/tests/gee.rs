//! The covariances of estimating equations against the jackknife, which knows no formulas.

use statistics::distribution::{Distribution, Poisson};
use statistics::gee::{AssociationVariance, Gee, GeeOptions, ScaleEstimate, WorkingCorrelation};
use statistics::glm::{Family, GlmData, Link};
use statistics::imputation::Draws;
use statistics::matrix::Matrix;

/// Rows per cluster.
const SIZE: usize = 3;
/// Clusters.
const CLUSTERS: usize = 400;

struct Rows {
    x: Vec<f64>,
    y: Vec<f64>,
}

/// Counts with a common part per cluster.
fn rows() -> Rows {
    let mut draws = Draws::new(11);
    let mut rows = Rows {
        x: Vec::new(),
        y: Vec::new(),
    };
    for _ in 0..CLUSTERS {
        let shared = draws.normal();
        for _ in 0..SIZE {
            let x = draws.normal();
            rows.x.push(x);
            let counts =
                Poisson::new((1.0 + 0.4 * x + 0.5 * shared).exp()).expect("a positive mean");
            rows.y.push(counts.quantile(draws.uniform()));
        }
    }
    rows
}

fn options(correlation: WorkingCorrelation) -> GeeOptions {
    GeeOptions {
        family: Family::Poisson,
        link: Link::Log,
        correlation,
        scale: ScaleEstimate::Estimated,
        association: AssociationVariance::Exact,
    }
}

/// Fits all clusters but one.
fn fit(left_out: Option<usize>, options: GeeOptions) -> Gee {
    let rows = rows();
    let kept: Vec<usize> = (0..rows.x.len())
        .filter(|row| Some(row / SIZE) != left_out)
        .collect();
    let pick = |values: &[f64]| -> Vec<f64> { kept.iter().map(|&row| values[row]).collect() };
    let design = Matrix::from_columns(&[vec![1.0; kept.len()], pick(&rows.x)]);
    let y = pick(&rows.y);
    let clusters: Vec<usize> = kept.iter().map(|row| row / SIZE).collect();
    let data = GlmData {
        x: &design,
        y: &y,
        weights: None,
        offset: None,
    };
    Gee::fit(data, &clusters, options).expect("regular")
}

/// The jackknife variances of the slope and of the correlation.
fn jackknife(options: GeeOptions) -> [f64; 2] {
    let without: Vec<[f64; 2]> = (0..CLUSTERS)
        .map(|cluster| {
            let fit = fit(Some(cluster), options);
            [fit.coefficients[1], fit.alpha[0]]
        })
        .collect();
    let n = CLUSTERS as f64;
    [0, 1].map(|place| {
        let mean = without.iter().map(|values| values[place]).sum::<f64>() / n;
        let squares = without.iter().map(|values| (values[place] - mean).powi(2));
        squares.sum::<f64>() * (n - 1.0) / n
    })
}

#[test]
fn covariances_are_those_of_the_jackknife() {
    let options = options(WorkingCorrelation::Exchangeable);
    let original = fit(None, options);
    let [slope, alpha] = jackknife(options);
    assert!((slope / original.robust[(1, 1)] - 1.0).abs() < 0.05);
    let found = original.alpha_covariance[(0, 0)];
    assert!((alpha / found - 1.0).abs() < 0.1, "{alpha} {found}");
    // DIFFERENCE: geepack's derivatives are further from it.
    let theirs = GeeOptions {
        association: AssociationVariance::Geepack,
        ..options
    };
    let theirs = fit(None, theirs).alpha_covariance[(0, 0)];
    assert!((theirs / alpha - 1.0).abs() > (found / alpha - 1.0).abs());
}

#[test]
fn the_order_of_clusters_changes_nothing() {
    let options = options(WorkingCorrelation::Unstructured);
    let forward = fit(None, options);
    let rows = rows();
    // All first rows of all clusters, from the last cluster on, then all second ones …
    let order: Vec<usize> = (0..SIZE)
        .flat_map(|position| {
            (0..CLUSTERS)
                .rev()
                .map(move |cluster| cluster * SIZE + position)
        })
        .collect();
    let pick = |values: &[f64]| -> Vec<f64> { order.iter().map(|&row| values[row]).collect() };
    let clusters: Vec<usize> = order.iter().map(|row| CLUSTERS - row / SIZE).collect();
    let design = Matrix::from_columns(&[vec![1.0; order.len()], pick(&rows.x)]);
    let y = pick(&rows.y);
    let data = GlmData {
        x: &design,
        y: &y,
        weights: None,
        offset: None,
    };
    let shuffled = Gee::fit(data, &clusters, options).expect("regular");
    for (a, b) in forward.robust.values().iter().zip(shuffled.robust.values()) {
        assert!((a - b).abs() < 1e-10 * a.abs());
    }
    for (a, b) in forward.alpha.iter().zip(&shuffled.alpha) {
        assert!((a - b).abs() < 1e-10);
    }
}
