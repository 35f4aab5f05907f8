use serde::{Deserialize, Serialize};

/// Something that may go with leaving or coming back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Factor {
    /// Legal title; may change during a stay.
    #[serde(rename = "titel")]
    Title,
    /// Funding; may change during a stay.
    #[serde(rename = "financiering")]
    Funding,
    /// Level of security; may change during a stay.
    #[serde(rename = "beveiliging")]
    Security,
    /// Age at the start.
    #[serde(rename = "leeftijd")]
    Age,
    /// Sex.
    #[serde(rename = "geslacht")]
    Sex,
    /// Full-scale IQ.
    #[serde(rename = "iq")]
    Iq,
    /// Substance use, now or before.
    #[serde(rename = "middelen")]
    Substances,
    /// An earlier stay in De Borg that was linked.
    #[serde(rename = "eerder_verblijf")]
    EarlierStay,
    /// The stay ended before treatment was complete; known at exit.
    #[serde(rename = "voortijdig")]
    Premature,
    /// To at least two levels of security less; known at exit.
    #[serde(rename = "stap_beveiliging")]
    SecurityStep,
    /// Warm handover and outreach both; known at exit.
    #[serde(rename = "warme_overdracht")]
    Handover,
}

impl Factor {
    /// All factors.
    pub const ALL: [Self; 11] = [
        Self::Title,
        Self::Funding,
        Self::Security,
        Self::Age,
        Self::Sex,
        Self::Iq,
        Self::Substances,
        Self::EarlierStay,
        Self::Premature,
        Self::SecurityStep,
        Self::Handover,
    ];

    /// All but funding: it follows the title in most stays, and the two together say little.
    pub fn usual() -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|&factor| factor != Self::Funding).collect()
    }

    /// Whether it is known only when a stay ends.
    pub fn is_known_at_exit(self) -> bool {
        matches!(self, Self::Premature | Self::SecurityStep | Self::Handover)
    }

    /// Whether it may change during a stay.
    pub fn varies(self) -> bool {
        matches!(self, Self::Title | Self::Funding | Self::Security)
    }
}
