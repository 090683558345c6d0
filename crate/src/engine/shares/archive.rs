//! A share, or some files of it, as one zip.

use std::collections::BTreeSet;
use std::future::ready;

use bytes::{Buf, Bytes};
use futures::{Stream, TryStreamExt};

use crate::dag::zip;
use crate::engine::Error;
use crate::engine::transfer::Patience;
use crate::format::portable;
use crate::platform;

use super::handle::Shares;

impl Shares {
    /// Name of the archive of a share, as every system can have it.
    pub(in crate::engine) fn archive_name(&self, id: &str) -> Result<String, Error> {
        self.0.state.read(|tables| Ok(portable::titled(&tables.share(id)?.title, "zip")))
    }

    /// The files as a zip from byte `from` on, in pieces and with bounded memory; fetched as needed, and waited for.
    ///
    /// What comes before `from` is read anew, because the end of the archive has checksums of it.
    pub(in crate::engine) async fn archive(
        &self,
        id: &str,
        paths: Option<Vec<String>>,
        from: u64,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let opened = self.0.fetchers.open_patiently(id, Patience::of_a_save()).await?;
        let paths: Option<BTreeSet<String>> = paths.map(|paths| paths.into_iter().collect());
        let wanted = move |path: &str| paths.as_ref().is_none_or(|paths| paths.contains(path));
        let files = opened.files().try_filter(move |file| ready(wanted(file.path())));
        Ok(skip(zip::archive(files, platform::minutes_ahead), from).map_err(Error::from))
    }
}

/// A stream without its first bytes.
fn skip<E>(
    pieces: impl Stream<Item = Result<Bytes, E>>,
    mut bytes: u64,
) -> impl Stream<Item = Result<Bytes, E>> {
    pieces.try_filter_map(move |mut piece| {
        let skipped = usize::try_from(bytes).unwrap_or(usize::MAX).min(piece.len());
        piece.advance(skipped);
        bytes -= skipped as u64;
        ready(Ok((!piece.is_empty()).then_some(piece)))
    })
}
