//! A client's spells across institutions, and the state histories made from them by a named rule.
