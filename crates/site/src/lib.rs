//! The static public pages of released results.
