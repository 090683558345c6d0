//! The three-way merge of two lists of files.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::copy_of;
use super::empty::has_within;
use crate::format::portable;

/// One version of a file, as far as a merge has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Says which bytes it has: two versions of one digest are the same.
    pub digest: [u8; 32],
    /// When it was last changed, in milliseconds since 1970; 0 where that is not known.
    pub modified: u64,
}

/// Files by their paths, and [empty folders](super::empty_folder).
pub type Tree = BTreeMap<String, Version>;

/// One side of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What is here.
    Here,
    /// What came from elsewhere.
    There,
}

/// What the devices are called that made the changes of each side.
#[derive(Clone, Copy, Debug)]
pub struct Makers<'a> {
    /// Of what is here.
    pub here: &'a str,
    /// Of what came from elsewhere.
    pub there: &'a str,
}

/// Where the bytes of a merged file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The side that has them.
    pub side: Side,
    /// The path of the file on that side.
    pub path: String,
    /// The version.
    pub version: Version,
}

/// A file that both sides changed, each in its own way: both versions stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The path at which they met.
    pub path: String,
    /// The path at which the version stands that gave way.
    pub copy: String,
    /// The side whose version gave way.
    pub loser: Side,
}

/// What both sides have after a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Every file, with where its bytes are.
    pub files: BTreeMap<String, Origin>,
    /// Conflicts of which a copy came to be by this merge, sorted by path.
    pub conflicts: Vec<Conflict>,
}

impl Merged {
    /// The files alone.
    pub fn tree(&self) -> Tree {
        self.files.iter().map(|(path, origin)| (path.clone(), origin.version.clone())).collect()
    }
}

/// Merges what two sides made of `base`, which both had.
///
/// Of each path: if one side changed it, that counts. If both changed it to the same bytes, nothing is to be done. If both
/// changed it otherwise, the later version keeps the path and the other becomes a copy beside it; of two that were changed
/// at the same time the one with the greater digest keeps it. A version that one side changed stays though the other side
/// deleted the file. If one side has a file where the other has a folder, the file becomes a copy. An empty folder is no
/// entry of its own any more once something is in it.
///
/// Pure and idempotent. The files that result are the same if the sides change places, with their makers.
pub fn merge(base: &Tree, here: &Tree, there: &Tree, makers: Makers<'_>) -> Merged {
    let mut merge = Merge { here, there, makers, files: BTreeMap::new(), losers: Vec::new() };
    let paths: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    for path in paths {
        merge.path(path, base.get(path));
    }
    merge.make_way_for_folders();
    merge.finish()
}

struct Merge<'a> {
    here: &'a Tree,
    there: &'a Tree,
    makers: Makers<'a>,
    files: BTreeMap<String, Origin>,
    /// Versions that gave way. Their names are found when all paths are known.
    losers: Vec<Origin>,
}

impl Merge<'_> {
    fn path(&mut self, path: &str, base: Option<&Version>) {
        let (here, there) = (self.here.get(path), self.there.get(path));
        let is_same = |one: Option<&Version>, other: Option<&Version>| {
            one.map(|version| version.digest) == other.map(|version| version.digest)
        };
        let origin =
            |side, version: &Version| Origin { side, path: path.to_owned(), version: version.clone() };
        let taken = match (here, there) {
            // What is the same on both sides has the times that the other side knows already.
            _ if is_same(here, there) || is_same(here, base) => there.map(|it| origin(Side::There, it)),
            _ if is_same(there, base) => here.map(|it| origin(Side::Here, it)),
            (Some(here), None) => Some(origin(Side::Here, here)),
            (None, there) => there.map(|it| origin(Side::There, it)),
            (Some(here), Some(there)) => {
                let (here, there) = (origin(Side::Here, here), origin(Side::There, there));
                let is_later = (here.version.modified, here.version.digest)
                    > (there.version.modified, there.version.digest);
                let (winner, loser) = if is_later { (here, there) } else { (there, here) };
                self.losers.push(loser);
                Some(winner)
            }
        };
        if let Some(taken) = taken {
            self.files.insert(path.to_owned(), taken);
        }
    }

    /// Takes files out of the way whose path is a folder, and forgets of folders that they are empty if they are not.
    fn make_way_for_folders(&mut self) {
        let folders: BTreeSet<String> = self.files.keys().flat_map(|path| folders_of(path)).collect();
        for folder in folders {
            self.losers.extend(self.files.remove(&folder));
            let as_empty = folder + "/";
            if has_within(&self.files, &as_empty) {
                self.files.remove(&as_empty);
            }
        }
    }

    fn finish(mut self) -> Merged {
        let mut conflicts = Vec::new();
        // The order does not depend on which side is which.
        self.losers.sort_by(|a, b| (&a.path, a.version.digest).cmp(&(&b.path, b.version.digest)));
        for loser in std::mem::take(&mut self.losers) {
            if let Some(copy) = self.place_of(&loser) {
                let conflict = Conflict { path: loser.path.clone(), copy: copy.clone(), loser: loser.side };
                self.files.insert(copy, loser);
                conflicts.push(conflict);
            }
        }
        Merged { files: self.files, conflicts }
    }

    /// A free path for a copy of this version; nothing if one is there already.
    fn place_of(&self, loser: &Origin) -> Option<String> {
        let maker = match loser.side {
            Side::Here => self.makers.here,
            Side::There => self.makers.there,
        };
        let first = copy_of(&loser.path, maker, loser.version.modified);
        let mut path = first.clone();
        let mut number = 2;
        loop {
            match self.files.get(&path) {
                Some(known) if known.version.digest == loser.version.digest => return None,
                None => return Some(path),
                Some(_) => {
                    let (folder, name) =
                        first.rsplit_once('/').map_or((None, &*first), |(folder, name)| (Some(folder), name));
                    let name = portable::numbered(name, number);
                    path = folder.map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"));
                    number += 1;
                }
            }
        }
    }
}

/// The folders in which a file is, the outermost first; an empty folder is one of its own.
fn folders_of(path: &str) -> impl Iterator<Item = String> + '_ {
    path.match_indices('/').map(|(at, _)| path[..at].to_owned())
}
