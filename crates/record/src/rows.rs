use crate::{AdmissionIndex, ClientIndex, MeasurementIndex};
use calendar::DayPoint;
use codes::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A row type of [`Content`](crate::Content): `Debug` tells its kind and nothing else.
macro_rules! redacted {
    ($($name:ident $(<$axis:ident>)?),+ $(,)?) => { $(
        impl $(<$axis>)? fmt::Debug for $name $(<$axis>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    )+ };
}

/// A set of substances, one bit per code of the list.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubstanceSet(u16);

impl SubstanceSet {
    /// The set with `substance` added.
    pub fn with(self, substance: Substance) -> Self {
        Self(self.0 | 1 << substance.position())
    }

    /// Whether `substance` is in the set.
    pub fn contains(self, substance: Substance) -> bool {
        self.0 >> substance.position() & 1 == 1
    }

    /// Whether any substance is in the set, "none" and "unknown" apart.
    pub fn any(self) -> bool {
        Substance::ALL
            .iter()
            .any(|&s| !matches!(s, Substance::None | Substance::Unknown) && self.contains(s))
    }
}

/// What is known of a client, apart from who it is.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// The institution that delivered the row.
    pub institution: Institution,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Sex.
    pub sex: Sex,
    /// Region of origin.
    pub origin: Option<Origin>,
    /// Marital status.
    pub marital_status: Option<MaritalStatus>,
    /// Household before admission.
    pub household: Option<Household>,
    /// Highest education.
    pub education: Option<Education>,
    /// Daytime activity before admission.
    pub daytime: Option<Daytime>,
    /// Legal representation.
    pub representation: Option<Representation>,
    /// Full-scale IQ.
    pub iq: Option<u8>,
    /// The test behind the IQ.
    pub iq_test: Option<IqTest>,
    /// Level of intellectual functioning.
    pub iq_class: Option<IqClass>,
    /// SCIL total, 0–28.
    pub scil: Option<u8>,
    /// Social-emotional age in months, 0–168.
    pub social_emotional_months: Option<u8>,
    /// Adaptive functioning.
    pub adaptive: Option<Adaptive>,
    /// Substances used.
    pub substances: SubstanceSet,
    /// Status of substance use.
    pub substance_status: Option<SubstanceStatus>,
    /// Early childhood trauma.
    pub trauma: Option<Trauma>,
    /// Years of care before, 0–60.
    pub care_years: Option<u8>,
    /// Admissions before the study, as reported.
    pub earlier_admissions: Option<u8>,
    /// Age at the first offence.
    pub age_first_offence: Option<u8>,
    /// Number of convictions.
    pub convictions: Option<u16>,
    /// The ground for use in research.
    pub ground: LegalGround,
}

/// A client put forward for admission.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Referral<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Day of referral.
    pub referred: D,
    /// Day of the indication.
    pub indicated: Option<D>,
    /// Day of acceptance.
    pub accepted: Option<D>,
    /// What was decided.
    pub decision: ReferralDecision,
    /// Why it was refused.
    pub refusal: Option<RefusalReason>,
    /// Who referred.
    pub referrer: Option<Referrer>,
    /// Where the client then was.
    pub origin: Option<Facility>,
}

impl<D: DayPoint> Referral<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Referral<E> {
        Referral {
            client: self.client,
            referred: to(self.referred),
            indicated: self.indicated.map(&to),
            accepted: self.accepted.map(&to),
            decision: self.decision,
            refusal: self.refusal,
            referrer: self.referrer,
            origin: self.origin,
        }
    }
}

/// One stay in an institution, from admission to exit.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Admission<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Day of admission.
    pub admitted: D,
    /// Where the client came from.
    pub origin: Option<Facility>,
    /// Who referred.
    pub referrer: Option<Referrer>,
    /// Day from which the client was ready to leave.
    pub ready_for_exit: Option<D>,
}

impl<D: DayPoint> Admission<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Admission<E> {
        Admission {
            client: self.client,
            admitted: to(self.admitted),
            origin: self.origin,
            referrer: self.referrer,
            ready_for_exit: self.ready_for_exit.map(&to),
        }
    }
}

/// A stretch of an admission in one ward or facility.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement<D> {
    /// The admission it belongs to.
    pub admission: AdmissionIndex,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// Type of facility.
    pub facility: Facility,
    /// Level of security.
    pub security: SecurityLevel,
    /// Type of living group.
    pub group_type: Option<GroupType>,
    /// Phase of treatment.
    pub phase: Option<Phase>,
}

impl<D: DayPoint> Placement<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Placement<E> {
        Placement {
            admission: self.admission,
            start: to(self.start),
            end: self.end.map(&to),
            facility: self.facility,
            security: self.security,
            group_type: self.group_type,
            phase: self.phase,
        }
    }
}

/// A period under a legal title; several may run at once.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TitleSpell<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// The title.
    pub title: Title,
}

impl<D: DayPoint> TitleSpell<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> TitleSpell<E> {
        TitleSpell {
            client: self.client,
            start: to(self.start),
            end: self.end.map(&to),
            title: self.title,
        }
    }
}

/// A period under one kind of funding.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FundingSpell<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// Who pays.
    pub funding: Funding,
    /// Care profile.
    pub profile: Option<CareProfile>,
    /// Setting of the care-performance model.
    pub zpm_setting: Option<ZpmSetting>,
    /// Intensity of stay.
    pub intensity: Option<StayIntensity>,
}

impl<D: DayPoint> FundingSpell<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> FundingSpell<E> {
        FundingSpell {
            client: self.client,
            start: to(self.start),
            end: self.end.map(&to),
            funding: self.funding,
            profile: self.profile,
            zpm_setting: self.zpm_setting,
            intensity: self.intensity,
        }
    }
}

/// An indication by CIZ, NIFP or another body.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Indication<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Who indicated.
    pub body: IndicationBody,
    /// Day of the decision.
    pub decided: D,
    /// First day on which it is no longer valid.
    pub until: Option<D>,
    /// Care profile.
    pub profile: Option<CareProfile>,
    /// Statement under article 21 Wzd.
    pub wzd: Option<WzdStatement>,
    /// First day of the statement.
    pub wzd_start: Option<D>,
    /// First day after the statement.
    pub wzd_end: Option<D>,
}

impl<D: DayPoint> Indication<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Indication<E> {
        Indication {
            client: self.client,
            body: self.body,
            decided: to(self.decided),
            until: self.until.map(&to),
            profile: self.profile,
            wzd: self.wzd,
            wzd_start: self.wzd_start.map(&to),
            wzd_end: self.wzd_end.map(&to),
        }
    }
}

/// A diagnosis group of a client.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DiagnosisRow<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// The group.
    pub diagnosis: Diagnosis,
    /// Whether it is the main diagnosis.
    pub primary: bool,
    /// Day it was established.
    pub established: Option<D>,
}

impl<D: DayPoint> DiagnosisRow<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> DiagnosisRow<E> {
        DiagnosisRow {
            client: self.client,
            diagnosis: self.diagnosis,
            primary: self.primary,
            established: self.established.map(&to),
        }
    }
}

/// An index offence of a client.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct OffenceRow {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// The cluster.
    pub offence: Offence,
    /// Risk of reoffending.
    pub reoffence_risk: Option<ReoffenceRisk>,
}

/// A questionnaire taken or a scale scored.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// The instrument.
    pub instrument: Instrument,
    /// Day of measurement.
    pub taken: D,
    /// Total score.
    pub total: Option<f32>,
    /// How it was taken.
    pub administration: Option<Administration>,
}

impl<D: DayPoint> Measurement<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Measurement<E> {
        Measurement {
            client: self.client,
            instrument: self.instrument,
            taken: to(self.taken),
            total: self.total,
            administration: self.administration,
        }
    }
}

/// One item of a measurement.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemScore {
    /// The measurement it belongs to.
    pub measurement: MeasurementIndex,
    /// Number of the item, from 1.
    pub item: u16,
    /// The score.
    pub score: i16,
}

/// Participation in a treatment module.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ModuleRow<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// The module.
    pub module: Module,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// How it stands.
    pub status: ModuleStatus,
}

impl<D: DayPoint> ModuleRow<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> ModuleRow<E> {
        ModuleRow {
            client: self.client,
            module: self.module,
            start: to(self.start),
            end: self.end.map(&to),
            status: self.status,
        }
    }
}

/// An incident.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Day of the incident.
    pub day: D,
    /// Kind.
    pub kind: IncidentKind,
    /// Severity on the institution's scale, 0–40.
    pub severity: Option<u8>,
    /// Target.
    pub target: Option<IncidentTarget>,
}

impl<D: DayPoint> Incident<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Incident<E> {
        Incident {
            client: self.client,
            day: to(self.day),
            kind: self.kind,
            severity: self.severity,
            target: self.target,
        }
    }
}

/// A measure that restricted freedom.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CoerciveMeasure<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Kind.
    pub measure: Measure,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// Consent.
    pub assent: Option<Assent>,
}

impl<D: DayPoint> CoerciveMeasure<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> CoerciveMeasure<E> {
        CoerciveMeasure {
            client: self.client,
            measure: self.measure,
            start: to(self.start),
            end: self.end.map(&to),
            assent: self.assent,
        }
    }
}

/// A period of leave.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Leave<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Kind.
    pub kind: LeaveKind,
    /// First day.
    pub start: D,
    /// First day after it.
    pub end: Option<D>,
    /// Whether the client stayed away.
    pub absconded: Option<bool>,
}

impl<D: DayPoint> Leave<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Leave<E> {
        Leave {
            client: self.client,
            kind: self.kind,
            start: to(self.start),
            end: self.end.map(&to),
            absconded: self.absconded,
        }
    }
}

/// The end of an admission.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Exit<D> {
    /// The admission it belongs to.
    pub admission: AdmissionIndex,
    /// Day of exit.
    pub day: D,
    /// Why.
    pub reason: ExitReason,
    /// Whether it was planned.
    pub planned: Option<bool>,
    /// Where to.
    pub destination: Facility,
    /// Level of security there.
    pub destination_security: Option<SecurityLevel>,
    /// Whether there was a warm handover.
    pub warm_handover: Option<bool>,
    /// Days of handover.
    pub handover_days: Option<u16>,
    /// Whether ambulant aftercare followed.
    pub outreach: Option<bool>,
    /// Whether the signalling plan went along.
    pub signal_plan: Option<bool>,
}

impl<D: DayPoint> Exit<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Exit<E> {
        Exit {
            admission: self.admission,
            day: to(self.day),
            reason: self.reason,
            planned: self.planned,
            destination: self.destination,
            destination_security: self.destination_security,
            warm_handover: self.warm_handover,
            handover_days: self.handover_days,
            outreach: self.outreach,
            signal_plan: self.signal_plan,
        }
    }
}

/// A return as the institution reports it, also to places outside De Borg.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Return<D> {
    /// The client it belongs to.
    pub client: ClientIndex,
    /// Day of return.
    pub day: D,
    /// Kind.
    pub kind: ReturnKind,
    /// Main reason.
    pub reason: Option<ReturnReason>,
    /// Where to.
    pub facility: Option<Facility>,
}

impl<D: DayPoint> Return<D> {
    /// The same row on another day axis.
    pub fn on_axis<E>(self, to: impl Fn(D) -> E) -> Return<E> {
        Return {
            client: self.client,
            day: to(self.day),
            kind: self.kind,
            reason: self.reason,
            facility: self.facility,
        }
    }
}

redacted!(
    Client,
    Referral<D>,
    Admission<D>,
    Placement<D>,
    TitleSpell<D>,
    FundingSpell<D>,
    Indication<D>,
    DiagnosisRow<D>,
    OffenceRow,
    Measurement<D>,
    ItemScore,
    ModuleRow<D>,
    Incident<D>,
    CoerciveMeasure<D>,
    Leave<D>,
    Exit<D>,
    Return<D>,
    SubstanceSet
);

impl Client {
    /// A client of whom nothing is known.
    pub fn unknown(institution: Institution) -> Self {
        Self {
            institution,
            birth_year: None,
            sex: Sex::Unknown,
            origin: None,
            marital_status: None,
            household: None,
            education: None,
            daytime: None,
            representation: None,
            iq: None,
            iq_test: None,
            iq_class: None,
            scil: None,
            social_emotional_months: None,
            adaptive: None,
            substances: SubstanceSet::default(),
            substance_status: None,
            trauma: None,
            care_years: None,
            earlier_admissions: None,
            age_first_offence: None,
            convictions: None,
            ground: LegalGround::Unknown,
        }
    }
}
