use calendar::Day;

/// The days on which a code may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first day, as `jjjjmmdd`; 0 where no first day is known.
    from: u32,
    /// The first day on which it is no longer valid, as `jjjjmmdd`; 0 where it still is.
    until: u32,
}

impl Validity {
    /// Valid on every day.
    pub const ALWAYS: Self = Self { from: 0, until: 0 };

    /// Valid from one day up to, not including, another; 0 leaves an end open.
    pub const fn between(from: u32, until: u32) -> Self {
        Self { from, until }
    }

    /// The first valid day, if one is known.
    pub fn from(&self) -> Option<Day> {
        day(self.from)
    }

    /// The first day on which the code is no longer valid, if there is one.
    pub fn until(&self) -> Option<Day> {
        day(self.until)
    }

    /// Whether the code may be used on `day`.
    pub fn covers(&self, day: Day) -> bool {
        self.from().is_none_or(|from| from <= day) && self.until().is_none_or(|until| day < until)
    }
}

fn day(packed: u32) -> Option<Day> {
    (packed != 0).then(|| {
        Day::from_ymd((packed / 10_000) as i32, packed / 100 % 100, packed % 100)
            .expect("validity dates in the code lists exist; a test reads them all")
    })
}

/// One code of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// What a delivery writes.
    pub key: &'static str,
    /// What people read.
    pub label: &'static str,
    /// When it may be used.
    pub validity: Validity,
}

/// A list of codes with its origin.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Short name, as in the data dictionary (`CL10`).
    pub id: &'static str,
    /// Dutch name.
    pub title: &'static str,
    /// Where the list comes from.
    pub source: &'static str,
    /// The codes, in a fixed order.
    pub codes: &'static [Code],
}

impl CodeList {
    /// The position of the code that a delivery writes as `key`.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.codes.iter().position(|code| code.key == key)
    }
}

/// An enum whose variants are the codes of one list.
pub trait Coded: Copy + Eq + 'static {
    /// The list behind the enum.
    fn list() -> &'static CodeList;
    /// The position of this code in the list.
    fn position(self) -> usize;
    /// The code at `position`.
    fn at(position: usize) -> Option<Self>;

    /// Key, label and validity.
    fn code(self) -> &'static Code {
        &Self::list().codes[self.position()]
    }
    /// What a delivery writes.
    fn key(self) -> &'static str {
        self.code().key
    }
    /// What people read.
    fn label(self) -> &'static str {
        self.code().label
    }
    /// The code that a delivery writes as `key`.
    fn from_key(key: &str) -> Option<Self> {
        Self::list().position(key).and_then(Self::at)
    }
}

/// Defines an enum and its [`CodeList`] from one table of facts.
macro_rules! code_list {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $title:literal, $source:literal;
        $( $variant:ident $key:literal $label:literal $( $from:literal .. $until:literal )? ),+ $(,)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( #[doc = $label] $variant, )+
        }

        impl $name {
            /// All codes, in the order of the list.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];
        }

        impl $crate::Coded for $name {
            fn list() -> &'static $crate::CodeList {
                const CODES: &[$crate::Code] = &[ $( $crate::Code {
                    key: $key,
                    label: $label,
                    validity: code_list!(@validity $( $from .. $until )?),
                } ),+ ];
                static LIST: $crate::CodeList = $crate::CodeList {
                    id: $id, title: $title, source: $source, codes: CODES,
                };
                &LIST
            }
            fn position(self) -> usize {
                self as usize
            }
            fn at(position: usize) -> Option<Self> {
                Self::ALL.get(position).copied()
            }
        }
    };
    (@validity) => { $crate::Validity::ALWAYS };
    (@validity $from:literal .. $until:literal) => { $crate::Validity::between($from, $until) };
}

pub(crate) use code_list;
