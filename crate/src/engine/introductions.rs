//! Friends who introduce friends: who may see whose contacts, suggestions, introductions.

mod handle;
mod ingest;
mod introduce;
mod show;
mod suggest;

pub(in crate::engine) use handle::{Args, Introductions};
pub(in crate::engine) use ingest::News;
