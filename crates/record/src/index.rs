use serde::{Deserialize, Serialize};

macro_rules! index {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The position as a `usize`, for looking up in a table.
            pub fn position(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// Position of a client in [`Content::clients`](crate::Content::clients).
    ClientIndex
}
index! {
    /// Position of an admission in [`Content::admissions`](crate::Content::admissions).
    AdmissionIndex
}
index! {
    /// Position of a measurement in [`Content::measurements`](crate::Content::measurements).
    MeasurementIndex
}
index! {
    /// Position of a person in [`LinkedContent::persons`](crate::LinkedContent::persons).
    PersonIndex
}

/// The random number under which one client's row of one delivery travels; it means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub [u8; 16]);
