//! The record of checks, for the persons who check a release.

use crate::Policy;
use crate::check::{Check, CheckRecord, HiddenCell, ScreenedResult};
use crate::naming::Naming;
use crate::protect::{Protection, Reason};
use crate::screen::{Plan, Planned};
use crate::system::System;
use estimate::Estimate;

/// What was decided about a release.
pub(crate) struct Decisions<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) naming: &'a Naming,
    pub(crate) system: &'a System,
    pub(crate) protection: &'a Protection,
    /// Per number, whether it is shown as it was before.
    pub(crate) kept: &'a [bool],
}

impl Decisions<'_> {
    /// What the gate made of one result.
    pub(crate) fn report(&self, estimate: &Estimate, planned: Planned) -> ScreenedResult {
        let result = estimate.meta.id.as_str();
        let mut checks = planned.checks;
        checks.extend(self.hidden(result));
        checks.extend(self.kept(result));
        if !matches!(planned.plan, Plan::Withheld(_)) {
            checks.push(self.rounding());
            checks.push(self.audit());
        }
        let title = self.naming.text(&estimate.meta.title);
        ScreenedResult {
            id: estimate.meta.id.clone(),
            title,
            checks,
        }
    }

    fn hidden(&self, result: &str) -> Vec<CheckRecord> {
        let reasons = [
            Reason::Threshold,
            Reason::Institutions,
            Reason::Group,
            Reason::Secondary,
        ];
        let cells = |reason: Reason, why: &str| -> Vec<HiddenCell> {
            let all = self.system.places_in(result);
            all.filter(|(id, _)| self.protection.hidden[id.0] == Some(reason))
                .map(|(_, at)| cell(&at.place, why))
                .collect()
        };
        let mut records = Vec::new();
        for reason in reasons {
            let (check, why) = (reason.check(), reason.why(self.policy));
            let cells = cells(reason, &why);
            if !cells.is_empty() {
                let sentence = format!("{} verborgen: {why}.", numbers(cells.len()));
                records.push(record(check, sentence, cells));
            }
        }
        records
    }

    fn kept(&self, result: &str) -> Option<CheckRecord> {
        let why = "sinds een eerdere publicatie kwamen of gingen er te weinig cliënten";
        let all = self.system.places_in(result);
        let cells: Vec<HiddenCell> = all
            .filter(|(id, _)| self.kept[id.0])
            .map(|(_, at)| cell(&at.place, why))
            .collect();
        let sentence = format!("{} getoond zoals eerder: {why}.", numbers(cells.len()));
        (!cells.is_empty()).then(|| record(Check::Differencing, sentence, cells))
    }

    fn rounding(&self) -> CheckRecord {
        let base = self.policy.settings().rounding_base;
        let sentence = if base == 1 {
            "Aantallen zijn niet afgerond.".to_owned()
        } else {
            format!(
                "Aantallen zijn afgerond op veelvouden van {base}; percentages zijn daaruit \
                 berekend en optellingen kunnen iets afwijken."
            )
        };
        record(Check::Rounding, sentence, Vec::new())
    }

    fn audit(&self) -> CheckRecord {
        let Protection {
            attacked,
            already_known,
            ..
        } = self.protection;
        let mut sentence = format!(
            "Alle tabellen samen aangevallen, ook door een instelling die haar eigen aantallen \
             kent en met alle eerdere publicaties ernaast: geen van de {attacked} pogingen om een \
             verborgen aantal te herleiden lukte."
        );
        if *already_known > 0 {
            sentence.push_str(&format!(
                " {already_known} aantallen waren al uit eerdere publicaties te herleiden."
            ));
        }
        record(Check::Audit, sentence, Vec::new())
    }
}

fn record(check: Check, sentence: String, hidden: Vec<HiddenCell>) -> CheckRecord {
    CheckRecord {
        check,
        sentence,
        hidden,
    }
}

fn cell(place: &str, why: &str) -> HiddenCell {
    HiddenCell {
        place: place.to_owned(),
        why: why.to_owned(),
    }
}

fn numbers(count: usize) -> String {
    if count == 1 {
        "Eén getal is".to_owned()
    } else {
        format!("{count} getallen zijn")
    }
}

impl Reason {
    /// The rule.
    pub(crate) fn check(self) -> Check {
        match self {
            Self::Threshold => Check::Threshold,
            Self::Institutions => Check::Institutions,
            Self::Group => Check::GroupDisclosure,
            Self::Secondary => Check::Secondary,
        }
    }

    /// The rule in words, as a clause.
    pub(crate) fn why(self, policy: &Policy) -> String {
        match self {
            Self::Threshold => {
                let threshold = policy.settings().threshold;
                format!("het gaat om minder dan {threshold} cliënten")
            }
            Self::Institutions => {
                "een instelling die haar eigen deel aftrekt, houdt te weinig over".to_owned()
            }
            Self::Group => "het zou iets zeggen over bijna iedereen in de groep".to_owned(),
            Self::Secondary => "een ander verborgen getal zou eruit volgen".to_owned(),
        }
    }
}
