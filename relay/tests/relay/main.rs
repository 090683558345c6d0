//! The relay as its clients meet it: over real connections, with a real process where that matters.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod archives;
mod bitswap;
mod circuits;
mod client;
mod durability;
mod floods;
mod gateway;
mod http;
mod keeping;
mod lossy;
mod mailbox;
mod migrations;
mod networks;
mod power;
mod publishing;
mod relay;
mod sample;
