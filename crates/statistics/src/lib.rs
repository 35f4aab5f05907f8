//! Time-to-event estimators: plain arrays in, plain structs out.
