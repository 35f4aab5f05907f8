//! Days of the calendar as numbers, as R counts them.

/// Days since 1970-01-01 of a date written `JJJJ-MM-DD`.
pub(crate) fn days_since_1970(text: &str) -> Option<f64> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (year, month, day): (i64, i64, i64) =
        (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    Some((days_before_year(year) - days_before_year(1970) + day_of_year(year, month, day)) as f64)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_before_year(year: i64) -> i64 {
    let past = year - 1;
    past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400)
}

/// From 0.
fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    let before: i64 = (1..month).map(|month| days_in_month(year, month)).sum();
    before + day - 1
}

#[cfg(test)]
mod tests {
    use super::days_since_1970;

    #[test]
    fn counts_days_as_r_does() {
        // as.numeric(as.Date(c("1970-01-01", "2000-03-01", "1969-12-31", "2024-02-29")))
        assert_eq!(days_since_1970("1970-01-01"), Some(0.0));
        assert_eq!(days_since_1970("2000-03-01"), Some(11017.0));
        assert_eq!(days_since_1970("1969-12-31"), Some(-1.0));
        assert_eq!(days_since_1970("2024-02-29"), Some(19782.0));
        assert_eq!(days_since_1970("2023-02-29"), None);
        assert_eq!(days_since_1970("2023-2-2"), None);
    }
}
