use calendar::{DayCount, DayPoint, HalfYear, RelativeDay};
use codes::{
    ExitReason, Facility, Funding, Institution, ReturnKind, ReturnReason, SecurityLevel, Title,
};
use record::{AdmissionIndex, ClientIndex, PersonIndex};
use std::fmt;

/// Position of a stay in [`Trajectories::stays`](crate::Trajectories::stays).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StayIndex(pub u32);

impl StayIndex {
    /// The position as a `usize`.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// One stay in one institution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Whose stay it is.
    pub person: PersonIndex,
    /// The client row it was delivered with.
    pub client: ClientIndex,
    /// The admission row behind it.
    pub admission: AdmissionIndex,
    /// Where.
    pub institution: Institution,
    /// First day.
    pub admitted: RelativeDay,
    /// The half-year of the first day, as the study's dates policy keeps it: it tells on which
    /// side of a cohort's period the stay starts.
    pub admitted_half_year: HalfYear,
    /// Where the client came from.
    pub origin: Option<Facility>,
    /// Day from which the client was ready to leave.
    pub ready_for_exit: Option<RelativeDay>,
    /// How it ended.
    pub ending: Ending,
}

/// How a stay ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// No exit is known.
    Ongoing,
    /// The client left.
    Left(Departure),
    /// The exit comes before the admission, or two exits contradict each other.
    Contradictory,
}

/// The end of a stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// Day of exit: the first day outside.
    pub day: RelativeDay,
    /// Its half-year.
    pub half_year: HalfYear,
    /// Why.
    pub reason: ExitReason,
    /// Where to.
    pub destination: Facility,
    /// Level of security there, as reported.
    pub security: Option<SecurityLevel>,
}

impl Departure {
    /// Whether the client died.
    pub fn died(&self) -> bool {
        self.reason == ExitReason::Died || self.destination == Facility::Overleden
    }

    /// The level of security at the destination: as reported, else as usual for the facility.
    pub fn destination_security(&self) -> Option<SecurityLevel> {
        self.security.or(self.destination.usual_security())
    }
}

impl Stay {
    /// The end, if the client left.
    pub fn departure(&self) -> Option<&Departure> {
        match &self.ending {
            Ending::Left(departure) => Some(departure),
            Ending::Ongoing | Ending::Contradictory => None,
        }
    }

    /// The first day outside, if the client left.
    pub fn left(&self) -> Option<RelativeDay> {
        self.departure().map(|departure| departure.day)
    }

    /// Days from admission to exit, if the client left.
    pub fn length(&self) -> Option<DayCount> {
        self.left().map(|left| left.since(self.admitted))
    }

    /// Whether the client is there on `day`.
    pub fn contains(&self, day: RelativeDay) -> bool {
        self.admitted <= day
            && match self.ending {
                Ending::Ongoing => true,
                Ending::Left(departure) => day < departure.day,
                Ending::Contradictory => false,
            }
    }

    /// What stays of one person are put in order by; independent of the order of the rows.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        let (left, rest) = match self.ending {
            Ending::Ongoing => (RelativeDay::from_number(i32::MAX), (0, 0, 0)),
            Ending::Contradictory => (RelativeDay::from_number(i32::MAX), (1, 0, 0)),
            Ending::Left(departure) => (
                departure.day,
                (2, departure.reason as u8, departure.destination as u8),
            ),
        };
        let origin = self.origin.map(|facility| facility as u8);
        (
            self.admitted,
            left,
            self.institution,
            rest,
            origin,
            self.ready_for_exit,
            self.admission,
        )
    }
}

/// A stretch of a stay in one ward or facility.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlacementPeriod {
    /// First day.
    pub start: RelativeDay,
    /// First day after it.
    pub end: Option<RelativeDay>,
    /// Level of security.
    pub security: SecurityLevel,
    /// Type of facility.
    pub facility: Facility,
}

/// A period under a legal title.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TitlePeriod {
    /// First day.
    pub start: RelativeDay,
    /// First day after it.
    pub end: Option<RelativeDay>,
    /// The title.
    pub title: Title,
}

/// A period under one kind of funding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FundingPeriod {
    /// First day.
    pub start: RelativeDay,
    /// First day after it.
    pub end: Option<RelativeDay>,
    /// Who pays.
    pub funding: Funding,
}

/// A return that an institution reported, also to places outside the network.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReportedReturn {
    /// The institution that reported it.
    pub institution: Institution,
    /// Day of return.
    pub day: RelativeDay,
    /// Kind.
    pub kind: ReturnKind,
    /// Main reason.
    pub reason: Option<ReturnReason>,
    /// Where to.
    pub facility: Option<Facility>,
}

/// Whether `[start, end)` holds `day`.
macro_rules! runs_on {
    ($($name:ident),+) => { $(
        impl $name {
            /// Whether it runs on `day`.
            pub fn runs_on(&self, day: RelativeDay) -> bool {
                self.start <= day && self.end.is_none_or(|end| day < end)
            }
        }
    )+ };
}
runs_on!(PlacementPeriod, TitlePeriod, FundingPeriod);

macro_rules! redacted {
    ($($name:ident),+) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " { … }"))
            }
        }
    )+ };
}
redacted!(
    Stay,
    Ending,
    Departure,
    PlacementPeriod,
    TitlePeriod,
    FundingPeriod,
    ReportedReturn
);
