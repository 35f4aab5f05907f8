use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is to happen when, and to whom: taken out in order of time, and at one time in the order in
/// which it was put in.
///
/// # Method
/// A calendar queue (Brown 1988): time is cut into equal boxes, and only what is in the present
/// box is kept in order. A step costs O(1) where events are spread over time, and never more
/// than O(log n).
pub(super) struct Agenda {
    end: f64,
    boxes_per_time: f64,
    /// The first entry of each box.
    first: Vec<u32>,
    entries: Vec<Entry>,
    present: usize,
    /// Of the present box. Times are not negative, so that their bits have their order.
    ordered: BinaryHeap<Reverse<u128>>,
}

#[derive(Clone, Copy)]
struct Entry {
    key: u128,
    /// Another entry of the same box.
    next: u32,
}

const BOXES: usize = 2048;
const NONE: u32 = u32::MAX;

impl Agenda {
    /// Until an end, at a time ≥ 0.
    pub(super) fn until(end: f64) -> Self {
        Self {
            end,
            boxes_per_time: if end > 0.0 { BOXES as f64 / end } else { 0.0 },
            first: vec![NONE; BOXES],
            entries: Vec::with_capacity(BOXES),
            present: 0,
            ordered: BinaryHeap::new(),
        }
    }

    /// Puts in what happens at a time ≥ 0, not before what was last taken out. After the end it
    /// is of no interest.
    pub(super) fn put(&mut self, time: f64, who: u32) {
        if time > self.end {
            return;
        }
        let order = u128::from(self.entries.len() as u32) << 32;
        let key = (u128::from(time.to_bits()) << 64) | order | u128::from(who);
        let place = ((time * self.boxes_per_time) as usize).min(BOXES - 1);
        let mut entry = Entry { key, next: NONE };
        if place <= self.present {
            self.ordered.push(Reverse(key));
        } else {
            entry.next = std::mem::replace(&mut self.first[place], self.entries.len() as u32);
        }
        self.entries.push(entry);
    }

    /// Takes out what happens next: when, and to whom.
    pub(super) fn take(&mut self) -> Option<(f64, u32)> {
        while self.ordered.is_empty() {
            self.present += 1;
            let mut at = *self.first.get(self.present)?;
            while let Some(entry) = self.entries.get(at as usize) {
                self.ordered.push(Reverse(entry.key));
                at = entry.next;
            }
        }
        let Reverse(key) = self.ordered.pop()?;
        Some((f64::from_bits((key >> 64) as u64), key as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::Agenda;

    #[test]
    fn events_come_in_order_of_time_and_then_of_entry() {
        let mut agenda = Agenda::until(100.0);
        let times = [99.9, 3.0, 100.0, 3.0, 0.0, 100.1, 3.01];
        for (who, time) in times.into_iter().enumerate() {
            agenda.put(time, who as u32);
        }
        assert_eq!(agenda.take(), Some((0.0, 4)));
        assert_eq!(agenda.take(), Some((3.0, 1)));
        // What is put in at the present time comes after what was there.
        agenda.put(3.0, 9);
        let rest: Vec<u32> = std::iter::from_fn(|| agenda.take())
            .map(|(_, who)| who)
            .collect();
        assert_eq!(rest, [3, 9, 6, 0, 2]);
    }

    #[test]
    fn any_order_is_sorted() {
        let mut agenda = Agenda::until(1.0);
        let times: Vec<f64> = (0..5000)
            .map(|at| f64::from(at * 7919 % 5000) / 5000.0)
            .collect();
        times.iter().for_each(|&time| agenda.put(time, 0));
        let taken: Vec<f64> = std::iter::from_fn(|| agenda.take())
            .map(|(time, _)| time)
            .collect();
        let mut sorted = times;
        sorted.sort_by(f64::total_cmp);
        assert_eq!(taken, sorted);
    }

    #[test]
    fn an_end_at_once() {
        let mut agenda = Agenda::until(0.0);
        agenda.put(0.0, 1);
        agenda.put(0.1, 2);
        assert_eq!((agenda.take(), agenda.take()), (Some((0.0, 1)), None));
    }
}
