//! One file per command.

pub mod audit;
pub mod check;
pub mod demo;
pub mod dictionary;
pub mod erasure;
pub mod fit;
pub mod instrument;
pub mod key;
pub mod link;
pub mod log;
pub mod map;
pub mod new;
pub mod protect;
pub mod receipt;
pub mod receive;
pub mod register;
pub mod release;
pub mod report;
pub mod review;
pub mod run;
pub mod seal;
