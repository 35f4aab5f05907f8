//! Ordered classes of whole numbers.

/// Classes of whole numbers with "onbekend" behind them.
pub(crate) struct Classes<const N: usize> {
    /// The lowest number of each class but the first.
    pub(crate) from: [u16; N],
    /// Labels of all `N + 1` classes.
    pub(crate) labels: &'static [&'static str],
}

impl<const N: usize> Classes<N> {
    /// The class of a number; the last one for an unknown number.
    pub(crate) fn of(&self, value: Option<u16>) -> usize {
        match value {
            Some(value) => self.from.partition_point(|&from| from <= value),
            None => N + 1,
        }
    }

    /// Labels, "onbekend" the last.
    pub(crate) fn labels(&self) -> Vec<String> {
        debug_assert_eq!(self.labels.len(), N + 1);
        let labels = self.labels.iter().copied().chain(["onbekend"]);
        labels.map(str::to_owned).collect()
    }
}

/// The labels of a code list.
pub(crate) fn code_labels<C: codes::Coded>() -> Vec<String> {
    let codes = C::list().codes.iter();
    codes.map(|code| code.label.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fall_in_the_class_that_starts_with_them() {
        let classes = Classes {
            from: [25, 35],
            labels: &["jonger dan 25", "25 tot en met 34", "35 of ouder"],
        };
        assert_eq!(classes.of(Some(24)), 0);
        assert_eq!(classes.of(Some(25)), 1);
        assert_eq!(classes.of(Some(34)), 1);
        assert_eq!(classes.of(Some(99)), 2);
        assert_eq!(classes.of(None), 3);
        assert_eq!(classes.labels()[3], "onbekend");
    }
}
