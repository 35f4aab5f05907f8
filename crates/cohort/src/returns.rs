use crate::definition::ReturnRules;
use crate::follow::{Observed, observed_days};
use calendar::{DayPoint, RelativeDay};
use codes::{ExitReason, FacilityGroup, Institution, ReturnKind};
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
    /// died, moved on directly (a transfer), or is not observed after the exit.
    pub fn follow(
        &self,
        trajectories: &Trajectories,
        person: &Person,
        index: &Stay,
    ) -> Option<Observed<ReturnOutcome>> {
        let departure = index.departure()?;
        let stays = trajectories.stays_of(index.person);
        if departure.died() || is_transfer(stays, index, self.rules) {
            return None;
        }
        let window = self.window(person, index.institution)?;
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
    fn window(&self, person: &Person, own: Institution) -> Option<ObservationWindow> {
        let windows = &person.windows;
        match self.scope {
            Scope::SameInstitution => windows[own as usize],
            Scope::AnyInstitution => {
                windows
                    .iter()
                    .flatten()
                    .copied()
                    .reduce(|a, b| ObservationWindow {
                        from: a.from.max(b.from),
                        until: a.until.min(b.until),
                    })
            }
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
/// admission, if there was one, is in the deliveries.
fn reported_outcome(report: &ReportedReturn) -> Option<ReturnOutcome> {
    let group = report.facility.map(codes::Facility::group);
    match (report.kind, group) {
        (ReturnKind::TimeOut | ReturnKind::SameBorg | ReturnKind::OtherBorg, _) => None,
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

/// Whether the client did not leave the network at the exit of `index`: another stay runs on
/// the day of exit or starts within [`ReturnRules::transfer_max_days`] after it.
pub fn is_transfer(stays: &[Stay], index: &Stay, rules: ReturnRules) -> bool {
    let Some(left) = index.left() else {
        return false;
    };
    stays
        .iter()
        .filter(|stay| stay.admission != index.admission && stay.admitted >= index.admitted)
        .any(|stay| {
            let gap = stay.admitted.since(left).get();
            let already_over = stay.left().is_some_and(|end| end <= left && gap < 0);
            gap <= rules.transfer_max_days as i32 && !already_over
        })
}

/// Whether the admission at `position` is a time-out: an institution reports it as one on that
/// day (give or take one), or the stay before it ended by time-out at most
/// [`ReturnRules::time_out_max_days`] earlier.
pub(crate) fn is_time_out(
    stays: &[Stay],
    returns: &[ReportedReturn],
    position: usize,
    rules: ReturnRules,
) -> bool {
    let admitted = stays[position].admitted;
    let reported = returns.iter().any(|report| {
        report.kind == ReturnKind::TimeOut && report.day.since(admitted).get().abs() <= 1
    });
    reported
        || stays[..position]
            .iter()
            .filter_map(Stay::departure)
            .filter(|before| before.day <= admitted)
            .max_by_key(|before| before.day)
            .is_some_and(|before| {
                before.reason == ExitReason::TimeOut
                    && admitted.since(before.day).get() <= rules.time_out_max_days as i32
            })
}
