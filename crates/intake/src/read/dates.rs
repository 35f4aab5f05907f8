//! Dates as institutions write them.

use super::cells::digits;
use crate::profile::DateForm;
use crate::{Invalid, Packed};
use calendar::Day;

/// The years a date may lie in; others are a typing error or another kind of number.
const YEARS: std::ops::RangeInclusive<u32> = 1850..=2150;
/// Excel counts days from 1899-12-30 (for days after February 1900).
const SERIAL_ZERO: i32 = -25_569;

/// The first day of each month of [`YEARS`], and of the month behind the last.
static MONTHS: [i32; MONTH_COUNT + 1] = first_days();
const MONTH_COUNT: usize = 12 * (*YEARS.end() - *YEARS.start() + 1) as usize;

const fn first_days() -> [i32; MONTH_COUNT + 1] {
    let mut days = [0; MONTH_COUNT + 1];
    let mut at = 0;
    while at < days.len() {
        let (year, month) = (*YEARS.start() + at as u32 / 12, 1 + at as u32 % 12);
        days[at] = match Day::from_ymd(year as i32, month, 1) {
            Some(day) => day.number(),
            None => unreachable!(),
        };
        at += 1;
    }
    days
}

/// Reads a (trimmed) cell as a date of the given form.
pub(super) fn date(cell: &[u8], form: DateForm) -> Packed {
    // Most of a delivery passes here.
    if let Ok(cell) = cell.try_into()
        && let Some((year, month, day)) = year_first(cell)
    {
        return match day_number(year, month, day) {
            Some(day) => Packed::value(day),
            None => Packed::invalid(Invalid::NoSuchDate),
        };
    }
    match try_date(without_time(cell), form) {
        Ok(day) => Packed::value(day.number()),
        Err(reason) => Packed::invalid(reason),
    }
}

/// The numbers of a cell of the form `jjjj-mm-dd`, all digits tested at once.
#[inline]
fn year_first(cell: &[u8; 10]) -> Option<(u32, u32, u32)> {
    const FORM: [u8; 10] = *b"0000-00-00";
    /// What takes the largest value that may stand over the form to 0x7f: a digit, or nothing.
    const ROOM: [u8; 10] = [0x76, 0x76, 0x76, 0x76, 0x7f, 0x76, 0x76, 0x7f, 0x76, 0x76];
    let mut over = [0; 10];
    let mut high_bits = 0;
    for at in 0..10 {
        over[at] = cell[at] ^ FORM[at];
        high_bits |= over[at] | over[at].wrapping_add(ROOM[at]);
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |sum, digit| 10 * sum + u32::from(*digit))
    };
    (high_bits < 0x80).then(|| (number(&over[..4]), number(&over[5..7]), number(&over[8..])))
}

/// The number of a day, if it exists and lies in [`YEARS`].
#[inline]
fn day_number(year: u32, month: u32, day: u32) -> Option<i32> {
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let at = (12 * (year - YEARS.start()) + month - 1) as usize;
    let number = MONTHS[at] + day as i32 - 1;
    (number < MONTHS[at + 1]).then_some(number)
}

fn try_date(cell: &[u8], form: DateForm) -> Result<Day, Invalid> {
    match *cell {
        [a, b, b'-', c, d, b'-', e, f, g, h]
            if matches!(form, DateForm::Recognise | DateForm::DayFirst) =>
        {
            make(digits(&[e, f, g, h]), digits(&[c, d]), digits(&[a, b]))
        }
        _ if cell.iter().all(u8::is_ascii_digit) => bare_number(cell, form),
        _ => parts(cell, form),
    }
}

fn make(year: Option<u32>, month: Option<u32>, day: Option<u32>) -> Result<Day, Invalid> {
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return Err(Invalid::Form);
    };
    let number = day_number(year, month, day).ok_or(Invalid::NoSuchDate)?;
    Ok(Day::from_number(number))
}

/// `jjjjmmdd` or a serial number.
fn bare_number(cell: &[u8], form: DateForm) -> Result<Day, Invalid> {
    let number = digits(cell).ok_or(Invalid::Form)?;
    match (cell.len(), form) {
        (8, DateForm::Recognise | DateForm::Compact) => make(
            Some(number / 10_000),
            Some(number / 100 % 100),
            Some(number % 100),
        ),
        (3..=6, DateForm::Serial) => serial(number),
        // Five digits are no other form of date, and Excel mixes them in.
        (5, _) => serial(number),
        _ => Err(Invalid::Form),
    }
}

fn serial(number: u32) -> Result<Day, Invalid> {
    // Up to 60 Excel counts a 29 February 1900 that never was.
    let day = Day::from_number(number as i32 + SERIAL_ZERO);
    if number > 60 && YEARS.contains(&(day.year() as u32)) {
        Ok(day)
    } else {
        Err(Invalid::NoSuchDate)
    }
}

/// Three parts between `-`, `/`, `.` or spaces.
fn parts(cell: &[u8], form: DateForm) -> Result<Day, Invalid> {
    let mark = *cell
        .iter()
        .find(|byte| matches!(byte, b'-' | b'/' | b'.' | b' '))
        .ok_or(Invalid::Form)?;
    let mut parts = cell.split(|byte| *byte == mark);
    let (Some(first), Some(second), Some(third), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Invalid::Form);
    };
    if let Some(month) = month_name(second) {
        return with_year(third, Some(month), digits(first));
    }
    let lengths = (first.len(), second.len(), third.len());
    if !matches!(lengths, (4, 1..=2, 1..=2) | (1..=2, 1..=2, 2 | 4)) {
        return Err(Invalid::Form);
    }
    let (one, two, three) = (digits(first), digits(second), digits(third));
    if one.is_none() || two.is_none() || three.is_none() {
        return Err(Invalid::Form);
    }
    if first.len() == 4 {
        return if matches!(form, DateForm::Recognise | DateForm::YearFirst) {
            make(one, two, three)
        } else {
            Err(Invalid::Form)
        };
    }
    match form {
        DateForm::DayFirst => with_year(third, two, one),
        DateForm::MonthFirst => with_year(third, one, two),
        // With `/` both orders are in use; only a day above 12 (or equal to the month) tells.
        DateForm::Recognise if mark == b'/' && one <= Some(12) && one != two => {
            Err(Invalid::Ambiguous)
        }
        DateForm::Recognise => with_year(third, two, one),
        _ => Err(Invalid::Form),
    }
}

fn with_year(year: &[u8], month: Option<u32>, day: Option<u32>) -> Result<Day, Invalid> {
    match year.len() {
        4 => make(digits(year), month, day),
        2 if digits(year).is_some() => Err(Invalid::Ambiguous),
        _ => Err(Invalid::Form),
    }
}

/// The month of a Dutch or English abbreviation, as databases write it (`01-MRT-2024`).
fn month_name(part: &[u8]) -> Option<u32> {
    const NAMES: [(&str, u32); 16] = [
        ("jan", 1),
        ("feb", 2),
        ("mrt", 3),
        ("mar", 3),
        ("maa", 3),
        ("apr", 4),
        ("mei", 5),
        ("may", 5),
        ("jun", 6),
        ("jul", 7),
        ("aug", 8),
        ("sep", 9),
        ("okt", 10),
        ("oct", 10),
        ("nov", 11),
        ("dec", 12),
    ];
    let name = NAMES
        .iter()
        .find(|(name, _)| part.eq_ignore_ascii_case(name.as_bytes()));
    name.map(|(_, month)| *month)
}

/// Cuts off a time of day (`2024-01-31 00:00:00`, `2024-01-31T00:00`).
fn without_time(cell: &[u8]) -> &[u8] {
    if cell.len() < 13 {
        return cell;
    }
    match cell.iter().position(|byte| matches!(byte, b'T' | b' ')) {
        Some(at) if is_time(&cell[at + 1..]) => &cell[..at],
        _ => cell,
    }
}

fn is_time(text: &[u8]) -> bool {
    text.len() >= 4
        && text.contains(&b':')
        && text
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'Z' | b'+'))
}
