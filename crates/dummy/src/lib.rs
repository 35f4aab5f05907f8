//! Synthetic deliveries of an invented network, with their truth kept beside them.
