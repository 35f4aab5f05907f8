//! A signed manifest around an encrypted payload: the only form in which files travel.
