use crate::SecurityLevel;

impl SecurityLevel {
    /// Rank on the ordinal scale 0 < 1 < 2L < 2H < 3 < 4, for steps up and down.
    pub fn rank(self) -> i8 {
        self as i8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_rises_in_the_order_of_the_list() {
        let ranks: Vec<i8> = SecurityLevel::ALL
            .iter()
            .map(|level| level.rank())
            .collect();
        assert_eq!(ranks, [0, 1, 2, 3, 4, 5]);
        assert!(SecurityLevel::TwoHigh.rank() > SecurityLevel::TwoLow.rank());
    }
}
