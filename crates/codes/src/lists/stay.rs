//! What happens during and after a stay.

use crate::list::code_list;

code_list! {
    /// Phase of treatment.
    Phase = "CL40", "fase", "lokaal, naar de fasering in de literatuur";
    Observation "OBSERVATIE" "observatie", Treatment "BEHANDELING" "behandeling",
    Resocialisation "RESOCIALISATIE" "resocialisatie", Ambulant "AMBULANT" "ambulant",
}

code_list! {
    /// Type of living group.
    GroupType = "CL41", "leefgroep", "lokaal";
    Low "LAAG" "laag intensief", LowMedium "LAAG_MIDDEN" "laag-midden intensief", Medium "MIDDEN" "midden intensief",
    MediumHigh "MIDDEN_HOOG" "midden-hoog intensief", High "HOOG" "hoog intensief",
}

code_list! {
    /// Why a stay ended.
    ExitReason = "CL12", "ontslagreden", "lokaal, met vertaling naar NZa 3.1.5 en iWlz COD588 en COD172";
    Completed "BEH_AFGEROND" "behandeling afgerond", StepDown "DOORSTR_LAGER" "doorstroom naar lagere beveiliging",
    StepUp "DOORSTR_HOGER" "doorstroom naar hogere beveiliging", Lateral "OVERPL_GELIJK" "overplaatsing, gelijk niveau",
    EarlyClient "VROEG_CLIENT" "voortijdig, door de cliënt", EarlyInstitution "VROEG_INST" "voortijdig, door de instelling",
    TitleEnd "TITEL_EINDE" "titel afgelopen", TitleUnforeseen "TITEL_ONVOORZIEN" "titel onvoorzien beëindigd",
    IntakeOnly "INTAKE_ONLY" "alleen intake", TimeOut "TIMEOUT" "time-out", Reindication "HERINDICATIE" "herindicatie",
    NoFunding "GEEN_FINANC" "geen financiering", Detention "DETENTIE" "detentie", Absconded "ONTTREKKING" "onttrekking",
    Died "OVERLEDEN" "overleden", Moved "VERHUIZING" "verhuizing", Other "OVERIG" "overig", Unknown "ONB" "onbekend",
}

/// How a stay ended, in the groups that compete with each other in the analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitKind {
    /// as planned
    Planned,
    /// before treatment was complete
    Premature,
    /// to higher security or prison
    StepUp,
    /// died
    Died,
    /// other or unknown
    Other,
}

impl ExitKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Planned,
        Self::Premature,
        Self::StepUp,
        Self::Died,
        Self::Other,
    ];

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Planned => "volgens plan",
            Self::Premature => "voortijdig",
            Self::StepUp => "hogere beveiliging of detentie",
            Self::Died => "overleden",
            Self::Other => "overig of onbekend",
        }
    }
}

impl ExitReason {
    /// The group of the reason.
    pub fn kind(self) -> ExitKind {
        use ExitReason as R;
        match self {
            R::Completed | R::StepDown | R::Lateral | R::TitleEnd | R::Reindication | R::Moved => {
                ExitKind::Planned
            }
            R::EarlyClient
            | R::EarlyInstitution
            | R::TitleUnforeseen
            | R::NoFunding
            | R::Absconded => ExitKind::Premature,
            R::StepUp | R::Detention => ExitKind::StepUp,
            R::Died => ExitKind::Died,
            R::IntakeOnly | R::TimeOut | R::Other | R::Unknown => ExitKind::Other,
        }
    }
}

code_list! {
    /// Treatment module.
    Module = "CL15", "module", "De Borg, jaarverslag";
    Goa "GOA" "Grip op Agressie", Sgg "SGG" "Seksueel Gezond Gedrag", Mid "MID" "Middelengebruik", Sova "SOVA" "sociale vaardigheden",
    Trauma "TRAUMA" "traumabehandeling", Vakth "VAKTH" "vaktherapie", Xsys "XSYS" "X-system", Watch "WATCH" "smartwatch",
    Scin "SCIN" "Screen & Intervene", Other "OVERIG" "overig",
}

code_list! {
    /// Status of a module.
    ModuleStatus = "CL42", "modulestatus", "lokaal";
    Running "LOOPT" "loopt", Completed "AFGEROND" "afgerond", Stopped "GESTAAKT" "gestaakt",
}

code_list! {
    /// Kind of incident.
    IncidentKind = "CL43", "incidenttype", "lokaal, naar MOAS";
    Verbal "VERBAAL" "verbaal", Material "MATERIEEL" "materieel", Auto "AUTO" "gericht op zichzelf", Physical "FYSIEK" "fysiek",
}

code_list! {
    /// Target of an incident.
    IncidentTarget = "CL44", "doelwit", "lokaal";
    Staff "MEDEWERKER" "medewerker", Client "CLIENT" "andere cliënt", Self_ "ZELF" "zichzelf", Object "OBJECT" "voorwerp",
    Other "ANDERS" "anders",
}

code_list! {
    /// Coercive measure.
    Measure = "CL45", "vrijheidsbeperking", "lokaal, verkort naar Wzd en Wvggz";
    Seclusion "SEPARATIE" "separatie", Isolation "AFZONDERING" "afzondering", Fixation "FIXATIE" "fixatie",
    Holding "VASTHOUDEN" "vasthouden", Medication "MEDICATIE" "gedwongen medicatie", RoomStay "KAMER" "verblijf op de kamer",
    Search "ONDERZOEK" "onderzoek aan lichaam of kleding", Communication "COMMUNICATIE" "beperking van communicatie",
    Movement "BEWEGING" "beperking van bewegingsvrijheid", Other "OVERIG" "overig",
}

code_list! {
    /// Consent to a coercive measure.
    Assent = "CL46", "instemming", "zib VrijheidsbeperkendeInterventie (Nictiz, CC0), verkort";
    C1 "1" "instemming", C2 "2" "geen verzet", C3 "3" "verzet", C4 "4" "onbekend",
}

code_list! {
    /// Kind of leave.
    LeaveKind = "CL47", "verlof", "lokaal";
    Escorted "BEGELEID" "begeleid", Unescorted "ONBEGELEID" "onbegeleid", Transmural "TRANSMURAAL" "transmuraal",
    Trial "PROEFVERLOF" "proefverlof",
}

code_list! {
    /// Kind of return.
    ReturnKind = "CL16", "soort terugkeer", "lokaal (aanname, vast te stellen door de projectgroep)";
    TimeOut "TIMEOUT" "time-out", SameBorg "HEROPN_ZELFDE" "heropname, zelfde Borg-instelling",
    OtherBorg "HEROPN_BORG" "heropname, andere Borg-instelling", StepUp "OPSCHALING" "opschaling naar hogere beveiliging",
    Crisis "CRISIS_GGZ" "crisisopname ggz", Detention "DETENTIE" "detentie", Relocation "HERPLAATSING" "herplaatsing",
}

code_list! {
    /// Reason of a return.
    ReturnReason = "CL17", "reden van terugkeer", "lokaal, naar Penney e.a. 2018 en Alexander e.a. 2006";
    Decompensation "DECOMP" "psychische ontregeling", Substance "MIDDEL" "middelengebruik",
    NonCooperation "NIET_MEEWERKEN" "niet meewerken", Aggression "AGRESSIE" "agressie", Sexual "SEKS_GRENS" "seksueel grensoverschrijdend gedrag",
    Offence "DELICT" "delict", Conditions "VOORWAARDE_SCHENDING" "schending van voorwaarden", SelfHarm "SUICIDE_ZELFB" "suïcidaliteit of zelfbeschadiging",
    Overburdened "OVERVRAGING" "overvraging, te grote stap", Guidance "BEGELEID_TEKORT" "tekort aan kennis of personeel",
    PlaceStopped "PLEK_GESTOPT" "plek gestopt", TitleLost "TITEL_WEGGEVALLEN" "titel weggevallen", FundingLost "FINANC_WEGGEVALLEN" "financiering weggevallen",
    Network "NETWERK" "netwerk", Wish "WENS_CLIENT" "wens van de cliënt", Other "OVERIG" "overig",
}

code_list! {
    /// Yes or no, as deliveries write it.
    YesNo = "CL48", "ja of nee", "lokaal";
    Yes "J" "ja", No "N" "nee",
}

/// Every list, in the order of the dictionary.
pub fn all_lists() -> &'static [&'static crate::CodeList] {
    use crate::*;
    static LISTS: std::sync::LazyLock<Vec<&'static CodeList>> = std::sync::LazyLock::new(|| {
        vec![
            Institution::list(),
            Sex::list(),
            Funding::list(),
            CareProfile::list(),
            Title::list(),
            Diagnosis::list(),
            Offence::list(),
            ReoffenceRisk::list(),
            ZpmSetting::list(),
            Facility::list(),
            SecurityLevel::list(),
            ExitReason::list(),
            Referrer::list(),
            Module::list(),
            ReturnKind::list(),
            ReturnReason::list(),
            Origin::list(),
            MaritalStatus::list(),
            Household::list(),
            Education::list(),
            Daytime::list(),
            Representation::list(),
            LegalGround::list(),
            IqClass::list(),
            IqTest::list(),
            Adaptive::list(),
            Substance::list(),
            SubstanceStatus::list(),
            Trauma::list(),
            Instrument::list(),
            Administration::list(),
            StayIntensity::list(),
            WzdStatement::list(),
            IndicationBody::list(),
            ReferralDecision::list(),
            RefusalReason::list(),
            Phase::list(),
            GroupType::list(),
            ModuleStatus::list(),
            IncidentKind::list(),
            IncidentTarget::list(),
            Measure::list(),
            Assent::list(),
            LeaveKind::list(),
            YesNo::list(),
        ]
    });
    &LISTS
}
