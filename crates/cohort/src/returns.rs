use crate::definition::{ReturnRules, TimeOuts};
use crate::episodes::Episodes;
use crate::follow::{Observed, observed_days};
use calendar::{DayPoint, RelativeDay};
use codes::{FacilityGroup, Institution, ReturnKind};
use record::{ObservationWindow, Person};
use serde::{Deserialize, Serialize};
use trajectory::{Departure, ReportedReturn, Stay, StayIndex};

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
    /// Whether time-outs count: each admission as one, each exit as one. If not, the client
    /// stays in follow-up through them, and stays are episodes.
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
    /// How stays are read: with time-outs one by one, without as whole episodes.
    pub fn time_outs(&self) -> TimeOuts {
        if self.with_time_out {
            TimeOuts::Keep
        } else {
            TimeOuts::Drop
        }
    }

    /// Follows a person from the exit of `index`; `None` where that is no exit, the client has
    /// died, moved on directly (a transfer), or is not observed after the exit by every one of
    /// the institutions that `delivered`. The rules are those of `episodes`.
    ///
    /// Without time-outs, an exit for that reason turns out to be one only when the client is
    /// not back in time. At risk from then on: nobody could have returned before.
    pub fn follow(
        &self,
        episodes: &Episodes,
        person: &Person,
        delivered: &[Institution],
        index: StayIndex,
    ) -> Option<Observed<ReturnOutcome>> {
        let time_outs = self.time_outs();
        let stay = episodes.read(index, time_outs);
        let departure = stay.departure()?;
        let left = episodes.is_exit(index, time_outs)
            && !departure.died()
            && !episodes.is_transfer(index, time_outs);
        if !left {
            return None;
        }
        let window = self.window(person, delivered, stay.institution)?;
        let (entry, last) = observed_days(self.rules.settled(window, time_outs), departure.day);
        let entry = entry.max(self.rules.unknown_until(departure, time_outs));
        let cap = self
            .rules
            .window_days
            .map_or(i32::MAX, |days| i32::try_from(days).unwrap_or(i32::MAX));
        let last = last.min(cap);
        let observed = match self.first_event(episodes, &stay) {
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

    /// The first event after the exit of `left`, in days since. On one day a return comes
    /// first, then death, detention and admission elsewhere: what the deliveries' own dates say
    /// goes before what is reported.
    fn first_event(&self, episodes: &Episodes, left: &Stay) -> Option<(i32, ReturnOutcome)> {
        let exit = left.left()?;
        let since = |day: RelativeDay| day.since(exit).get();
        let stays = || episodes.of_person(left.person, self.time_outs());
        let counts = |index| self.with_time_out || !episodes.is_time_out(index);
        let admissions = stays()
            .filter(|&(index, _)| counts(index))
            .map(|(_, stay)| (since(stay.admitted), self.admission_outcome(&stay, left)))
            .filter(|&(gap, _)| gap > self.rules.transfer_max_days as i32);
        let deaths = stays()
            .filter_map(|(_, stay)| stay.departure().copied())
            .filter(Departure::died)
            .map(|later| (since(later.day), ReturnOutcome::Died));
        let reports = episodes.trajectories().returns_of(left.person).iter();
        let reports =
            reports.filter_map(|report| Some((since(report.day), reported_outcome(report)?)));
        admissions
            .chain(deaths)
            .chain(reports)
            .filter(|&(day, _)| day > 0)
            .min()
    }

    /// What the admission of `stay` means for somebody who left `left`.
    fn admission_outcome(&self, stay: &Stay, left: &Stay) -> ReturnOutcome {
        match self.scope {
            Scope::SameInstitution if stay.institution != left.institution => {
                ReturnOutcome::AdmittedElsewhere
            }
            _ => ReturnOutcome::Returned,
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
