/// Items that belong to times: those of each time lie together. R: `split(items, time)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ByTime<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> ByTime<T> {
    /// The items of the first time, of the second, and so on.
    ///
    /// ```
    /// use statistics::multistate::ByTime;
    /// let events = ByTime::new([vec!["a"], vec![], vec!["b", "c"]]);
    /// assert_eq!(events.times(), 3);
    /// ```
    pub fn new<I: IntoIterator<Item = T>>(times: impl IntoIterator<Item = I>) -> Self {
        let (mut starts, mut items) = (vec![0], Vec::new());
        for time in times {
            items.extend(time);
            starts.push(items.len());
        }
        Self { starts, items }
    }

    /// The items of the time at this place.
    ///
    /// # Panics
    /// If there is no such time.
    ///
    /// ```
    /// use statistics::multistate::ByTime;
    /// let events = ByTime::new([vec!["a"], vec![], vec!["b", "c"]]);
    /// assert_eq!(events.at(2), ["b", "c"]);
    /// ```
    pub fn at(&self, place: usize) -> &[T] {
        &self.items[self.starts[place]..self.starts[place + 1]]
    }

    /// All items, time after time.
    ///
    /// ```
    /// use statistics::multistate::ByTime;
    /// let events = ByTime::new([vec!["a"], vec![], vec!["b", "c"]]);
    /// assert_eq!(events.items(), ["a", "b", "c"]);
    /// ```
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// How many times there are.
    ///
    /// ```
    /// use statistics::multistate::ByTime;
    /// let events = ByTime::new([vec!["a"], vec![], vec!["b", "c"]]);
    /// assert_eq!(events.times(), 3);
    /// ```
    pub fn times(&self) -> usize {
        self.starts.len() - 1
    }
}
