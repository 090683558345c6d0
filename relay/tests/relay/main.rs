//! The relay as its clients meet it: over real connections, with a real process where that matters.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archives;
mod bitswap;
mod charges;
mod circuits;
mod client;
mod collecting;
mod database;
mod durability;
mod floods;
mod gateway;
mod http;
mod inviting;
mod keeping;
mod loan_ends;
mod loans;
mod lossy;
mod mailbox;
mod migrations;
mod networks;
mod pin_bounds;
mod pin_tokens;
mod pinning;
mod power;
mod publishing;
mod relay;
mod removal;
mod room;
mod sample;
mod watches;
mod web_push;
