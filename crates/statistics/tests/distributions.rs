//! Tails and quantiles against R 4.2.2 (`pnorm`, `pchisq`, …, printed with 17 digits), far into
//! the tails. Relative tolerances: 1e-12 for probabilities, 1e-12 for quantiles.
//!
//! DIFFERENCE: R's `qf` loses digits near 0; quantiles of F are compared from the middle on only.

use statistics::distribution::{Beta, ChiSquared, Distribution, FisherF, Gamma, Normal, StudentT};

fn chi(df: f64) -> ChiSquared {
    ChiSquared::new(df).expect("positive")
}

fn t(df: f64) -> StudentT {
    StudentT::new(df).expect("positive")
}

fn f(df1: f64, df2: f64) -> FisherF {
    FisherF::new(df1, df2).expect("positive")
}

fn gamma(shape: f64) -> Gamma {
    Gamma::new(shape, 1.0).expect("positive")
}

fn beta(a: f64, b: f64) -> Beta {
    Beta::new(a, b).expect("positive")
}

fn compare(pairs: &[(f64, f64)]) {
    for (place, (found, expected)) in pairs.iter().enumerate() {
        // Below the smallest normal number digits are lost by their format.
        let error = (found - expected).abs();
        assert!(
            error <= 1e-12 * expected.abs() + 1e-307,
            "{place}: {found:e} for {expected:e}"
        );
    }
}

#[test]
fn probabilities_are_those_of_r() {
    let normal = Normal::STANDARD;
    compare(&[
        (normal.lower(-10.0), 7.619853024160527e-24),
        (normal.lower(-5.0), 2.866515718791939e-07),
        (normal.lower(-1.96), 0.024997895148220428),
        (normal.upper(20.0), 2.7536241186062337e-89),
        (normal.tails(-40.0).ln_lower, -804.6084420137538),
        (chi(1.0).upper(1e-08), 0.9999202115440528),
        (chi(1.0).upper(1.0), 0.31731050786291415),
        (chi(1.0).upper(400.0), 5.507248237212469e-89),
        (chi(1.0).lower(1e-08), 7.978845594730578e-05),
        (chi(1.0).tails(400.0).ln_upper, -203.22400819053735),
        (chi(2.0).upper(1e-08), 0.999999995),
        (chi(2.0).upper(1.0), 0.6065306597126334),
        (chi(2.0).upper(400.0), 1.3838965267367376e-87),
        (chi(2.0).lower(1e-08), 4.9999999875e-09),
        (chi(2.0).tails(400.0).ln_upper, -200.0),
        (chi(3.0).upper(1e-08), 0.999999999999734),
        (chi(3.0).upper(1.0), 0.8012519569012008),
        (chi(3.0).upper(400.0), 2.213886593101118e-86),
        (chi(3.0).lower(1e-08), 2.6596151946973723e-13),
        (chi(3.0).tails(400.0).ln_upper, -197.22756838714164),
        (chi(7.0).upper(1e-08), 1.0),
        (chi(7.0).upper(1.0), 0.9948285365165156),
        (chi(7.0).upper(400.0), 2.3852710811123277e-82),
        (chi(7.0).lower(1e-08), 7.59890054952363e-31),
        (chi(7.0).tails(400.0).ln_upper, -187.9426648467866),
        (chi(50.0).upper(1e-08), 1.0),
        (chi(50.0).upper(1.0), 0.9999999999999999),
        (chi(50.0).upper(400.0), 4.249159841024324e-56),
        (chi(50.0).lower(1e-08), 1.9213408986894892e-233),
        (chi(50.0).tails(400.0).ln_upper, -127.49804392873725),
        (t(1.0).lower(-40.0), 0.007956089912025812),
        (t(1.0).lower(-1.0), 0.24999999999999978),
        (t(1.0).lower(2.5), 0.8788810584091566),
        (t(2.5).lower(-40.0), 7.097817145246693e-05),
        (t(2.5).lower(-1.0), 0.20203051363913677),
        (t(2.5).lower(2.5), 0.9477150184609223),
        (t(10.0).lower(-40.0), 1.1404288715428737e-12),
        (t(10.0).lower(-1.0), 0.17044656615103004),
        (t(10.0).lower(2.5), 0.9842765778816955),
        (t(100.0).lower(-40.0), 1.2310538010700368e-63),
        (t(100.0).lower(-1.0), 0.15986207789206186),
        (t(100.0).lower(2.5), 0.9929771054379615),
        (t(1000000.0).lower(-40.0), 0.0),
        (t(1000000.0).lower(-1.0), 0.15865537491678908),
        (t(1000000.0).lower(2.5), 0.9937902552489184),
        (f(1.0, 10.0).upper(0.01), 0.9223207185644083),
        (f(1.0, 10.0).upper(3.84), 0.07848940125216834),
        (f(1.0, 10.0).upper(400.0), 2.1460623172042465e-09),
        (f(3.0, 7.5).upper(0.01), 0.9985038810496372),
        (f(3.0, 7.5).upper(3.84), 0.060583309235901356),
        (f(3.0, 7.5).upper(400.0), 1.2668622213562363e-08),
        (f(20.0, 100.0).upper(0.01), 1.0),
        (f(20.0, 100.0).upper(3.84), 3.7574471083504955e-06),
        (f(20.0, 100.0).upper(400.0), 4.239730501147483e-86),
        (gamma(0.2).lower(1e-08), 0.02735756850922566),
        (gamma(0.2).lower(1.0), 0.9476195687209223),
        (gamma(0.2).upper(400.0), 3.449857592380884e-177),
        (gamma(1.0).lower(1e-08), 9.999999950000001e-09),
        (gamma(1.0).lower(1.0), 0.6321205588285577),
        (gamma(1.0).upper(400.0), 1.9151695967140057e-174),
        (gamma(5.0).lower(1e-08), 8.33333326388889e-43),
        (gamma(5.0).lower(1.0), 0.003659846827343713),
        (gamma(5.0).upper(400.0), 2.063430027077301e-165),
        (gamma(100.0).lower(1e-08), 0.0),
        (gamma(100.0).lower(1.0), 3.9812808189568546e-159),
        (gamma(100.0).upper(400.0), 1.0943747087346984e-72),
        (beta(0.5, 0.5).lower(0.01), 0.06376856085851984),
        (beta(0.5, 0.5).lower(0.5), 0.49999999999999956),
        (beta(2.0, 3.0).lower(0.01), 0.0005920300000000003),
        (beta(2.0, 3.0).lower(0.5), 0.6875),
        (beta(10.0, 0.3).lower(0.01), 6.641843493938984e-22),
        (beta(10.0, 0.3).lower(0.5), 9.882179864104866e-05),
        (beta(100.0, 200.0).lower(0.01), 3.827816088844763e-120),
        (beta(100.0, 200.0).lower(0.5), 0.9999999973534455),
    ]);
}

#[test]
fn quantiles_are_those_of_r() {
    let normal = Normal::STANDARD;
    compare(&[
        (normal.quantile(1e-12), -7.034483825301132),
        (normal.quantile(0.025), -1.9599639845400538),
        (normal.quantile(0.999999999), 5.997807019601638),
        (chi(0.5).quantile(1e-12), 1.3499395786223585e-48),
        (chi(0.5).quantile(0.5), 0.08734760470574687),
        (chi(0.5).quantile(0.999), 8.752888515773371),
        (chi(1.0).quantile(1e-12), 1.5707963267948977e-24),
        (chi(1.0).quantile(0.5), 0.45493642311957283),
        (chi(1.0).quantile(0.999), 10.82756617066273),
        (chi(2.0).quantile(1e-12), 2.000000000001e-12),
        (chi(2.0).quantile(0.5), 1.3862943611198906),
        (chi(2.0).quantile(0.999), 13.815510557964272),
        (chi(3.0).quantile(1e-12), 2.4179879427180364e-08),
        (chi(3.0).quantile(0.5), 2.3659738843753377),
        (chi(3.0).quantile(0.999), 16.26623619623813),
        (chi(7.0).quantile(1e-12), 0.0015031450349627612),
        (chi(7.0).quantile(0.5), 6.345811195521517),
        (chi(7.0).quantile(0.999), 24.321886347856854),
        (chi(50.0).quantile(1e-12), 7.831891714119779),
        (chi(50.0).quantile(0.5), 49.334936733976846),
        (chi(50.0).quantile(0.999), 86.66081519040313),
        (t(1.0).quantile(1e-12), -318309886183.7907),
        (t(1.0).quantile(0.25), -1.0),
        (t(1.0).quantile(0.999), 318.30883898555015),
        (t(2.5).quantile(1e-12), -55306.174076516014),
        (t(2.5).quantile(0.25), -0.7850136829922968),
        (t(2.5).quantile(0.999), 13.822193110866),
        (t(10.0).quantile(1e-12), -40.53209617866259),
        (t(10.0).quantile(0.25), -0.6998120613124317),
        (t(10.0).quantile(0.999), 4.143700494046589),
        (t(100.0).quantile(1e-12), -8.025825594493254),
        (t(100.0).quantile(0.25), -0.6769510430114709),
        (t(100.0).quantile(0.999), 3.173739493738782),
        (t(1000000.0).quantile(1e-12), -7.034572608411256),
        (t(1000000.0).quantile(0.25), -0.6744899955310873),
        (t(1000000.0).quantile(0.999), 3.0902404563165193),
        (f(1.0, 10.0).quantile(0.5), 0.48973692115835465),
        (f(1.0, 10.0).quantile(0.999), 21.039595271003947),
        (f(3.0, 7.5).quantile(0.5), 0.8651040512738711),
        (f(3.0, 7.5).quantile(0.999), 17.132161036457035),
        (f(20.0, 100.0).quantile(0.5), 0.9733662570993362),
        (f(20.0, 100.0).quantile(0.999), 2.5908800056920556),
        (gamma(0.2).quantile(1e-12), 6.525480843457366e-61),
        (gamma(0.2).quantile(0.5), 0.02074633919282486),
        (gamma(0.2).quantile(0.999), 4.101964324738665),
        (gamma(1.0).quantile(1e-12), 1.0000000000005e-12),
        (gamma(1.0).quantile(0.5), std::f64::consts::LN_2),
        (gamma(1.0).quantile(0.999), 6.907755278982136),
        (gamma(5.0).quantile(1e-12), 0.0103893448525018),
        (gamma(5.0).quantile(0.5), 4.670908882795985),
        (gamma(5.0).quantile(0.999), 14.794149222537209),
        (gamma(100.0).quantile(1e-12), 44.886022030017614),
        (gamma(100.0).quantile(0.5), 99.66686491931543),
        (gamma(100.0).quantile(0.999), 133.7702639113786),
        (beta(0.5, 0.5).quantile(1e-12), 2.4674011002723402e-24),
        (beta(0.5, 0.5).quantile(0.5), 0.4999999999999999),
        (beta(0.5, 0.5).quantile(0.975), 0.998458666866564),
        (beta(2.0, 3.0).quantile(1e-12), 4.082484015750324e-07),
        (beta(2.0, 3.0).quantile(0.5), 0.3857275681323895),
        (beta(2.0, 3.0).quantile(0.975), 0.8058795503167566),
        (beta(10.0, 0.3).quantile(1e-12), 0.08235342983020623),
        (beta(10.0, 0.3).quantile(0.5), 0.9924535154002926),
        (beta(10.0, 0.3).quantile(0.975), 0.9999996700120223),
        (beta(100.0, 200.0).quantile(1e-12), 0.1661292862450948),
        (beta(100.0, 200.0).quantile(0.5), 0.3329625066484858),
        (beta(100.0, 200.0).quantile(0.975), 0.38759521202686165),
    ]);
}

#[test]
fn what_is_no_number_has_no_tails() {
    let nan = f64::NAN;
    let tails = [
        Normal::two_sided(nan),
        Normal::STANDARD.lower(nan),
        t(3.0).two_sided(nan),
        t(3.0).upper(nan),
        chi(2.0).upper(nan),
        f(2.0, 3.0).lower(nan),
        gamma(2.0).upper(nan),
        beta(2.0, 3.0).lower(nan),
    ];
    assert!(tails.iter().all(|tail| tail.is_nan()), "{tails:?}");
    // Nor is a tail ever −0.
    assert!(chi(2.0).lower(0.0).is_sign_positive());
    assert!(chi(2.0).upper(f64::INFINITY).is_sign_positive());
}
