/// ln(1 + x) − x, precise for small x (where it is near −x²/2). R: none.
///
/// # Method
/// With r = x/(2 + x): ln(1 + x) = 2(r + r³/3 + r⁵/5 + …), and 2r − x = −r x.
///
/// ```
/// use statistics::special::log1p_minus;
/// assert!((log1p_minus(1e-8) + 0.5e-16).abs() < 1e-24);
/// assert!((log1p_minus(3.0) - (4f64.ln() - 3.0)).abs() < 1e-15);
/// ```
pub fn log1p_minus(x: f64) -> f64 {
    if !(-0.6..=1.5).contains(&x) {
        return x.ln_1p() - x;
    }
    let r = x / (2.0 + x);
    let square = r * r;
    let mut power = 1.0;
    let mut sum = 0.0;
    let mut odd = 3.0;
    loop {
        let term = power / odd;
        sum += term;
        if term <= sum * f64::EPSILON * 0.25 {
            return -r * x + 2.0 * r * square * sum;
        }
        power *= square;
        odd += 2.0;
    }
}

/// ln(1 − exp(x)) for x ≤ 0: from the logarithm of a probability to that of its complement.
/// R: `log(-expm1(x))`.
///
/// ```
/// use statistics::special::ln_1m_exp;
/// assert!((ln_1m_exp(0.25f64.ln()) - 0.75f64.ln()).abs() < 1e-15);
/// ```
pub fn ln_1m_exp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 {
        (-x.exp_m1()).ln()
    } else {
        (-x.exp()).ln_1p()
    }
}
