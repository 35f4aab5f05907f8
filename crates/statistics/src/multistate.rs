//! Persons who move between states.
//!
//! | estimator | module | R |
//! |---|---|---|
//! | state occupation for any graph of states, with infinitesimal-jackknife errors | [`aalen_johansen`] | `survfit(Surv(.., factor), id, istate)` |

pub mod aalen_johansen;
