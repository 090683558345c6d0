//! A share, or some files of it, as one zip.

use std::collections::BTreeSet;
use std::rc::Rc;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};

use crate::dag::zip;

use super::{Engine, Error};

impl Engine {
    /// The files as a stored zip, in pieces and with bounded memory; fetched as needed.
    pub async fn archive(
        &self,
        id: &str,
        paths: Option<Vec<String>>,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + 'static, Error> {
        let session = self.session()?;
        let opened = Rc::new(session.open_share(id).await?);
        let paths: Option<BTreeSet<String>> = paths.map(|paths| paths.into_iter().collect());
        let wanted = move |path: &str| paths.as_ref().is_none_or(|paths| paths.contains(path));
        let files = opened.clone().entries();
        let files = files.try_filter(move |entry| std::future::ready(wanted(&entry.path)));
        Ok(zip::archive(opened, files).map_err(Error::from))
    }
}
