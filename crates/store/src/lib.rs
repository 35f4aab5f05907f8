//! Where files, the database, keys and the clock live.
