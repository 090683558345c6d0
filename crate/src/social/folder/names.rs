//! Names on a disk for the paths of a share, and back.
//!
//! My own devices may have names that would be dangerous from a stranger, such as `.profile`. So only what some system
//! cannot have is replaced, and of names that differ by case or Unicode form alone the second gets a number.

use std::collections::HashMap;

use crate::format::path::{self, PathError};
use crate::format::portable;

/// Why a file on the disk cannot be in a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A share can have no such path.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// Returns the path in a share of a file on the disk.
pub fn shared_name(local: &str) -> Result<String, NameError> {
    Ok(path::normalize(local)?)
}

/// Gives paths on the disk to the paths of a share, no path twice.
#[derive(Debug, Default)]
pub struct LocalNames {
    /// The local path of each file and folder, by its path in the share.
    local: HashMap<String, String>,
    /// What stands at each local path, as disks compare paths.
    taken: HashMap<String, String>,
}

impl LocalNames {
    /// Notes that this file of the share stands there on the disk already.
    pub fn know(&mut self, shared: &str, local: &str) {
        let ends = |path: &str| -> Vec<usize> {
            path.match_indices('/').map(|(at, _)| at).chain([path.len()]).collect()
        };
        for (shared_end, local_end) in ends(shared).into_iter().zip(ends(local)) {
            let (shared, local) = (&shared[..shared_end], &local[..local_end]);
            self.local.insert(shared.to_owned(), local.to_owned());
            self.taken.insert(portable::compared(local), shared.to_owned());
        }
    }

    /// Returns where a file of the share is to stand on the disk.
    pub fn local(&mut self, shared: &str) -> String {
        if let Some(known) = self.local.get(shared) {
            return known.clone();
        }
        let (parent, name) = match shared.rsplit_once('/') {
            Some((parent, name)) => (self.local(parent) + "/", name),
            None => (String::new(), shared),
        };
        let name = own_name(name);
        let mut number = 2;
        let mut local = format!("{parent}{name}");
        while self.taken.contains_key(&portable::compared(&local)) {
            local = format!("{parent}{}", portable::numbered(&name, number));
            number += 1;
        }
        self.taken.insert(portable::compared(&local), shared.to_owned());
        self.local.insert(shared.to_owned(), local.clone());
        local
    }
}

/// A name of my own as every system can have it.
fn own_name(name: &str) -> String {
    match name.chars().next() {
        Some(first @ ('.' | '-')) if name.len() > 1 => {
            let rest = &name[1..];
            if portable::name(rest) == rest {
                name.to_owned()
            } else {
                format!("{first}{}", portable::name(rest))
            }
        }
        _ => portable::name(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn my_own_names_stay_unless_a_system_cannot_have_them() {
        let mut names = LocalNames::default();
        for same in ["a.txt", ".profile", ".config/x", "-n", "späte Grüße/b"] {
            assert_eq!(names.local(same), same);
        }
        for (shared, local) in [("CON", "_CON"), ("a:b/c", "a_b/c"), ("x. ", "x"), (".a?", ".a_")] {
            assert_eq!(names.local(shared), local);
        }
    }

    #[test]
    fn names_that_are_alike_are_kept_apart_and_what_is_there_keeps_its_name() {
        let mut names = LocalNames::default();
        names.know("dir/a.txt", "dir/a.txt");
        names.know("e\u{301}", "e\u{301}");
        assert_eq!(names.local("dir/A.txt"), "dir/A (2).txt");
        assert_eq!(names.local("Dir/a.txt"), "Dir (2)/a.txt");
        assert_eq!(names.local("dir/a.txt"), "dir/a.txt");
        assert_eq!(names.local("É"), "É (2)");
        assert_eq!(names.local("dir/b"), "dir/b");
    }

    #[test]
    fn a_file_on_the_disk_has_one_path_in_the_share() {
        assert_eq!(shared_name("e\u{301}.txt").as_deref(), Ok("é.txt"));
        assert!(shared_name("a\\b").is_err());
    }
}
