//! Drop boxes: mine, with what people without a profile left in them, and those of others, in which a guest leaves files.

mod boxes;
mod give;
mod handle;
mod received;
mod upload;

pub(super) use handle::{Args, Drops};
