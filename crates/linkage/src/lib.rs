//! Evaluates, compares and clusters match keys; never sees a clear identifier.
