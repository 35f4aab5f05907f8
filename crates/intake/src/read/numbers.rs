use crate::profile::DecimalMark;

/// Powers of ten that an `f64` holds exactly.
const TENS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Reads a (trimmed) decimal number. Up to fifteen digits the result is the nearest `f64`.
pub(super) fn decimal(cell: &[u8], mark: DecimalMark) -> Option<f64> {
    let (negative, text) = match cell {
        [b'-', text @ ..] => (true, text),
        [b'+', text @ ..] => (false, text),
        text => (false, text),
    };
    let (whole, fraction) = parts(text, mark)?;
    let mut sum = 0u64;
    let mut count = 0;
    for byte in whole.iter().chain(fraction) {
        match byte {
            b'0'..=b'9' => {
                sum = sum * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b'.' | b',' => {}
            _ => return None,
        }
        if count > 15 {
            return None;
        }
    }
    let number = sum as f64 / TENS[fraction.len()];
    (count > 0).then_some(if negative { -number } else { number })
}

/// The digits before and behind the decimal mark; groups of thousands are checked.
fn parts(text: &[u8], mark: DecimalMark) -> Option<(&[u8], &[u8])> {
    let last = text.iter().rposition(|byte| matches!(byte, b',' | b'.'));
    let decimal = match mark {
        DecimalMark::Comma => b',',
        DecimalMark::Point => b'.',
        DecimalMark::Recognise => last.map_or(b',', |at| text[at]),
    };
    let group = if decimal == b',' { b'.' } else { b',' };
    let (whole, fraction) = match last.filter(|at| text[*at] == decimal) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &text[text.len()..]),
    };
    let grouped = whole.contains(&group);
    let well_grouped = !grouped
        || whole
            .split(|byte| *byte == group)
            .enumerate()
            .all(|(at, digits)| digits.len() == 3 || (at == 0 && (1..=3).contains(&digits.len())));
    let fine = well_grouped && !whole.contains(&decimal) && fraction.len() <= 15;
    (fine && !(fraction.is_empty() && text.last() == Some(&decimal))).then_some((whole, fraction))
}
