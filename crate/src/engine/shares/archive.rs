//! A share, or some files of it, as one zip.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};

use crate::dag::zip;
use crate::engine::Error;
use crate::format::portable;

use super::handle::Shares;

impl Shares {
    /// Name of the archive of a share, as every system can have it.
    pub(in crate::engine) fn archive_name(&self, id: &str) -> Result<String, Error> {
        self.0.state.read(|tables| Ok(portable::titled(&tables.share(id)?.title, "zip")))
    }

    /// The files as a stored zip, in pieces and with bounded memory; fetched as needed.
    pub(in crate::engine) async fn archive(
        &self,
        id: &str,
        paths: Option<Vec<String>>,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let opened = self.0.fetchers.open_share(id).await?;
        let paths: Option<BTreeSet<String>> = paths.map(|paths| paths.into_iter().collect());
        let wanted = move |path: &str| paths.as_ref().is_none_or(|paths| paths.contains(path));
        let files = opened.files().try_filter(move |file| std::future::ready(wanted(file.path())));
        Ok(zip::archive(files).map_err(Error::from))
    }
}
