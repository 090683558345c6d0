//! Friends and a real relay: whole engines, natively, over stores that outlive them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod links;
mod meeting;
mod person;
mod sharing;
mod together;
mod trouble;
