//! A share, or some files of it, as one zip.

use std::collections::BTreeSet;
use std::future::ready;

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, TryStreamExt, stream};

use crate::dag::zip;
use crate::engine::Error;
use crate::engine::transfer::Patience;
use crate::format::portable;
use crate::platform;

use super::handle::Shares;

/// Pieces of an archive have at least this many bytes, because each is a message to another thread, and a small file alone
/// has three.
const PIECE: usize = 64 << 10;

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
        let files = opened.files_and_folders().try_filter(move |file| ready(wanted(file.path())));
        Ok(gather(skip(zip::archive(files, platform::minutes_ahead), from)).map_err(Error::from))
    }
}

/// A stream in fewer pieces, none of which is small but the last.
fn gather<E>(
    pieces: impl Stream<Item = Result<Bytes, E>> + 'static,
) -> impl Stream<Item = Result<Bytes, E>> + 'static {
    stream::try_unfold(Box::pin(pieces), async |mut pieces| {
        let Some(first) = pieces.try_next().await? else { return Ok(None) };
        if first.len() >= PIECE {
            return Ok(Some((first, pieces)));
        }
        let mut gathered = BytesMut::from(first);
        while gathered.len() < PIECE
            && let Some(more) = pieces.try_next().await?
        {
            gathered.extend_from_slice(&more);
        }
        Ok(Some((gathered.freeze(), pieces)))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_archive_goes_on_at_any_byte_in_pieces_that_are_not_small() {
        let sizes = [3, 0, PIECE - 1, 2, PIECE, PIECE + 1, 7, 1];
        let pieces = || {
            let bytes = sizes.iter().enumerate().map(|(at, size)| Bytes::from(vec![at as u8; *size]));
            stream::iter(bytes.map(Ok::<_, ()>).collect::<Vec<_>>())
        };
        let whole: Vec<_> = pieces().try_collect().await.unwrap();
        let whole = whole.concat();
        for from in [0, 1, 3, 4, PIECE, whole.len() - 1, whole.len(), whole.len() + 1] {
            let rest: Vec<_> = gather(skip(pieces(), from as u64)).try_collect().await.unwrap();
            assert!(rest.iter().rev().skip(1).all(|piece| piece.len() >= PIECE));
            assert!(rest.concat() == whole[from.min(whole.len())..]);
        }
    }
}
