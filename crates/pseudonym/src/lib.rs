//! Turns identifiers into match keys at the source and seals the delivery.
