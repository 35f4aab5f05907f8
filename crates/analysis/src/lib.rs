//! The named analyses of the study: a definition and a cohort in, an estimate out.
