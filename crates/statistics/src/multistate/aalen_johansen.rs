//! Occupation of states over time (Aalen and Johansen).
