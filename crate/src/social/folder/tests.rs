use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::*;

/// What a person or a device does in a history.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Writes a file on this device.
    Write(usize, &'static str),
    /// Deletes a file on this device, and its folder if nothing else is in it.
    Delete(usize, &'static str),
    /// Deletes a file on this device; its folder stays.
    Empty(usize, &'static str),
    /// Makes a folder on this device, or removes it if it is empty.
    Folder(usize, &'static str),
    /// Brings this device and the share in step.
    Sync(usize),
}

/// Devices with a folder each, and the share with which they are kept in step.
struct World {
    devices: Vec<Device>,
    share: Tree,
    /// Every version that was written.
    written: BTreeSet<[u8; 32]>,
    /// Versions that a person who saw them replaced or deleted.
    over: BTreeSet<[u8; 32]>,
}

#[derive(Default)]
struct Device {
    disk: Tree,
    base: Tree,
}

const NAMES: [&str; 3] = ["Laptop", "Phone", "Tablet"];

impl World {
    fn new(devices: usize) -> Self {
        let devices = (0..devices).map(|_| Device::default()).collect();
        Self { devices, share: Tree::new(), written: BTreeSet::new(), over: BTreeSet::new() }
    }

    fn play(&mut self, step: Step, modified: u64) {
        match step {
            Step::Write(device, path) => {
                let disk = &mut self.devices[device].disk;
                // A disk has no file where it has a folder.
                if is_in_file(disk, path) || is_folder(disk, path) {
                    return;
                }
                path.match_indices('/').for_each(|(at, _)| _ = disk.remove(&path[..=at]));
                let mut digest = [0; 32];
                digest[..8].copy_from_slice(&(self.written.len() as u64 + 1).to_be_bytes());
                self.written.insert(digest);
                let before = disk.insert(path.into(), Version { digest, modified });
                self.over.extend(before.map(|before| before.digest));
            }
            Step::Delete(device, path) => {
                let before = self.devices[device].disk.remove(path);
                self.over.extend(before.map(|before| before.digest));
            }
            Step::Empty(device, path) => {
                let disk = &mut self.devices[device].disk;
                let Some(before) = disk.remove(path) else { return };
                self.over.insert(before.digest);
                if let Some((folder, _)) = path.rsplit_once('/')
                    && !is_folder(disk, folder)
                {
                    disk.insert(format!("{folder}/"), empty_folder());
                }
            }
            Step::Folder(device, path) => {
                let disk = &mut self.devices[device].disk;
                let as_empty = format!("{path}/");
                let is_new = disk.remove(&as_empty).is_none();
                if is_new && !is_in_file(disk, &as_empty) && !is_folder(disk, path) {
                    path.match_indices('/').for_each(|(at, _)| _ = disk.remove(&path[..=at]));
                    disk.insert(as_empty, empty_folder());
                }
            }
            Step::Sync(device) => {
                let Device { disk, base } = &mut self.devices[device];
                let makers = Makers { here: NAMES[device], there: "another" };
                let merged = merge(base, disk, &self.share, makers).tree();
                for (here, there) in [(&*disk, &merged), (&merged, &self.share), (&merged, &merged)] {
                    let again = merge(base, here, there, makers);
                    assert!(
                        again.tree() == merged && again.conflicts.is_empty(),
                        "it goes on where it was torn"
                    );
                }
                (*disk, *base, self.share) = (merged.clone(), merged.clone(), merged);
            }
        }
    }

    /// Brings all devices in step, and checks that they have what they are to have.
    fn end(&mut self, history: &[Step]) {
        for device in (0..self.devices.len()).chain(0..self.devices.len()) {
            self.play(Step::Sync(device), 0);
        }
        for device in &self.devices {
            assert_eq!(device.disk, self.share, "all devices have the same after {history:?}");
        }
        for path in self.share.keys() {
            assert!(
                !is_in_file(&self.share, path),
                "no folder is a file after {history:?}: {:?}",
                self.share
            );
            assert!(!has_within(&self.share, path), "what is empty is empty after {history:?}");
        }
        let kept: BTreeSet<_> = self.share.values().map(|version| version.digest).collect();
        let lost = self.written.difference(&self.over).find(|version| !kept.contains(*version));
        assert_eq!(lost, None, "nothing is lost after {history:?}");
        // A version that somebody replaced is there only as the copy of a conflict with somebody who had not seen that.
        let is_back = |(path, version): &(&String, &Version)| {
            self.over.contains(&version.digest) && !path.contains("(conflict, ")
        };
        assert_eq!(self.share.iter().find(is_back), None, "nothing comes back after {history:?}");
    }
}

/// Whether a file stands where a folder around this path is.
fn is_in_file(disk: &Tree, path: &str) -> bool {
    path.match_indices('/').any(|(at, _)| disk.contains_key(&path[..at]))
}

/// Whether there is a folder of this path.
fn is_folder(disk: &Tree, path: &str) -> bool {
    let folder = format!("{path}/");
    disk.contains_key(&folder) || has_within(disk, &folder)
}

#[test]
fn in_every_interleaving_of_a_small_history_nothing_is_lost_and_all_devices_agree() {
    let files = |device| {
        vec![
            Step::Write(device, "a"),
            Step::Delete(device, "a"),
            Step::Write(device, "a/x"),
            Step::Sync(device),
        ]
    };
    play_all(5, files);
    play_all(4, |device| {
        let folders = [Step::Folder(device, "a"), Step::Empty(device, "a/x"), Step::Delete(device, "a/x")];
        files(device).into_iter().chain(folders).collect()
    });
}

/// Plays every history of at most so many of these steps on two devices.
fn play_all(longest: u32, steps: impl Fn(usize) -> Vec<Step>) {
    let steps: Vec<Step> = (0..2).flat_map(steps).collect();
    for count in 1..=longest {
        for number in 0..steps.len().pow(count) {
            let history: Vec<Step> =
                (0..count).map(|at| steps[number / steps.len().pow(at) % steps.len()]).collect();
            let mut world = World::new(2);
            // Half of the histories have clocks that stand still.
            history.iter().zip(1u64..).for_each(|(step, at)| world.play(*step, at * (number as u64 % 2)));
            world.end(&history);
        }
    }
}

#[test]
fn in_random_long_histories_of_three_devices_nothing_is_lost_and_all_devices_agree() {
    const PATHS: [&str; 7] = ["a", "a/x", "a/y", "b.txt", "dir/b.txt", "dir", "dir/in"];
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..5_000 {
        let mut world = World::new(3);
        let mut history = Vec::new();
        for _ in 0..20 {
            let (device, path) =
                (random.next_u32() as usize % 3, PATHS[random.next_u32() as usize % PATHS.len()]);
            let step = match random.next_u32() % 8 {
                0..=2 => Step::Write(device, path),
                3 => Step::Delete(device, path),
                4 => Step::Empty(device, path),
                5 => Step::Folder(device, path),
                _ => Step::Sync(device),
            };
            history.push(step);
            world.play(step, u64::from(random.next_u32() % 4) * 60_000);
        }
        world.end(&history);
    }
}

#[test]
fn a_merge_is_the_same_from_either_side() {
    const PATHS: [&str; 5] = ["a", "a/", "a/x", "b", "c.txt"];
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let mut tree = |changed: Option<&Tree>| {
        let mut tree = changed.cloned().unwrap_or_default();
        for path in PATHS {
            match random.next_u32() % 5 {
                0 => drop(tree.remove(path)),
                1 | 2 if path.ends_with('/') => drop(tree.insert(path.into(), empty_folder())),
                1 | 2 => {
                    let version = Version {
                        digest: [random.next_u32() as u8 % 8; 32],
                        modified: u64::from(random.next_u32() % 3),
                    };
                    tree.insert(path.into(), version);
                }
                _ => {}
            }
        }
        // No disk has a file where it has a folder.
        if tree.contains_key("a/x") {
            tree.remove("a/");
        }
        if is_folder(&tree, "a") {
            tree.remove("a");
        }
        tree
    };
    for _ in 0..20_000 {
        let base = tree(None);
        let (one, other) = (tree(Some(&base)), tree(Some(&base)));
        let makers = Makers { here: "One", there: "Other" };
        let swapped = Makers { here: "Other", there: "One" };
        let (left, right) = (merge(&base, &one, &other, makers), merge(&base, &other, &one, swapped));
        let bytes = |merged: &Merged| -> Vec<_> {
            merged.files.iter().map(|(path, origin)| (path.clone(), origin.version.digest)).collect()
        };
        assert_eq!(bytes(&left), bytes(&right), "{base:?} {one:?} {other:?}");
    }
}

fn tree(files: &[(&str, u8, u64)]) -> Tree {
    let version = |digest, modified| Version { digest: [digest; 32], modified };
    files.iter().map(|(path, digest, modified)| ((*path).into(), version(*digest, *modified))).collect()
}

#[test]
fn of_two_versions_the_later_keeps_the_name_and_the_other_is_named_after_its_device() {
    let minute = 60_000;
    let base = tree(&[("a.txt", 1, minute)]);
    let (here, there) = (tree(&[("a.txt", 2, 2 * minute)]), tree(&[("a.txt", 3, 3 * minute)]));
    let merged = merge(&base, &here, &there, Makers { here: "Laptop", there: "Phone" });
    let copy = "a (conflict, Laptop, 1970-01-01 00.02 UTC).txt";
    assert_eq!(merged.tree(), tree(&[("a.txt", 3, 3 * minute), (copy, 2, 2 * minute)]));
    let conflict = Conflict { path: "a.txt".into(), copy: copy.into(), loser: Side::Here };
    assert_eq!(merged.conflicts, [conflict]);
}

#[test]
fn a_change_outlives_a_deletion_and_a_deletion_takes_what_nobody_changed() {
    let base = tree(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)]);
    let (here, there) = (tree(&[("b", 2, 0), ("c", 1, 0)]), tree(&[("a", 3, 0)]));
    let merged = merge(&base, &here, &there, Makers { here: "", there: "" });
    assert_eq!(merged.tree(), tree(&[("a", 3, 0), ("b", 2, 0)]));
    assert_eq!(merged.conflicts, []);
}

#[test]
fn an_empty_folder_comes_and_goes_like_a_file_and_a_file_of_its_name_is_kept_beside_it() {
    let makers = Makers { here: "Laptop", there: "Phone" };
    let folder = || -> Tree { [("d/".to_owned(), empty_folder())].into() };
    let nothing = Tree::new();
    let merged = |base: &Tree, here: &Tree, there: &Tree| merge(base, here, there, makers);
    assert_eq!(merged(&nothing, &folder(), &nothing).tree(), folder(), "made");
    assert_eq!(merged(&folder(), &nothing, &folder()).tree(), nothing, "removed");
    let (file, within) = (tree(&[("d", 1, 60_000)]), tree(&[("d/x", 1, 0)]));
    assert_eq!(merged(&within, &folder(), &within).tree(), folder(), "emptied");
    assert_eq!(merged(&folder(), &folder(), &within).tree(), within, "filled");
    assert_eq!(merged(&folder(), &nothing, &within).tree(), within, "filled there, removed here");
    let swapped = merged(&folder(), &file, &folder());
    assert_eq!((swapped.tree(), swapped.conflicts), (file.clone(), Vec::new()), "a file in its place");
    let swapped = merged(&file, &folder(), &file);
    assert_eq!((swapped.tree(), swapped.conflicts), (folder(), Vec::new()), "it in the place of a file");
    let both = merged(&nothing, &file, &folder());
    let copy = "d (conflict, Laptop, 1970-01-01 00.01 UTC)";
    let mut kept = tree(&[(copy, 1, 60_000)]);
    kept.extend(folder());
    assert_eq!((both.tree(), both.conflicts.len()), (kept, 1));
}

#[test]
fn without_a_base_nothing_is_deleted() {
    let (here, there) = (tree(&[("a", 1, 0), ("b", 2, 0)]), tree(&[("b", 2, 5), ("c", 3, 0)]));
    let merged = merge(&Tree::new(), &here, &there, Makers { here: "", there: "" });
    assert_eq!(merged.tree(), tree(&[("a", 1, 0), ("b", 2, 5), ("c", 3, 0)]));
}

#[test]
fn a_person_is_asked_where_much_is_gone_or_changed_at_once() {
    let all = |count: usize, digest| -> Tree {
        (0..count).map(|at| (at.to_string(), Version { digest: [digest; 32], modified: 0 })).collect()
    };
    let base = all(60, 1);
    let without =
        |count: usize| base.iter().skip(count).map(|(a, b)| (a.clone(), b.clone())).collect::<Tree>();
    assert_eq!(mass_change(&base, &base), None);
    assert_eq!(mass_change(&base, &without(20)), None);
    assert_eq!(mass_change(&base, &without(21)), Some(MassChange { gone: 21, changed: 0, all: 60 }));
    assert_eq!(mass_change(&all(100, 1), &all(66, 1)), Some(MassChange { gone: 34, changed: 0, all: 100 }));
    assert_eq!(mass_change(&all(100, 1), &all(67, 1)), None, "a third is not yet more than a third");
    assert_eq!(mass_change(&base, &all(60, 2)), Some(MassChange { gone: 0, changed: 60, all: 60 }));
    assert_eq!(mass_change(&all(5, 1), &all(4, 2)), None, "few files are nobody's question");
    assert_eq!(mass_change(&all(5, 1), &Tree::new()), Some(MassChange { gone: 5, changed: 0, all: 5 }));
    assert_eq!(mass_change(&all(1, 1), &Tree::new()), None);
    assert_eq!(mass_change(&Tree::new(), &all(100, 1)), None, "the first time is no change");
}
