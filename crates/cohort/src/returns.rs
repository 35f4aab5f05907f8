use crate::definition::ReturnRules;
use crate::follow::{Observed, observed_days};
use calendar::{DayPoint, RelativeDay};
use codes::{ExitReason, Facility, FacilityGroup, Institution, ReturnKind};
use record::{ObservationWindow, Person};
use serde::{Deserialize, Serialize};
use trajectory::{Departure, ReportedReturn, Stay, Trajectories};

/// Which institutions a return may be to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// The institution that the client left; another one is an admission elsewhere.
    #[serde(rename = "zelfde")]
    SameInstitution,
    /// Any institution that delivered.
    #[serde(rename = "elke")]
    AnyInstitution,
}

/// What a return is.
///
/// A return is a new admission of the same person, starting more than
/// [`ReturnRules::transfer_max_days`] after the exit. Follow-up starts on the day of exit and
/// ends with the first of: return, death, detention, admission elsewhere, end of observation.
///
/// A client who is discharged straight to a prison or a clinic is in another place but can
/// still return: the destination itself is no event. Only what is reported after the exit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnDefinition {
    /// Which institutions count.
    pub scope: Scope,
    /// Whether a time-out counts as a return; if not, the client stays in follow-up.
    pub with_time_out: bool,
    /// The rest.
    pub rules: ReturnRules,
}

/// What ended the follow-up after an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReturnOutcome {
    /// Admitted again.
    Returned,
    /// Died.
    Died,
    /// In detention.
    Detained,
    /// Admitted to a clinic outside the scope.
    AdmittedElsewhere,
    /// Nothing, up to the end of observation.
    Censored,
}

impl ReturnDefinition {
    /// Follows a person from the exit of `index`; `None` where the client has not left, has
    /// died, moved on directly (a transfer), or is not observed after the exit by every one of
    /// the institutions that `delivered`.
    pub fn follow(
        &self,
        trajectories: &Trajectories,
        person: &Person,
        delivered: &[Institution],
        index: &Stay,
    ) -> Option<Observed<ReturnOutcome>> {
        let departure = index.departure()?;
        let stays = trajectories.stays_of(index.person);
        if departure.died() || is_transfer(stays, index, self.rules) {
            return None;
        }
        let window = self.window(person, delivered, index.institution)?;
        let (entry, last) = observed_days(window, departure.day);
        let cap = self
            .rules
            .window_days
            .map_or(i32::MAX, |days| i32::try_from(days).unwrap_or(i32::MAX));
        let last = last.min(cap);
        let returns = trajectories.returns_of(index.person);
        let observed = match self.first_event(stays, returns, index, departure) {
            Some((day, outcome)) if day <= last => Observed {
                entry,
                exit: day,
                outcome,
            },
            _ => Observed {
                entry,
                exit: last,
                outcome: ReturnOutcome::Censored,
            },
        };
        (observed.exit > observed.entry).then_some(observed)
    }

    /// The days on which a return would be seen: for any institution, only where all that
    /// delivered are observing.
    fn window(
        &self,
        person: &Person,
        delivered: &[Institution],
        own: Institution,
    ) -> Option<ObservationWindow> {
        let window = |institution: Institution| person.windows[institution as usize];
        let common = |a: ObservationWindow, institution: &Institution| {
            let b = window(*institution)?;
            Some(ObservationWindow {
                from: a.from.max(b.from),
                until: a.until.min(b.until),
            })
        };
        match self.scope {
            Scope::SameInstitution => window(own),
            Scope::AnyInstitution => delivered.iter().try_fold(window(own)?, common),
        }
    }

    /// The first event after the exit, in days since. On one day a return comes first, then
    /// death, detention and admission elsewhere: what the deliveries' own dates say goes
    /// before what is reported.
    fn first_event(
        &self,
        stays: &[Stay],
        returns: &[ReportedReturn],
        index: &Stay,
        departure: &Departure,
    ) -> Option<(i32, ReturnOutcome)> {
        let since = |day: RelativeDay| day.since(departure.day).get();
        let admissions = stays.iter().enumerate().filter_map(|(position, stay)| {
            let outcome = self.admission_outcome(stays, returns, position, index)?;
            Some((since(stay.admitted), outcome))
        });
        let deaths = stays
            .iter()
            .filter_map(Stay::departure)
            .filter(|later| later.died())
            .map(|later| (since(later.day), ReturnOutcome::Died));
        let reports = returns
            .iter()
            .filter_map(|report| Some((since(report.day), reported_outcome(report)?)));
        admissions
            .chain(deaths)
            .chain(reports)
            .filter(|&(day, _)| day > 0)
            .min()
    }

    /// What the admission at `position` means for somebody who left `index`.
    fn admission_outcome(
        &self,
        stays: &[Stay],
        returns: &[ReportedReturn],
        position: usize,
        index: &Stay,
    ) -> Option<ReturnOutcome> {
        let stay = &stays[position];
        let gap = stay.admitted.since(index.left()?).get();
        if gap <= self.rules.transfer_max_days as i32 {
            return None;
        }
        if !self.with_time_out && is_time_out(stays, returns, position, self.rules) {
            return None;
        }
        match self.scope {
            Scope::SameInstitution if stay.institution != index.institution => {
                Some(ReturnOutcome::AdmittedElsewhere)
            }
            _ => Some(ReturnOutcome::Returned),
        }
    }
}

/// What a reported return means. Reported returns to the network itself mean nothing here: the
/// admission, if there was one, is in the deliveries. A death has no kind of its own; the
/// facility says it.
fn reported_outcome(report: &ReportedReturn) -> Option<ReturnOutcome> {
    let group = report.facility.map(codes::Facility::group);
    match (report.kind, group) {
        (_, Some(FacilityGroup::Died)) => Some(ReturnOutcome::Died),
        (ReturnKind::TimeOut | ReturnKind::SameBorg | ReturnKind::OtherBorg, _)
        | (_, Some(FacilityGroup::Borg)) => None,
        (ReturnKind::Detention, _) | (_, Some(FacilityGroup::Detention)) => {
            Some(ReturnOutcome::Detained)
        }
        (ReturnKind::StepUp | ReturnKind::Crisis, _)
        | (_, Some(FacilityGroup::ForensicClinic | FacilityGroup::MentalHealthClinic)) => {
            Some(ReturnOutcome::AdmittedElsewhere)
        }
        (ReturnKind::Relocation, _) => None,
    }
}

/// Whether the client did not leave the network at the exit of `index`: the destination is a
/// clinic of De Borg, another stay runs on the day of exit, or one starts within
/// [`ReturnRules::transfer_max_days`] after it.
pub fn is_transfer(stays: &[Stay], index: &Stay, rules: ReturnRules) -> bool {
    let Some(departure) = index.departure() else {
        return false;
    };
    departure.destination == Facility::BorgKlin
        || stays
            .iter()
            .filter(|stay| stay.admission != index.admission)
            .any(|stay| {
                let gap = stay.admitted.since(departure.day).get();
                let follows = (0..=rules.transfer_max_days as i32).contains(&gap);
                follows || stay.contains(departure.day)
            })
}

/// Whether the admission at `position` is a time-out. It is where
/// - an institution reports it as one on that day (give or take one), or
/// - the stay itself ended by time-out within [`ReturnRules::time_out_max_days`], or
/// - the client had left for a time-out: the stay before it ended for that reason at most so
///   many days earlier, and was no time-out itself.
pub(crate) fn is_time_out(
    stays: &[Stay],
    returns: &[ReportedReturn],
    position: usize,
    rules: ReturnRules,
) -> bool {
    let admitted = stays[position].admitted;
    let before = stays[..position]
        .iter()
        .filter(|stay| stay.left().is_some_and(|left| left <= admitted))
        .max_by_key(|stay| stay.left());
    labelled_time_out(&stays[position], returns, rules)
        || before.is_some_and(|before| {
            ended_by_time_out(before, admitted, rules) && !labelled_time_out(before, returns, rules)
        })
}

fn labelled_time_out(stay: &Stay, returns: &[ReportedReturn], rules: ReturnRules) -> bool {
    let reported = returns.iter().any(|report| {
        report.kind == ReturnKind::TimeOut && report.day.since(stay.admitted).get().abs() <= 1
    });
    let short = |days: i32| days <= rules.time_out_max_days as i32;
    let by_time_out = |departure: &Departure| departure.reason == ExitReason::TimeOut;
    reported
        || (stay.departure().is_some_and(by_time_out)
            && stay.length().is_some_and(|length| short(length.get())))
}

/// Whether `stay` ended by time-out, not too long before `day`.
fn ended_by_time_out(stay: &Stay, day: RelativeDay, rules: ReturnRules) -> bool {
    stay.departure().is_some_and(|departure| {
        departure.reason == ExitReason::TimeOut
            && day.since(departure.day).get() <= rules.time_out_max_days as i32
    })
}
