use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A date in the proleptic Gregorian calendar, kept as the number of days since 1970-01-01.
///
/// ```
/// use calendar::Day;
/// let day = Day::from_ymd(2024, 2, 29).expect("2024 is a leap year");
/// assert_eq!(day.to_string(), "2024-02-29");
/// assert_eq!(Day::from_ymd(2023, 2, 29), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Day(i32);

/// 0000-01-01 up to and including 9999-12-31, and the day after that: where a last day ends.
const WRITABLE: std::ops::RangeInclusive<i32> = -719_528..=2_932_897;

/// What comes from elsewhere is a day that can be written as `jjjj-mm-dd`: numbers far beyond
/// would overflow when days are subtracted.
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i32::deserialize(deserializer)?;
        let writable = WRITABLE.contains(&number).then_some(Self(number));
        writable.ok_or_else(|| D::Error::custom("a day of the years 0 to 9999"))
    }
}

impl Day {
    /// The day with this number; 0 is 1970-01-01.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day with this year, month (1–12) and day of the month, if it exists.
    #[inline]
    pub const fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        // Count years from March, so that the leap day comes last (Hinnant, "chrono-compatible
        // low-level date algorithms", days_from_civil).
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month and day of the month.
    pub const fn ymd(self) -> (i32, u32, u32) {
        let (year, day_of_year) = self.year_from_march();
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year + if month <= 2 { 1 } else { 0 };
        (year, month as u32, day)
    }

    /// The year that starts on 1 March, and the day of that year, from 0.
    #[inline]
    const fn year_from_march(self) -> (i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        (year_of_era + era * 400, day_of_year)
    }

    /// The calendar year.
    #[inline]
    pub const fn year(self) -> i32 {
        let (year, day_of_year) = self.year_from_march();
        // January and February are the eleventh and twelfth month of the year from March.
        year + if day_of_year >= 306 { 1 } else { 0 }
    }

    /// Reads `jjjj-mm-dd`, the one form that Doorstroom itself writes into files.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            bytes[range].iter().try_fold(0, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + u32::from(byte - b'0'))
            })
        };
        Self::from_ymd(number(0..4)? as i32, number(5..7)?, number(8..10)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A number of days, possibly negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct DayCount(i32);

impl DayCount {
    /// This many days.
    pub const fn new(days: i32) -> Self {
        Self(days)
    }

    /// The number of days.
    pub const fn get(self) -> i32 {
        self.0
    }
}

const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_follows_the_one_before() {
        let mut expected = Day::from_ymd(1600, 1, 1).unwrap().number();
        for year in 1600..2400 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let made = Day::from_ymd(year, month, day).unwrap();
                    assert_eq!(made.number(), expected);
                    assert_eq!(made.ymd(), (year, month, day));
                    assert_eq!(made.year(), year);
                    assert_eq!(Day::parse_iso(&made.to_string()), Some(made));
                    expected += 1;
                }
            }
        }
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day::from_number(0)));
    }

    #[test]
    fn days_that_cannot_be_written_are_not_read_either() {
        use serde::de::IntoDeserializer;
        use serde::de::value::Error;
        let read =
            |number: i32| Day::deserialize(IntoDeserializer::<Error>::into_deserializer(number));
        let (first, last) = (*WRITABLE.start(), *WRITABLE.end());
        assert_eq!(read(first).unwrap().to_string(), "0000-01-01");
        assert_eq!(read(last - 1).unwrap().to_string(), "9999-12-31");
        for wrong in [first - 1, last + 1, i32::MIN, i32::MAX] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let relative = |number: i32| {
            crate::RelativeDay::deserialize(IntoDeserializer::<Error>::into_deserializer(number))
        };
        assert!(relative(last - first).is_ok() && relative(first - last).is_ok());
        assert!(relative(i32::MIN).is_err() && relative(i32::MAX).is_err());
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "2024-4-01",
            "24-04-01",
        ] {
            assert_eq!(Day::parse_iso(text), None, "{text}");
        }
    }
}
