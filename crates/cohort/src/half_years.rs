//! Half-years as people write them: `2024-H1`.

use calendar::HalfYear;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn parse(text: &str) -> Option<HalfYear> {
    let (year, half) = text.split_once("-H")?;
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    HalfYear::new(year.parse().ok()?, half.parse().ok()?)
}

pub(crate) fn serialize<S: Serializer>(half: &HalfYear, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(half)
}

pub(crate) fn deserialize_option<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<HalfYear>, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text)
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("een halfjaar schrijft u als 2024-H1 of 2024-H2"))
}
