//! What several rows about one person say alike.

/// What the rows say, as far as heard. The order in which they are heard does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Agreement<T> {
    /// No row says anything.
    #[default]
    Silent,
    /// All rows that say anything say this.
    On(T),
    /// They contradict each other: then nobody can tell which of them is right.
    Broken,
}

impl<T: Copy + PartialEq> Agreement<T> {
    /// Hears one more row; `None` where it says nothing.
    pub(crate) fn hear(&mut self, said: Option<T>) {
        *self = match (*self, said) {
            (known, None) => known,
            (Self::Silent, Some(said)) => Self::On(said),
            (Self::On(known), Some(said)) if known == said => Self::On(known),
            _ => Self::Broken,
        };
    }

    /// What all say, if they do.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::On(value) => Some(value),
            Self::Silent | Self::Broken => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(rows: &[Option<u16>]) -> Agreement<u16> {
        let mut agreement = Agreement::default();
        rows.iter().for_each(|&said| agreement.hear(said));
        agreement
    }

    #[test]
    fn rows_agree_or_nothing_is_known_whatever_their_order() {
        for (rows, value) in [
            (&[None, None][..], None),
            (&[None, Some(1990), None], Some(1990)),
            (&[Some(1990), None, Some(1990)], Some(1990)),
            (&[Some(1990), Some(1991)], None),
            // Two against one is still a contradiction.
            (&[Some(1990), Some(1991), Some(1990)], None),
        ] {
            let mut backwards = rows.to_vec();
            backwards.reverse();
            assert_eq!(heard(rows).value(), value);
            assert_eq!(heard(&backwards), heard(rows));
        }
    }
}
