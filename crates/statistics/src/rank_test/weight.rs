//! Weights of differences over time.

/// How much a difference between groups counts, by the time at which it shows.
///
/// S is the Kaplan–Meier curve of all groups together, just before the time; n is how many are
/// at risk; d how many have the event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RankWeight {
    /// 1 everywhere (Mantel 1966).
    LogRank,
    /// S^ρ (1 − S)^γ (Fleming and Harrington 1991); ρ = 1 is close to Peto and Peto's test.
    FlemingHarrington {
        /// Weight of early differences.
        rho: f64,
        /// Weight of late differences.
        gamma: f64,
    },
    /// n (Gehan 1965, Breslow 1970).
    Gehan,
    /// √n (Tarone and Ware 1977).
    TaroneWare,
    /// S̃ = ∏ (1 − d/(n + 1)), this time included (Peto and Peto 1972).
    PetoPeto,
    /// S̃ n/(n + 1) (Andersen 1982).
    ModifiedPeto,
}

/// The curves that weights need, along time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    survival: f64,
    peto: f64,
}

impl Progress {
    pub(super) fn start() -> Self {
        Self {
            survival: 1.0,
            peto: 1.0,
        }
    }

    /// The weight of a time with `events` among `at_risk`, and the step over it.
    pub(super) fn weight(&mut self, weight: RankWeight, at_risk: f64, events: f64) -> f64 {
        let before = self.survival;
        self.survival *= 1.0 - events / at_risk;
        self.peto *= 1.0 - events / (at_risk + 1.0);
        match weight {
            RankWeight::LogRank => 1.0,
            // 0⁰ is 1: without ρ the curve does not matter.
            RankWeight::FlemingHarrington { rho, gamma } => {
                before.powf(rho) * (1.0 - before).max(0.0).powf(gamma)
            }
            RankWeight::Gehan => at_risk,
            RankWeight::TaroneWare => at_risk.sqrt(),
            RankWeight::PetoPeto => self.peto,
            RankWeight::ModifiedPeto => self.peto * at_risk / (at_risk + 1.0),
        }
    }
}

impl RankWeight {
    /// Exponents must be finite; negative ones would make the end of the curve infinite.
    pub(super) fn check(self) -> Result<(), crate::NotEstimable> {
        let Self::FlemingHarrington { rho, gamma } = self else {
            return Ok(());
        };
        for (what, value) in [("rho", rho), ("gamma", gamma)] {
            if !value.is_finite() || (what == "gamma" && value < 0.0) {
                return Err(crate::NotEstimable::Domain { what, value });
            }
        }
        Ok(())
    }
}
