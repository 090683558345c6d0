//! Which of the files that were chosen again is which file of a draft.
//!
//! A picker drops folders, and two files may have one name. So a path alone decides only if it is the whole path.
//! Otherwise the bytes that are stored decide, then size and time. What stays unclear is left to the person.

use std::collections::{BTreeMap, BTreeSet};

/// A file of a draft.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified: Option<u64>,
    /// How many chunks of it are stored.
    pub(super) stored: usize,
    /// Whether bytes of it are missing.
    pub(super) is_missing: bool,
}

/// A file that was chosen again.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified: Option<u64>,
}

/// A draft's files and what was chosen, each named by its place.
pub(super) struct Matching<'a> {
    planned: &'a [Planned],
    chosen: &'a [Candidate],
    /// The files of the draft by their last name, without a number.
    names: BTreeMap<String, Vec<usize>>,
    paths: BTreeSet<&'a str>,
}

/// What is known after the bytes were compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    /// For missing files of the draft, the file that was chosen.
    pub(super) found: BTreeMap<usize, usize>,
    /// Missing files for which something was chosen that may be another file.
    pub(super) unclear: BTreeSet<usize>,
}

/// How two paths can mean one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// The paths are equal.
    Same,
    /// Two files were chosen under one path, so that one of them got a number.
    Numbered,
    /// One path is the end of the other.
    End,
}

impl<'a> Matching<'a> {
    pub(super) fn new(planned: &'a [Planned], chosen: &'a [Candidate]) -> Self {
        let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, file) in planned.iter().enumerate() {
            names.entry(last_name(&file.path)).or_default().push(at);
        }
        let paths = planned.iter().map(|file| file.path.as_str()).collect();
        Self { planned, chosen, names, paths }
    }

    /// The pairs of a file of the draft and a chosen file whose bytes must be compared, because paths do not decide.
    pub(super) fn to_compare(&self) -> Vec<(usize, usize)> {
        let decided = self.by_path();
        let used: BTreeSet<_> = decided.values().copied().collect();
        let open = self.chosen.iter().enumerate().filter(|(at, _)| !used.contains(at));
        let pairs = open.flat_map(|(chosen, candidate)| {
            let namesakes = self.namesakes(&candidate.path);
            let open = |at: &usize| self.planned[*at].is_missing && !decided.contains_key(at);
            let is_open = namesakes.iter().any(open);
            namesakes.iter().filter(move |_| is_open).map(move |planned| (*planned, chosen))
        });
        pairs.filter(|(planned, chosen)| self.may_have_stored(*planned, *chosen)).collect()
    }

    /// Decides, with the pairs of [`to_compare`](Self::to_compare) in which all that is stored is the beginning of the
    /// chosen file.
    pub(super) fn decide(&self, equal: &BTreeSet<(usize, usize)>) -> Matches {
        let mut found = self.by_path();
        let mut used: BTreeSet<usize> = found.values().copied().collect();
        // Much that is stored says more than little.
        let mut by_stored: Vec<_> = (0..self.planned.len()).filter(|at| !found.contains_key(at)).collect();
        by_stored.sort_by_key(|at| std::cmp::Reverse(self.planned[*at].stored));
        for planned in by_stored {
            let fits = self.free(planned, &used).filter(|chosen| equal.contains(&(planned, *chosen)));
            let fits: Vec<_> = fits.collect();
            let same = fits.iter().filter(|chosen| self.relation(planned, **chosen) == Some(Relation::Same));
            let at_same_time = fits.iter().filter(|chosen| self.has_size_and_time(planned, **chosen));
            if let Some(chosen) = only(fits.iter()).or_else(|| only(same)).or_else(|| only(at_same_time)) {
                used.insert(*chosen);
                found.insert(planned, *chosen);
            }
        }
        found.retain(|planned, _| self.planned[*planned].is_missing);
        let mut unclear = BTreeSet::new();
        let missing = (0..self.planned.len()).filter(|at| self.planned[*at].is_missing);
        for planned in missing.filter(|at| !found.contains_key(at)).collect::<Vec<_>>() {
            let free: Vec<_> = self.free(planned, &used).collect();
            match self.without_bytes(planned, &free, &found) {
                Some(chosen) => {
                    used.insert(chosen);
                    found.insert(planned, chosen);
                }
                None if free.is_empty() => {}
                None => {
                    unclear.insert(planned);
                }
            }
        }
        Matches { found, unclear }
    }

    /// The file of a draft's missing file of which no stored byte tells.
    fn without_bytes(&self, planned: usize, free: &[usize], found: &BTreeMap<usize, usize>) -> Option<usize> {
        let related = |wanted| {
            free.iter().copied().filter(move |chosen| self.relation(planned, *chosen) == Some(wanted))
        };
        if let Some(chosen) = only(related(Relation::Same)) {
            return Some(chosen);
        }
        if self.planned[planned].stored > 0 {
            return None;
        }
        // The numbers were given to files of one path: which of them gets which is the same to everybody.
        if let Some(chosen) = related(Relation::Same).chain(related(Relation::Numbered)).next() {
            return Some(chosen);
        }
        let namesakes = &self.names[&last_name(&self.planned[planned].path)];
        if let ([_], [chosen]) = (&**namesakes, free) {
            return Some(*chosen);
        }
        let alike = free.iter().copied().filter(|chosen| self.has_size_and_time(planned, *chosen));
        let chosen = only(alike)?;
        let open = namesakes.iter().filter(|at| self.planned[**at].is_missing && !found.contains_key(at));
        let is_for_one =
            only(open.filter(|at| self.has_size_and_time(**at, chosen))).is_some_and(|at| *at == planned);
        is_for_one.then_some(chosen)
    }

    /// Missing files whose path was chosen once, and could not be another file's.
    fn by_path(&self) -> BTreeMap<usize, usize> {
        let mut by_path: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, candidate) in self.chosen.iter().enumerate() {
            by_path.entry(&candidate.path).or_default().push(at);
        }
        let missing = self.planned.iter().enumerate().filter(|(_, file)| file.is_missing);
        let decided = missing.filter_map(|(at, file)| {
            let [chosen] = by_path.get(file.path.as_str())?[..] else { return None };
            let has_twin = self
                .namesakes(&file.path)
                .iter()
                .any(|other| *other != at && self.relation(*other, chosen) == Some(Relation::Numbered));
            (!has_twin).then_some((at, chosen))
        });
        decided.collect()
    }

    fn namesakes(&self, path: &str) -> &[usize] {
        self.names.get(&last_name(path)).map_or(&[], |found| found)
    }

    fn free(&self, planned: usize, used: &BTreeSet<usize>) -> impl Iterator<Item = usize> {
        let free = (0..self.chosen.len()).filter(|chosen| !used.contains(chosen));
        free.filter(move |chosen| self.relation(planned, *chosen).is_some())
    }

    fn may_have_stored(&self, planned: usize, chosen: usize) -> bool {
        let file = &self.planned[planned];
        file.stored > 0 && file.size == self.chosen[chosen].size && self.relation(planned, chosen).is_some()
    }

    fn has_size_and_time(&self, planned: usize, chosen: usize) -> bool {
        let (file, candidate) = (&self.planned[planned], &self.chosen[chosen]);
        file.size == candidate.size && file.modified.is_some() && file.modified == candidate.modified
    }

    fn relation(&self, planned: usize, chosen: usize) -> Option<Relation> {
        let (path, chosen) = (&*self.planned[planned].path, &*self.chosen[chosen].path);
        let ends_with =
            |whole: &str, end: &str| whole.strip_suffix(end).is_some_and(|rest| rest.ends_with('/'));
        if path == chosen {
            Some(Relation::Same)
        } else if without_numbers(path) == chosen && self.paths.contains(chosen) {
            Some(Relation::Numbered)
        } else if ends_with(path, chosen) || ends_with(chosen, path) {
            Some(Relation::End)
        } else {
            None
        }
    }
}

/// The element of an iterator that has one.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next();
    first.filter(|_| all.next().is_none())
}

fn last_name(path: &str) -> String {
    without_number(path.rsplit('/').next().unwrap_or(path)).to_lowercase()
}

fn without_numbers(path: &str) -> String {
    path.split('/').map(without_number).collect::<Vec<_>>().join("/")
}

/// A name without the number that the page gives to the second file of one name: `a (2).jpg` is `a.jpg`.
fn without_number(name: &str) -> String {
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    let number = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" ("));
    match number {
        Some((stem, number)) if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) => {
            format!("{stem}{ending}")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(path: &str, stored: usize) -> Planned {
        Planned { path: path.into(), size: 9, modified: Some(1), stored, is_missing: true }
    }

    fn chosen(path: &str) -> Candidate {
        Candidate { path: path.into(), size: 9, modified: Some(1) }
    }

    fn decided(planned: &[Planned], chosen: &[Candidate], equal: &[(usize, usize)]) -> Matches {
        let matching = Matching::new(planned, chosen);
        let equal: BTreeSet<_> = equal.iter().copied().collect();
        assert!(equal.iter().all(|pair| matching.to_compare().contains(pair)), "these are compared");
        matching.decide(&equal)
    }

    fn found(pairs: &[(usize, usize)]) -> Matches {
        Matches { found: pairs.iter().copied().collect(), unclear: BTreeSet::new() }
    }

    #[test]
    fn a_whole_path_decides_and_a_changed_file_is_still_the_same() {
        let draft = [planned("c/100/a", 1), planned("c/101/a", 0)];
        let again = [Candidate { size: 7, modified: None, ..chosen("c/101/a") }, chosen("c/100/a")];
        assert_eq!(decided(&draft, &again, &[]), found(&[(0, 1), (1, 0)]));
    }

    #[test]
    fn bytes_decide_between_files_of_one_name_in_any_order() {
        let draft = [planned("c/100/a", 1), planned("c/101/a", 0)];
        let again = [chosen("a"), chosen("a")];
        assert_eq!(decided(&draft, &again, &[(0, 1)]), found(&[(0, 1), (1, 0)]));
        assert_eq!(decided(&draft, &again, &[(0, 0)]), found(&[(0, 0), (1, 1)]));
    }

    #[test]
    fn a_file_that_is_stored_already_is_not_taken_for_another_of_its_name() {
        let whole = Planned { is_missing: false, ..planned("c/100/a", 1) };
        let draft = [whole, planned("c/101/a", 0)];
        assert_eq!(decided(&draft, &[chosen("a")], &[(0, 0)]), Matches::default());
        assert_eq!(decided(&draft, &[chosen("a")], &[]), found(&[(1, 0)]));
    }

    #[test]
    fn what_neither_bytes_nor_time_tell_apart_is_unclear() {
        let draft = [planned("c/100/a", 0), planned("c/101/a", 0)];
        let unclear = decided(&draft, &[chosen("a"), chosen("a")], &[]);
        assert_eq!(unclear.unclear.into_iter().collect::<Vec<_>>(), [0, 1]);
        let later = Planned { modified: Some(2), ..planned("c/101/a", 0) };
        let again = [Candidate { modified: Some(2), ..chosen("a") }, chosen("a")];
        assert_eq!(decided(&[planned("c/100/a", 0), later], &again, &[]), found(&[(0, 1), (1, 0)]));
    }

    #[test]
    fn an_only_name_is_enough_unless_other_bytes_are_stored() {
        let touched = Candidate { modified: Some(5), ..chosen("a") };
        assert_eq!(decided(&[planned("c/a", 0)], std::slice::from_ref(&touched), &[]), found(&[(0, 0)]));
        let other = decided(&[planned("c/a", 2)], &[touched], &[]);
        assert_eq!((other.found.len(), other.unclear.len()), (0, 1));
    }

    #[test]
    fn a_number_that_the_page_gave_is_no_other_file() {
        let draft = [planned("a (2).jpg", 1), planned("a.jpg", 1)];
        let again = [chosen("a.jpg"), chosen("a.jpg")];
        assert_eq!(decided(&draft, &again, &[(0, 0), (1, 1)]), found(&[(0, 0), (1, 1)]));
        assert_eq!(decided(&draft, &again, &[(0, 1), (1, 0)]), found(&[(0, 1), (1, 0)]));
        // A number that a camera gave is.
        for path in ["a (1).jpg", "c/a (1).jpg"] {
            assert_eq!(decided(&[planned(path, 0)], &[chosen("a (2).jpg")], &[]), Matches::default());
        }
    }
}
