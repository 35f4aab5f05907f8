//! The items of a scale, and the scores that they can give.

use super::Found;
use super::scales::Frame;
use crate::scale::{Member, Members, Scale, ScoreRange, Scoring};
use std::collections::BTreeSet;

/// What a file says of the items of one scale.
pub(super) struct Items<'a> {
    pub(super) numbers: Option<&'a [u16]>,
    pub(super) count: Option<u16>,
    pub(super) weights: Option<&'a [f64]>,
    pub(super) reversed: &'a [u16],
    pub(super) scoring: Option<Scoring>,
}

impl Items<'_> {
    pub(super) fn members(&self, frame: &Frame, (place, found): (&str, &mut Found)) -> Members {
        self.check_key(frame, (place, found));
        let Some(numbers) = self.numbers else {
            let fits = |count: &u16| {
                let most = frame.items.unwrap_or(crate::HIGHEST_ITEM);
                found.unless(
                    (1..=most).contains(count),
                    &format!("{place}, aantal_items"),
                    format!(
                        "dit instrument heeft ruimte voor 1 tot en met {most} items in een schaal"
                    ),
                )
            };
            return self
                .count
                .filter(fits)
                .map_or(Members::Unknown, Members::Count);
        };
        self.check_numbers(numbers, frame, (place, found));
        let weight = |at: usize| {
            let weights = self.weights.unwrap_or_default();
            weights.get(at).copied().unwrap_or(1.0)
        };
        let member = |(at, &item): (usize, &u16)| Member {
            item,
            weight: weight(at),
            reversed: self.reversed.contains(&item),
        };
        Members::Items(numbers.iter().enumerate().map(member).collect())
    }

    /// Weights and reversed items go with the items and the way of scoring.
    fn check_key(&self, frame: &Frame, (place, found): (&str, &mut Found)) {
        let weighted = self.scoring == Some(Scoring::WeightedSum);
        let place_weights = format!("{place}, gewichten");
        found.unless(
            self.weights.is_some() == weighted,
            &place_weights,
            "gewichten horen bij `score = \"gewogen som\"`, en een gewogen som bij gewichten",
        );
        if let Some(weights) = self.weights {
            found.unless(
                weights.len() == self.numbers.map_or(0, <[u16]>::len),
                &place_weights,
                "geef evenveel gewichten als items, in dezelfde volgorde",
            );
            found.unless(
                weights
                    .iter()
                    .all(|weight| *weight > 0.0 && *weight <= 100.0),
                &place_weights,
                "een gewicht is een getal boven 0 en hooguit 100",
            );
        }
        let within = |item: &u16| self.numbers.is_some_and(|numbers| numbers.contains(item));
        let place_reversed = format!("{place}, omgekeerd");
        found.unless(
            self.reversed.iter().all(within),
            &place_reversed,
            "een omgekeerd item moet bij de items van de schaal staan",
        );
        found.unless(
            self.reversed.is_empty() || frame.item_scores.is_some(),
            &place_reversed,
            "omkeren vraagt de laagste en hoogste itemscore; vul `itemscores` in bij [bouw]",
        );
    }

    fn check_numbers(&self, numbers: &[u16], frame: &Frame, (place, found): (&str, &mut Found)) {
        let place = format!("{place}, items");
        found.unless(
            !frame.closed,
            &place,
            "van een instrument van licentieklasse C worden alleen totalen bewaard; laat de items en de score weg",
        );
        let most = frame.items.unwrap_or_default();
        found.unless(
            frame.items.is_some(),
            &place,
            "itemnummers vragen het aantal items; vul `items` in bij [bouw]",
        );
        let distinct: BTreeSet<u16> = numbers.iter().copied().collect();
        found.unless(
            !numbers.is_empty() && numbers.iter().all(|item| (1..=most).contains(item)),
            &place,
            format!("noem itemnummers van 1 tot en met {most}"),
        );
        found.unless(
            distinct.len() == numbers.len(),
            &place,
            "een item staat er twee keer; laat er één staan",
        );
        found.unless(
            self.count
                .is_none_or(|count| usize::from(count) == numbers.len()),
            &place,
            "het aantal items is anders dan `aantal_items`; laat `aantal_items` weg",
        );
    }
}

/// The scores that can come out, where the items tell.
pub(super) fn reach(
    scoring: Option<Scoring>,
    members: &Members,
    (item_scores, scales): (Option<(i16, i16)>, &[Scale]),
) -> Option<ScoreRange> {
    if scoring? == Scoring::SumOfScales {
        let ranges: Option<Vec<ScoreRange>> = scales.iter().map(|scale| scale.range).collect();
        return ranges.map(|ranges| ScoreRange {
            min: ranges.iter().map(|range| range.min).sum(),
            max: ranges.iter().map(|range| range.max).sum(),
        });
    }
    let (min, max) = item_scores?;
    let times = match (scoring?, members.items()) {
        (Scoring::Mean | Scoring::Maximum, _) => 1.0,
        (Scoring::WeightedSum, None) => return None,
        (Scoring::WeightedSum, Some(items)) => items.iter().map(|item| item.weight).sum(),
        (_, _) => f64::from(members.count()?),
    };
    Some(ScoreRange {
        min: f64::from(min) * times,
        max: f64::from(max) * times,
    })
}
