//! Institutions, facilities and the way between them.

use crate::list::code_list;

code_list! {
    /// The four institutions of De Borg.
    Institution = "CL01", "instelling", "De Borg";
    Stevig "STEVIG" "STEVIG", Wier "WIER" "Wier", Middenweg "MIDDENWEG" "De Middenweg", Trajectum "TRAJECTUM" "Trajectum",
}

code_list! {
    /// Level of security.
    SecurityLevel = "CL11", "beveiligingsniveau", "NZa-regeling BWBR0036838; forensischezorg.nl";
    Open "0" "geen, open", Closed "1" "besloten", TwoLow "2L" "niveau 2, laag", TwoHigh "2H" "niveau 2, hoog",
    Three "3" "niveau 3", Four "4" "niveau 4",
}

code_list! {
    /// Facility that a client comes from or goes to.
    Facility = "CL10", "voorziening", "lokaal, met vertaling naar zib organisatietype en bestemming";
    BorgKlin "BORG_KLIN" "SGLVG-behandelcentrum, klinisch", BorgVerblijf "BORG_VERBLIJF" "SGLVG-verblijf, langdurig",
    BorgAmb "BORG_AMB" "ambulante SGLVG-behandeling", Fpc "FPC" "forensisch psychiatrisch centrum",
    Lfpz "LFPZ" "langdurige forensisch psychiatrische zorg", Fpk "FPK" "forensisch psychiatrische kliniek",
    Fvk "FVK" "forensische verslavingskliniek", Fva "FVA" "forensische verslavingsafdeling",
    Fpa "FPA" "forensisch psychiatrische afdeling", KibHic "KIB_HIC" "kliniek intensieve behandeling of HIC",
    GgzKlin "GGZ_KLIN" "reguliere ggz-kliniek", GgzWlz "GGZ_WLZ" "ggz-verblijf in de Wlz",
    Lkv "LKV" "langdurig klinisch verblijf", WlzBev "WLZ_BEV" "beveiligd bed Wlz",
    Vg6 "VG_6" "VG-instelling, profiel 6", Vg7 "VG_7" "VG-instelling, profiel 7 (besloten)",
    VgOverig "VG_OVERIG" "VG-wonen, overig", LvgBeh "LVG_BEH" "LVG-behandelcentrum",
    FzVgverbl "FZ_VGVERBL" "VG-verblijf met forensische titel", Fbw "FBW" "forensisch beschermd wonen",
    Ribw "RIBW" "RIBW", Bw "BW" "beschermd wonen", BeglZelfst "BEGL_ZELFST" "zelfstandig met begeleiding",
    ThuisZelfst "THUIS_ZELFST" "zelfstandig zonder begeleiding", ThuisOuders "THUIS_OUDERS" "bij ouders of familie",
    Mo "MO" "maatschappelijke opvang, dakloos", Pi "PI" "penitentiaire inrichting", Ppc "PPC" "penitentiair psychiatrisch centrum",
    Jji "JJI" "justitiële jeugdinrichting", Gjh "GJH" "gesloten jeugdhulp", Versl "VERSL" "reguliere verslavingskliniek",
    Zh "ZH" "ziekenhuis", Vph "VPH" "verpleeghuis", Buitenl "BUITENL" "buitenland", Overleden "OVERLEDEN" "overleden",
    Onttrokken "ONTTROKKEN" "onttrokken of vertrokken", Onb "ONB" "onbekend",
}

/// The groups in which destinations are shown, coarse enough for small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacilityGroup {
    /// De Borg itself
    Borg,
    /// forensic clinic
    ForensicClinic,
    /// mental-health clinic
    MentalHealthClinic,
    /// secured or sheltered VG living
    DisabilityCare,
    /// sheltered living
    ShelteredLiving,
    /// independent, with or without support, or with family
    Home,
    /// prison or youth prison
    Detention,
    /// homeless, gone, abroad, unknown
    OtherOrUnknown,
    /// died
    Died,
}

impl FacilityGroup {
    /// All groups, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Borg,
        Self::ForensicClinic,
        Self::MentalHealthClinic,
        Self::DisabilityCare,
        Self::ShelteredLiving,
        Self::Home,
        Self::Detention,
        Self::OtherOrUnknown,
        Self::Died,
    ];

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Borg => "De Borg",
            Self::ForensicClinic => "forensische kliniek",
            Self::MentalHealthClinic => "ggz- of verslavingskliniek",
            Self::DisabilityCare => "VG- of LVG-instelling",
            Self::ShelteredLiving => "beschermd wonen",
            Self::Home => "zelfstandig of bij familie",
            Self::Detention => "detentie",
            Self::OtherOrUnknown => "overig of onbekend",
            Self::Died => "overleden",
        }
    }
}

impl Facility {
    /// The group in which the facility is shown.
    pub fn group(self) -> FacilityGroup {
        use Facility as F;
        match self {
            F::BorgKlin | F::BorgVerblijf | F::BorgAmb => FacilityGroup::Borg,
            F::Fpc | F::Lfpz | F::Fpk | F::Fvk | F::Fva | F::Fpa => FacilityGroup::ForensicClinic,
            F::KibHic | F::GgzKlin | F::GgzWlz | F::Lkv | F::Versl | F::Zh | F::Vph => {
                FacilityGroup::MentalHealthClinic
            }
            F::WlzBev | F::Vg6 | F::Vg7 | F::VgOverig | F::LvgBeh | F::FzVgverbl => {
                FacilityGroup::DisabilityCare
            }
            F::Fbw | F::Ribw | F::Bw => FacilityGroup::ShelteredLiving,
            F::BeglZelfst | F::ThuisZelfst | F::ThuisOuders => FacilityGroup::Home,
            F::Pi | F::Ppc | F::Jji | F::Gjh => FacilityGroup::Detention,
            F::Mo | F::Buitenl | F::Onttrokken | F::Onb => FacilityGroup::OtherOrUnknown,
            F::Overleden => FacilityGroup::Died,
        }
    }

    /// The level of security that goes with the facility, where it is fixed enough to tell.
    pub fn usual_security(self) -> Option<crate::SecurityLevel> {
        use crate::SecurityLevel as S;
        use Facility as F;
        match self {
            F::Fpc => Some(S::Four),
            F::Lfpz | F::Fpk | F::Fvk => Some(S::Three),
            F::Fpa | F::Fva | F::Lkv => Some(S::TwoLow),
            F::WlzBev | F::Vg7 | F::KibHic => Some(S::Closed),
            F::GgzKlin | F::GgzWlz | F::Vg6 | F::VgOverig | F::LvgBeh | F::FzVgverbl | F::Versl => {
                Some(S::Open)
            }
            F::Fbw | F::Ribw | F::Bw | F::BeglZelfst | F::ThuisZelfst | F::ThuisOuders | F::Mo => {
                Some(S::Open)
            }
            _ => None,
        }
    }
}

code_list! {
    /// Who refers.
    Referrer = "CL13", "verwijzer", "lokaal, naar forensischezorg.nl";
    Diz "DIZ" "DJI, Divisie Individuele Zaken", Reclassering "3RO" "reclassering", PmoPi "PMO_PI" "PMO in een PI",
    Nifp "NIFP" "NIFP", Om "OM" "OM of rechter", Ciz "CIZ" "CIZ of zorgkantoor", Ggz "GGZ" "ggz-aanbieder",
    Vg "VG" "VG-aanbieder", Huisarts "HUISARTS" "huisarts of AVG-arts", Gemeente "GEMEENTE" "gemeente of wijkteam",
    Jeugd "JEUGD" "jeugdhulp", Crisis "CRISIS" "crisisdienst", Zelf "ZELF" "cliënt zelf of familie",
    Borg "BORG" "andere Borg-instelling", Overig "OVERIG" "overig",
}

code_list! {
    /// Decision on a referral.
    ReferralDecision = "CL38", "besluit op aanmelding", "lokaal";
    Accepted "GEACCEPTEERD" "geaccepteerd", Refused "AFGEWEZEN" "afgewezen", Withdrawn "INGETROKKEN" "ingetrokken",
    Waiting "WACHT" "nog geen besluit",
}

code_list! {
    /// Why a referral was refused.
    RefusalReason = "CL39", "afwijsreden", "lokaal, naar de uitsluitcriteria van De Borg";
    NoPlace "GEEN_PLEK" "geen plek", NotIndicated "GEEN_INDICATIE" "geen SGLVG-indicatie", Iq "IQ" "IQ buiten de grenzen",
    Exclusion "UITSLUITING" "uitsluitcriterium", Security "BEVEILIGING" "beveiliging past niet", Funding "FINANC" "financiering",
    Other "OVERIG" "overig",
}
