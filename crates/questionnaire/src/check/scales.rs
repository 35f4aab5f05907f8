//! Scales and total of an instrument file.

use super::Found;
use super::members::{Items, reach};
use crate::definition::TOTALS;
use crate::file::{Pair, ScalePart, TotalPart};
use crate::scale::{Members, MissingRule, Scale, ScoreRange, Scoring};

/// The code of the total.
pub(crate) const TOTAL: &str = "TOTAAL";

/// What the scales have to fit in.
pub(super) struct Frame {
    pub(super) items: Option<u16>,
    pub(super) item_scores: Option<(i16, i16)>,
    /// Licence class C: no scoring of items.
    pub(super) closed: bool,
}

impl Frame {
    pub(super) fn scales(&self, parts: Vec<ScalePart>, found: &mut Found) -> Vec<Scale> {
        let mut scales: Vec<Scale> = Vec::with_capacity(parts.len());
        for (at, part) in parts.into_iter().enumerate() {
            let place = self.name(&part, at, found);
            found.unless(
                scales.iter().all(|other| other.code != part.code),
                &format!("{place}, code"),
                "deze code heeft al een andere schaal; geef elke schaal een eigen code",
            );
            found.unless(
                part.scoring != Some(Scoring::SumOfScales),
                &format!("{place}, score"),
                "`som van schalen` is er alleen voor het totaal",
            );
            let members = Items {
                numbers: part.items.as_deref(),
                count: part.count,
                weights: part.weights.as_deref(),
                reversed: &part.reversed,
                scoring: part.scoring,
            }
            .members(self, (&place, found));
            scales.push(self.scale(part, members, &[], (&place, found)));
        }
        scales
    }

    fn name(&self, part: &ScalePart, at: usize, found: &mut Found) -> String {
        let capitals = |sign: char| matches!(sign, 'A'..='Z' | '0'..='9' | '_');
        let is_code = part
            .code
            .starts_with(|sign: char| sign.is_ascii_uppercase())
            && part.code.chars().all(capitals)
            && part.code != TOTAL;
        let place = if is_code {
            format!("[[schaal]] {}", part.code)
        } else {
            format!("[[schaal]] {}", at + 1)
        };
        found.unless(
            is_code,
            &format!("{place}, code"),
            "een code bestaat uit hoofdletters, cijfers en _, begint met een letter en is niet TOTAAL",
        );
        found.text(&part.name, &format!("{place}, naam"));
        place
    }

    pub(super) fn total(&self, part: TotalPart, scales: &[Scale], found: &mut Found) -> Scale {
        let place = "[totaal]";
        let all: Option<Vec<u16>> = self.items.map(|items| (1..=items).collect());
        let of_items = !matches!(part.scoring, None | Some(Scoring::SumOfScales));
        if part.scoring == Some(Scoring::SumOfScales) {
            found.unless(
                !scales.is_empty() && scales.iter().all(|scale| scale.scoring.is_some()),
                "[totaal], score",
                "een som van schalen vraagt schalen die elk een `score` hebben",
            );
        }
        found.unless(
            !of_items || self.items.is_some(),
            "[totaal], score",
            "een totaal uit items vraagt het aantal items; vul `items` in bij [bouw]",
        );
        let members = Items {
            numbers: all.as_deref().filter(|_| of_items),
            count: self.items,
            weights: part.weights.as_deref(),
            reversed: &part.reversed,
            scoring: part.scoring,
        }
        .members(self, (place, found));
        let as_scale = ScalePart {
            code: TOTAL.into(),
            name: "totaal".into(),
            items: None,
            count: None,
            scoring: part.scoring,
            weights: None,
            reversed: Vec::new(),
            range: part.range,
            direction: part.direction,
            missing: part.missing,
            prorated: part.prorated,
            group_only: part.group_only,
        };
        self.scale(as_scale, members, scales, (place, found))
    }

    fn scale(
        &self,
        part: ScalePart,
        members: Members,
        scales: &[Scale],
        (place, found): (&str, &mut Found),
    ) -> Scale {
        if let Some(reason) = &part.group_only {
            found.text(reason, &format!("{place}, alleen_groep"));
        }
        self.missing(&part, &members, (place, found));
        let reach = reach(part.scoring, &members, (self.item_scores, scales));
        let stated = stated_range(part.range, reach, (place, found));
        Scale {
            code: part.code,
            name: part.name,
            members,
            scoring: part.scoring,
            range: stated.or(reach),
            direction: part.direction,
            missing: MissingRule {
                allowed: part.missing,
                prorated: part.prorated,
            },
            group_only: part.group_only,
        }
    }

    /// Whether the rule for lacking answers can be carried out.
    fn missing(&self, part: &ScalePart, members: &Members, (place, found): (&str, &mut Found)) {
        let place = format!("{place}, ontbrekend");
        if part.missing == 0 {
            found.unless(
                !part.prorated,
                &place,
                "`naar_rato` zegt niets zolang er geen items mogen ontbreken; vul `ontbrekend` in of laat `naar_rato` weg",
            );
            return;
        }
        found.unless(
            members.count().is_some_and(|count| part.missing < count),
            &place,
            "er mogen minder items ontbreken dan de schaal er heeft; vul de items van de schaal in of verlaag het aantal",
        );
        // A lacking item may only add nothing where nothing is the lowest score.
        let from_zero = self.item_scores.is_some_and(|(min, _)| min == 0);
        let goes = match part.scoring {
            Some(Scoring::Sum | Scoring::WeightedSum) => part.prorated || from_zero,
            Some(Scoring::Mean) => part.prorated,
            Some(Scoring::Maximum) => !part.prorated,
            Some(Scoring::SumOfScales) | None => false,
        };
        found.unless(
            goes,
            &place,
            "een gemiddelde over minder items is altijd naar rato, het hoogste item nooit, een som alleen niet als itemscores bij 0 beginnen, en een som van schalen laat het aan de schalen over; pas `naar_rato` of `ontbrekend` aan",
        );
    }
}

fn stated_range(
    stated: Option<Pair<f64>>,
    reach: Option<ScoreRange>,
    (place, found): (&str, &mut Found),
) -> Option<ScoreRange> {
    let Pair(min, max) = stated?;
    let place = format!("{place}, bereik");
    let is_range = found.unless(
        min < max,
        &place,
        "de laagste score is niet lager dan de hoogste; zet de laagste voorop",
    ) && found.unless(
        TOTALS.holds(min) && TOTALS.holds(max),
        &place,
        format!(
            "een levering kan scores van {} tot en met {} bevatten",
            TOTALS.min, TOTALS.max
        ),
    );
    let range = ScoreRange { min, max };
    if let Some(reach) = reach.filter(|_| is_range) {
        found.unless(
            (reach.min - min).abs() < 1e-9 && (reach.max - max).abs() < 1e-9,
            &place,
            format!(
                "uit de items volgt {} tot en met {}; verbeter het bereik of de items",
                reach.min, reach.max
            ),
        );
    }
    Some(range)
}
