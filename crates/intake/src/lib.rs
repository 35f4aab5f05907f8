//! Delivery formats, mapping profiles, the data dictionary, the rules and their findings.
