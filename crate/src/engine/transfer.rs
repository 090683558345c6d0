//! Blocks from providers that have them, downloads, and saving into a folder.

mod batch;
mod commands;
mod downloader;
mod downloads;
mod fetcher;
mod patient;
mod saving;
#[cfg(test)]
mod tests;

pub(super) use downloads::{Args as DownloadsArgs, Downloads};
pub(super) use fetcher::{Args as FetchersArgs, BlockFetcher, Fetchers};
pub(super) use patient::Patience;
