//! The code lists of the field, each with its source and the period in which a code is valid.
//!
//! A list is one Rust enum: the variants are for code that has to reason about them
//! (`Facility::Pi`), the [`CodeList`] behind it is for everything that only reads, shows or
//! checks codes. Codes are never removed or reordered, only closed by a date: sealed files
//! hold their position.
//!
//! Labels are Dutch, because users read them. What this crate does not do: it does not read
//! deliveries and it holds no free text.

mod list;
mod lists;
mod security;

pub use list::{Code, CodeList, Coded, Validity};
pub use lists::*;
