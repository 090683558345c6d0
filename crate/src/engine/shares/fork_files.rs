//! The files of two revisions of a share to oneself that two devices made at the same time.

use std::collections::BTreeSet;

use serde_bytes::ByteArray;

use crate::dag::manifest;
use crate::engine::Error;
use crate::engine::state::Tables;
use crate::keys::Id;
use crate::social::folder::{Makers, Merged, Side, Tree, folder_path, merge};
use crate::social::share_record::ShareRecord;
use crate::social::vault::OwnShare;

use super::handle::Shares;
use super::own_files::OwnFiles;

/// What a file's name says of a device whose name is not known.
const UNNAMED: &str = "another device";

/// What has to come to a list of files, and what has to go.
#[derive(Default)]
pub(super) struct Difference {
    /// Files, sorted by path.
    pub(super) added: Vec<manifest::NewFile>,
    /// Empty folders.
    pub(super) folders: Vec<String>,
    /// Paths of files, and of empty folders with a slash behind them.
    pub(super) removed: BTreeSet<String>,
}

impl Shares {
    /// What has to come to the files of `before`, and what has to go, so that what both devices did is done.
    ///
    /// Merged over the revision that both had. If that is gone, nothing is deleted.
    pub(super) async fn merged_files(
        &self,
        before: &ShareRecord,
        other: &ShareRecord,
    ) -> Result<Difference, Error> {
        let here = self.own_files(before).await?;
        let there = self.own_files(other).await?;
        let base = self.common_files(before, other).await?;
        let device = Id::from(*self.0.publisher.device());
        let (one, two) = self.0.state.read(|tables| {
            let mine = name_of(tables, &device);
            if before.by_other_device {
                (maker_of(tables, before), mine)
            } else {
                (mine, maker_of(tables, other))
            }
        });
        let merged = merge(&base, &here.tree, &there.tree, Makers { here: &one, there: &two });
        self.difference(&here, &there, &merged).await
    }

    /// The files of the revision from which both of these were made, as far as it is here.
    async fn common_files(&self, one: &ShareRecord, other: &ShareRecord) -> Result<Tree, Error> {
        // What a relay had last, before this device went on alone.
        let of = |share: &ShareRecord| if share.by_other_device { None } else { share.past.first().copied() };
        let Some(header) = of(one).or_else(|| of(other)) else { return Ok(Tree::new()) };
        let earlier = self.0.state.read(|tables| tables.earlier.get(&header.to_string()).cloned());
        match earlier {
            Some(earlier) => Ok(self.own_files(&earlier.record).await?.tree),
            None => Ok(Tree::new()),
        }
    }

    /// What has to come to the files `here`, and what has to go, so that they are the merged ones.
    async fn difference(
        &self,
        here: &OwnFiles,
        there: &OwnFiles,
        merged: &Merged,
    ) -> Result<Difference, Error> {
        let (mut added, mut folders) = (Vec::new(), Vec::new());
        for (path, origin) in &merged.files {
            if here.tree.get(path).is_some_and(|known| known.digest == origin.version.digest) {
                continue;
            }
            if let Some(folder) = folder_path(path) {
                folders.push(folder.to_owned());
                continue;
            }
            let from = if origin.side == Side::Here { here } else { there };
            added.push(from.listed_at(&origin.path, path).await?);
        }
        let removed = here.tree.keys().filter(|path| !merged.files.contains_key(*path)).cloned().collect();
        // What has no room is in the folder of the device that made it still, which says so.
        let known = here.list.manifest().folders().iter().cloned().collect();
        let (folders, _) = manifest::fitting(&known, folders);
        Ok(Difference { added, folders, removed })
    }
}

/// What the person calls a device.
pub(in crate::engine) fn name_of(tables: &Tables, device: &Id) -> String {
    let name = tables.devices.get(device).map(|known| known.name.clone()).unwrap_or_default();
    if name.is_empty() { UNNAMED.into() } else { name }
}

/// What the person calls the device that made a revision: the last one that told of the share, unless its row names one.
pub(in crate::engine) fn maker_of(tables: &Tables, share: &ShareRecord) -> String {
    let stamp = || tables.publication.vault.at::<OwnShare>(&share.id()).map(|stamp| stamp.device);
    let device = share.made_on.map(ByteArray::into_array).or_else(stamp);
    match device.and_then(|device| Id::from_bytes(&device).ok()) {
        Some(device) => name_of(tables, &device),
        None => UNNAMED.into(),
    }
}
