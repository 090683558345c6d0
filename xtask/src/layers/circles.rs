//! Finds circles among arrows.

use std::collections::{BTreeMap, BTreeSet};

/// The circles, each as the sorted names of all that reach each other; a thing that uses only itself is none.
pub(super) fn of<'a>(arrows: &[(&'a str, &'a str)]) -> Vec<Vec<&'a str>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
    }
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        next.keys().map(|start| (*start, reachable(start, &next))).collect();
    let mut circles = BTreeSet::new();
    for (start, reached) in &reach {
        let circle: Vec<&str> = reached
            .iter()
            .copied()
            .filter(|name| reach.get(name).is_some_and(|r| r.contains(start)))
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// All that can be reached by one arrow or more.
fn reachable<'a>(start: &str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for to in next.get(name).into_iter().flatten() {
            if reached.insert(*to) {
                open.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_chains_are_none() {
        assert_eq!(of(&[("a", "b"), ("b", "c")]), [[""; 0]; 0]);
        assert_eq!(of(&[("a", "a")]), [[""; 0]; 0]);
        let two = of(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "c")]);
        assert_eq!(two, [vec!["a", "b"], vec!["c", "d", "e"]]);
    }
}
