//! The calls of the API: each finds its component and hands over.

mod contacts;
mod devices;
mod drops;
mod folders;
mod keeping;
mod keys;
mod passkeys;
mod profiles;
mod push;
mod shares;
mod transfers;
mod waiting;
