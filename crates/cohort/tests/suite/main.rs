//! The definitions against drawn trajectories.

mod drawing;
mod return_spec;
mod selection;
mod stays;
