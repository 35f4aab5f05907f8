use estimate::ResultId;
use serde::{Serialize, Serializer};

/// A rule of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// Fewer clients than the threshold.
    Threshold,
    /// Too much of a number lies with too few institutions.
    Institutions,
    /// Nearly all of a group are alike.
    GroupDisclosure,
    /// One client makes up too much of a sum.
    Dominance,
    /// Too few clients beyond a quantile.
    Quantile,
    /// Hidden because a hidden number would follow from it.
    Secondary,
    /// A curve is shown in steps of several events.
    CurveThinning,
    /// A curve is not shown where few are at risk.
    CurveCut,
    /// Small events or steps are taken together.
    Merging,
    /// Numbers are rounded.
    Rounding,
    /// Compared with earlier releases.
    Differencing,
    /// A model with too few behind it, or too close to its data.
    Model,
    /// A quotation, or who speaks in it.
    Quotation,
    /// The attack on everything that would be shown.
    Audit,
    /// The data cannot answer the question.
    NotEstimable,
}

impl Serialize for Check {
    /// The code of the rule.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code().serialize(serializer)
    }
}

impl Check {
    /// The code of the rule in the documentation.
    pub fn code(self) -> &'static str {
        match self {
            Self::Threshold => "drempel",
            Self::Institutions => "instellingen",
            Self::GroupDisclosure => "groep",
            Self::Dominance => "dominantie",
            Self::Quantile => "kwantiel",
            Self::Secondary => "secundair",
            Self::CurveThinning => "curve-stappen",
            Self::CurveCut => "curve-afkap",
            Self::Merging => "samenvoegen",
            Self::Rounding => "afronden",
            Self::Differencing => "verschil",
            Self::Model => "model",
            Self::Quotation => "citaat",
            Self::Audit => "aanval",
            Self::NotEstimable => "te-weinig",
        }
    }
}

/// What one rule did to one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRecord {
    /// The rule.
    pub check: Check,
    /// What it did and what is lost by it, in Dutch.
    pub sentence: String,
    /// What it hid.
    pub hidden: Vec<HiddenCell>,
}

/// A number that is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenCell {
    /// Where it stands.
    pub place: String,
    /// Why it is not shown; never the number.
    pub why: String,
}

/// What the gate made of one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenedResult {
    /// Stable name.
    pub id: ResultId,
    /// Dutch title.
    pub title: String,
    /// What each rule did.
    pub checks: Vec<CheckRecord>,
}
