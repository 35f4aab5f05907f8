//! The analyses on a made-up network and on a few drawn clients.

mod consistency;
mod models;
mod network;
mod recount;
mod results;
