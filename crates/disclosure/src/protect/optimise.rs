//! Which numbers to hide besides those that are unsafe themselves, at little cost.
//!
//! The choice is an integer program: one yes-or-no per number that may be hidden, and for each
//! demand the condition that an attacker's linear program has room. That condition enters by
//! cuts (Fischetti and Salazar-González 2001): whenever a choice leaves a demand unmet, the
//! dual of the attacker's program gives an inequality that every sound choice keeps. The
//! programs are solved in whole numbers, so cuts are exact. The cheapest choice that keeps all
//! cuts is sought by exchange, and mended where it leaves a demand unmet, which gives new cuts;
//! when no cheaper choice keeps them, the best one so far stands.

use super::attack::{Unmet, Worlds, attack};
use super::cover::{Cover, Cut};
use super::dictionary::{Dictionary, GaveUp, Push, Simplex, Spans};
use super::problem::{Attacker, Demand, Problem, Side, Status};
use std::collections::BTreeMap;

/// Choices that are made cheaper, at most.
const MOST_ROUNDS: usize = 24;
/// Rounds without a better choice before the search ends.
const MOST_IDLE: usize = 6;
/// Exchanges per round.
const EXCHANGES: usize = 1_500;
/// Times that cuts are sought for one choice before everything in the part is hidden.
const MOST_MENDS: usize = 200;
/// Shown numbers get this part of the room of hidden ones while a cut is sought, so that the
/// cut asks for as few of them as it can.
const ROOM_OF_SHOWN: i64 = 1_000;

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// All demands are met.
    Met,
    /// Not even hiding everything meets them; everything is hidden.
    Unmet,
    /// The search did not end soon enough; everything is hidden.
    GaveUp,
}

/// Extends `hidden` within one part of the problem until all its demands are met.
pub(crate) fn hide_more(problem: &Problem, part: &[usize], hidden: &mut [bool]) -> Ending {
    let demands: Vec<Demand> = problem
        .demands
        .iter()
        .filter(|demand| part.binary_search(&demand.number).is_ok())
        .copied()
        .collect();
    if demands.is_empty() {
        return Ending::Met;
    }
    let found = Search::new(problem, part, demands, hidden).and_then(|mut search| search.run());
    let (ending, chosen) = match found {
        Ok(Some(chosen)) => (Ending::Met, chosen),
        Ok(None) => (Ending::Unmet, everything(problem, part)),
        Err(GaveUp) => (Ending::GaveUp, everything(problem, part)),
    };
    chosen.into_iter().for_each(|number| hidden[number] = true);
    ending
}

/// All that may be hidden, where there is no way to tell what need not be.
fn everything(problem: &Problem, part: &[usize]) -> Vec<usize> {
    let may = |&number: &usize| matches!(problem.numbers[number].status, Status::Choice(_));
    part.iter().copied().filter(may).collect()
}

struct Search<'a> {
    problem: &'a Problem,
    part: &'a [usize],
    demands: Vec<Demand>,
    /// By position in the part, what is hidden in any case.
    base: Vec<bool>,
    /// The positions that may be hidden besides.
    choices: Vec<usize>,
    /// Per position, which choice it is.
    choice_of: BTreeMap<usize, usize>,
    dictionary: Dictionary,
    spans: BTreeMap<Attacker, Spans>,
    cover: Cover,
    worlds: Worlds,
    hidden_numbers: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(
        problem: &'a Problem,
        part: &'a [usize],
        demands: Vec<Demand>,
        hidden: &[bool],
    ) -> Result<Self, GaveUp> {
        let base: Vec<bool> = part.iter().map(|&number| hidden[number]).collect();
        let cost = |position: usize| match problem.numbers[part[position]].status {
            Status::Choice(cost) if !base[position] => Some(cost),
            _ => None,
        };
        let choices: Vec<usize> = (0..part.len()).filter(|&p| cost(p).is_some()).collect();
        let mut search = Self {
            problem,
            part,
            cover: Cover::new(choices.iter().filter_map(|&p| cost(p)).collect()),
            choice_of: choices.iter().enumerate().map(|(i, &p)| (p, i)).collect(),
            choices,
            base,
            dictionary: Dictionary::new(problem, part)?,
            spans: BTreeMap::new(),
            demands,
            worlds: Worlds::default(),
            hidden_numbers: hidden.to_vec(),
        };
        for demand in &search.demands {
            let spans = || spans(problem, part, demand.attacker);
            search.spans.entry(demand.attacker).or_insert_with(spans);
        }
        Ok(search)
    }

    /// The numbers to hide besides those that are; nothing if not even all are enough.
    fn run(&mut self) -> Result<Option<Vec<usize>>, GaveUp> {
        let mut chosen = vec![false; self.choices.len()];
        let mut best: Option<(f64, Vec<bool>)> = None;
        let mut idle = 0;
        for _ in 0..MOST_ROUNDS {
            if !self.mend(&mut chosen)? {
                break;
            }
            self.take_back(&mut chosen)?;
            let cost = self.cover.cost(&chosen);
            if best.as_ref().is_none_or(|(least, _)| cost < least - 1e-9) {
                best = Some((cost, chosen));
                idle = 0;
            } else {
                idle += 1;
            }
            let Some((_, incumbent)) = best.as_ref().filter(|_| idle < MOST_IDLE) else {
                break;
            };
            match self.cover.cheaper(incumbent, EXCHANGES) {
                Some(cheaper) => chosen = cheaper,
                None => break,
            }
        }
        let numbers = |chosen: Vec<bool>| {
            let chosen = self
                .choices
                .iter()
                .zip(chosen)
                .filter(|&(_, chosen)| chosen);
            chosen.map(|(&position, _)| self.part[position]).collect()
        };
        Ok(best.map(|(_, chosen)| numbers(chosen)))
    }

    /// Adds cuts and what keeps them until all demands are met; whether they are.
    fn mend(&mut self, chosen: &mut Vec<bool>) -> Result<bool, GaveUp> {
        for _ in 0..MOST_MENDS {
            let hidden = self.hidden(chosen);
            let unmet = self.unmet(&hidden)?;
            if unmet.is_empty() {
                return Ok(true);
            }
            let mut new = false;
            for unmet in &unmet {
                if let Some(cut) = self.cut(unmet, &hidden)? {
                    new |= self.cover.add(cut);
                }
            }
            if !new {
                // Fractions alone met a demand: something more must be hidden.
                let open = (0..chosen.len()).filter(|&choice| !chosen[choice]);
                let coefficients: Vec<_> = open.map(|choice| (choice, 1)).collect();
                if coefficients.is_empty() {
                    return Ok(false);
                }
                self.cover.add(Cut {
                    coefficients,
                    least: 1,
                });
            }
            self.cover.complete(chosen);
        }
        Ok(false)
    }

    /// Shows again what turns out not to be needed, the dearest first.
    fn take_back(&mut self, chosen: &mut [bool]) -> Result<(), GaveUp> {
        let costs = self.cover.costs();
        let mut order: Vec<usize> = (0..chosen.len()).filter(|&choice| chosen[choice]).collect();
        order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]).then(a.cmp(&b)));
        for choice in order {
            chosen[choice] = false;
            if !self.cover.keeps(chosen) {
                chosen[choice] = true;
                continue;
            }
            let hidden = self.hidden(chosen);
            if let Some(unmet) = self.first_unmet(&hidden)? {
                if let Some(cut) = self.cut(&unmet, &hidden)? {
                    self.cover.add(cut);
                }
                chosen[choice] = true;
            }
        }
        Ok(())
    }

    /// By position, what is hidden with this choice.
    fn hidden(&mut self, chosen: &[bool]) -> Vec<bool> {
        let mut hidden = self.base.clone();
        for (&position, &chosen) in self.choices.iter().zip(chosen) {
            hidden[position] = chosen;
            self.hidden_numbers[self.part[position]] = chosen;
        }
        hidden
    }

    fn unmet(&mut self, hidden: &[bool]) -> Result<Vec<Unmet>, GaveUp> {
        self.find_unmet(hidden, usize::MAX)
    }

    fn first_unmet(&mut self, hidden: &[bool]) -> Result<Option<Unmet>, GaveUp> {
        Ok(self.find_unmet(hidden, 1)?.pop())
    }

    /// Demands for which no other world was found, at most so many.
    fn find_unmet(&mut self, hidden: &[bool], most: usize) -> Result<Vec<Unmet>, GaveUp> {
        let mut restricted: Option<Dictionary> = None;
        let (mut found, mut spent) = (Vec::new(), 0);
        for demand in self.demands.clone() {
            for side in Side::BOTH {
                let unmet = Unmet { demand, side };
                let need = self.problem.need(&demand, side);
                if need <= 0 || self.worlds.any(&demand, side, need, &self.hidden_numbers) {
                    continue;
                }
                if restricted.is_none() {
                    restricted = Some(self.dictionary.restricted(hidden)?);
                }
                let dictionary = restricted.as_mut().unwrap_or(&mut self.dictionary);
                let push = push(self.part, &unmet, need);
                let spans = &self.spans[&demand.attacker];
                let before = dictionary.work_left();
                let reached = Simplex::new(dictionary, spans, push).run()?;
                spent += dictionary.work_since(before);
                let met = reached.goal
                    && match reached.world {
                        Some(world) => {
                            let numbers = world.into_iter().map(|(p, at)| (self.part[p], at));
                            self.worlds.add(demand.attacker, numbers.collect());
                            true
                        }
                        None => self.has_whole_world(&demand),
                    };
                if !met {
                    found.push(unmet);
                }
                if found.len() >= most {
                    self.dictionary.spend(spent)?;
                    return Ok(found);
                }
            }
        }
        self.dictionary.spend(spent)?;
        Ok(found)
    }

    /// Whether a world of whole numbers exists where the first one found was not whole.
    fn has_whole_world(&mut self, demand: &Demand) -> bool {
        attack(
            self.problem,
            &self.hidden_numbers,
            &[*demand],
            &mut self.worlds,
        )
        .is_empty()
    }

    /// An inequality that the present choice breaks and every sound one keeps.
    fn cut(&mut self, unmet: &Unmet, hidden: &[bool]) -> Result<Option<Cut>, GaveUp> {
        for room_of_shown in [1, 0] {
            let cut = self.cut_with(unmet, hidden, room_of_shown)?;
            if cut.is_some() {
                return Ok(cut);
            }
        }
        Ok(None)
    }

    fn cut_with(
        &mut self,
        unmet: &Unmet,
        hidden: &[bool],
        room_of_shown: i64,
    ) -> Result<Option<Cut>, GaveUp> {
        let need = self.problem.need(&unmet.demand, unmet.side);
        let spans = &self.spans[&unmet.demand.attacker];
        let highest = highest(need);
        let scale = |position: usize| {
            if hidden[position] {
                ROOM_OF_SHOWN
            } else {
                room_of_shown
            }
        };
        let at_most = |position: usize| spans.high[position].min(highest);
        let scaled = Spans {
            low: (0..hidden.len())
                .map(|p| scale(p) * spans.low[p].max(-highest))
                .collect(),
            high: (0..hidden.len()).map(|p| scale(p) * at_most(p)).collect(),
        };
        let push = push(self.part, unmet, need * ROOM_OF_SHOWN);
        let mut simplex = Simplex::new(&mut self.dictionary, &scaled, push);
        if simplex.run()?.goal {
            return Ok(None);
        }
        let (worth, denominator) = simplex.worth();
        let enough = need * denominator;
        let (mut coefficients, mut least, mut now) = (Vec::new(), enough, 0);
        for (position, worth) in worth {
            let room = if worth > 0 {
                spans.high[position]
            } else {
                -spans.low[position]
            };
            let coefficient = worth.abs().saturating_mul(room).min(enough);
            if hidden[position] {
                now += coefficient;
            }
            match self.choice_of.get(&position) {
                None => least -= coefficient,
                Some(&choice) if coefficient > 0 => coefficients.push((choice, coefficient)),
                Some(_) => {}
            }
        }
        let broken = now < enough && !coefficients.is_empty();
        coefficients.sort_unstable();
        coefficients
            .iter_mut()
            .for_each(|term| term.1 = term.1.min(least));
        Ok(broken.then_some(Cut {
            coefficients,
            least,
        }))
    }
}

/// How far each number of a part may lie from the truth, as far as an attacker knows.
fn spans(problem: &Problem, part: &[usize], attacker: Attacker) -> Spans {
    let all: i64 = part
        .iter()
        .map(|&number| problem.numbers[number].value.abs())
        .sum();
    let needs = problem.demands.iter().map(|demand| {
        let [low, high] = Side::BOTH.map(|side| problem.need(demand, side));
        low.max(high)
    });
    let most = all + needs.max().unwrap_or(0);
    let rooms: Vec<Option<i64>> = part.iter().map(|&n| problem.room(n, attacker)).collect();
    let high = |(&number, room): (&usize, &Option<i64>)| {
        room.map_or(0, |_| problem.headroom(number, most))
    };
    Spans {
        low: rooms.iter().map(|room| -room.unwrap_or(0)).collect(),
        high: part.iter().zip(&rooms).map(high).collect(),
    }
}

fn push(part: &[usize], unmet: &Unmet, goal: i64) -> Push {
    let position = part.binary_search(&unmet.demand.number);
    Push {
        position: position.expect("demands of a part are about its numbers"),
        sign: unmet.side.sign(),
        goal,
    }
}

/// How far up a number may go while a cut is sought: enough for any way around.
fn highest(need: i64) -> i64 {
    4 * need
}
