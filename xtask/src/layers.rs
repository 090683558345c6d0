//! Holds the crate to its order: which module may use which, no circles in the engine, one place that writes rows.
//!
//! Reads names, not types: a method called on a value that was handed over is no arrow here.

mod arrows;
mod circles;
mod commits;
mod source;
mod tree;

use std::path::Path;

use anyhow::Result;

use arrows::Arrow;
use tree::Tree;

/// The crate's modules from the bottom up. A module uses modules of lines above its own here, never one of a line
/// below; modules of one line may use each other, as long as that is no circle.
const CRATE: &[&[&str]] = &[
    &["platform"],
    &["crypto"],
    &["format"],
    &["keys"],
    &["social", "dag", "store", "net"],
    &["engine"],
    &["js"],
];

/// The engine's modules, likewise. `engine.rs` itself is the last, with its calls.
const ENGINE: &[&[&str]] = &[
    &["api", "error", "events"],
    // What every component may be handed.
    &["directory", "network", "progress", "tasks"],
    &["state"],
    &["storage", "transfer"],
    &["presence", "publish", "contacts", "letters", "shares"],
    &["devices", "drops", "folder", "introductions", "keeping", "sync"],
    &["account"],
    // The components of one profile, which it starts and stops.
    &["unlocked"],
    &["calls", WIRING],
];

/// What the order calls `engine.rs` itself.
const WIRING: &str = "engine.rs";

/// Modules that do not know each other; the engine introduces them.
const STRANGERS: &[(&str, &str)] = &[("net", "store"), ("store", "net")];

/// A circle of two files may be read at once; a larger one may not.
const LARGEST_CIRCLE: usize = 2;

/// Folders of the crate's sources in which rows may be written: the state, the list of profiles, and the stores.
const MAY_WRITE_ROWS: &[&str] = &["engine/state", "engine/account", "store"];

/// Known breaches, as the lint names them, each with its reason. One that is gone must leave this list.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// The rules of the engine hold from the change on that gives it this file.
const ENGINE_IS_ORDERED: &str = "engine/state.rs";

/// Every breach in a crate's sources, a sentence each.
pub(crate) fn breaches(sources: &Path) -> Result<Vec<String>> {
    let tree = Tree::read(sources)?;
    let arrows = tree.arrows();
    let mut found = order(&arrows, CRATE, |file| Some(top(file)));
    found.extend(strangers(&arrows));
    if tree.has(ENGINE_IS_ORDERED) {
        found.extend(order(&arrows, ENGINE, component));
        found.extend(circles(&arrows));
        found.extend(commits::breaches(&tree, MAY_WRITE_ROWS));
    }
    Ok(without_exceptions(found, EXCEPTIONS))
}

/// The crate's module in which a file lies: `net` for `net/swarm.rs` and `net.rs`.
fn top(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// The engine's module in which a file lies; none outside of the engine.
fn component(file: &str) -> Option<&str> {
    if file == WIRING {
        return Some(WIRING);
    }
    file.strip_prefix("engine/").map(top)
}

/// Arrows upward, circles along a line, and modules that no line names.
fn order<'a>(
    arrows: &'a [Arrow],
    lines: &[&[&str]],
    module: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<String> {
    let level = |name: &str| lines.iter().position(|line| line.contains(&name));
    let mut found = Vec::new();
    let mut unknown = std::collections::BTreeSet::new();
    let mut along = Vec::new();
    for arrow in arrows {
        let (Some(from), Some(to)) = (module(&arrow.from), module(&arrow.to)) else { continue };
        match (level(from), level(to)) {
            _ if from == to => {}
            (Some(low), Some(high)) if low < high => {
                found.push(format!("{arrow}: {from} lies below {to} and must not use it"));
            }
            (Some(a), Some(b)) if a == b => along.push((from, to)),
            (Some(_), Some(_)) => {}
            (None, _) => drop(unknown.insert(from)),
            (_, None) => drop(unknown.insert(to)),
        }
    }
    found.extend(circles::of(&along).into_iter().map(|circle| {
        format!("{} use each other in a circle: put one of them on a line above", circle.join(", "))
    }));
    found.extend(unknown.into_iter().map(|name| {
        format!("{name} has no place in the order of the modules: add it to xtask/src/layers.rs")
    }));
    found
}

fn strangers(arrows: &[Arrow]) -> impl Iterator<Item = String> {
    let meets = |arrow: &&Arrow| STRANGERS.contains(&(top(&arrow.from), top(&arrow.to)));
    arrows
        .iter()
        .filter(meets)
        .map(|arrow| format!("{arrow}: {} must not know {}", top(&arrow.from), top(&arrow.to)))
}

fn circles(arrows: &[Arrow]) -> impl Iterator<Item = String> {
    let engine: Vec<_> = arrows
        .iter()
        .filter(|arrow| component(&arrow.from).is_some() && component(&arrow.to).is_some())
        .map(|arrow| (arrow.from.as_str(), arrow.to.as_str()))
        .collect();
    let large = circles::of(&engine).into_iter().filter(|circle| circle.len() > LARGEST_CIRCLE);
    large
        .map(|circle| {
            format!("{} files of the engine use each other in a circle: {}", circle.len(), circle.join(", "))
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// Leaves out what is known; an exception that excuses nothing is a breach itself.
fn without_exceptions(mut found: Vec<String>, exceptions: &[(&str, &str)]) -> Vec<String> {
    let mut unused = Vec::new();
    for (breach, _) in exceptions {
        let before = found.len();
        found.retain(|sentence| !sentence.starts_with(breach));
        if found.len() == before {
            unused.push(format!("nothing breaks this rule any more, remove its exception: {breach}"));
        }
    }
    found.extend(unused);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(pairs: &[(&str, &str)]) -> Vec<Arrow> {
        pairs.iter().map(|(from, to)| Arrow { from: (*from).into(), to: (*to).into(), line: 1 }).collect()
    }

    fn crate_order(pairs: &[(&str, &str)]) -> Vec<String> {
        order(&arrows(pairs), CRATE, |file| Some(top(file)))
    }

    fn engine_order(pairs: &[(&str, &str)]) -> Vec<String> {
        order(&arrows(pairs), ENGINE, component)
    }

    #[test]
    fn what_lies_below_may_be_used_and_what_lies_above_may_not() {
        assert_eq!(crate_order(&[("engine/add.rs", "net/swarm.rs"), ("format.rs", "crypto.rs")]), [""; 0]);
        let found = crate_order(&[("net/swarm.rs", "engine/add.rs")]);
        assert_eq!(found, ["net/swarm.rs:1 uses engine/add.rs: net lies below engine and must not use it"]);
    }

    #[test]
    fn modules_of_one_line_may_use_each_other_but_not_in_a_circle() {
        assert_eq!(crate_order(&[("dag.rs", "store.rs"), ("dag/car.rs", "store.rs")]), [""; 0]);
        let found = crate_order(&[("dag.rs", "store.rs"), ("store/memory.rs", "dag/car.rs")]);
        assert_eq!(found, ["dag, store use each other in a circle: put one of them on a line above"]);
    }

    #[test]
    fn a_module_without_a_place_is_named() {
        let found = crate_order(&[("extra.rs", "net.rs"), ("net.rs", "extra.rs")]);
        assert_eq!(found, ["extra has no place in the order of the modules: add it to xtask/src/layers.rs"]);
    }

    #[test]
    fn the_engine_has_an_order_of_its_own_with_the_wiring_above_all() {
        assert_eq!(engine_order(&[("engine.rs", "engine/sync/watch.rs")]), [""; 0]);
        assert_eq!(engine_order(&[("engine/sync.rs", "net.rs")]), [""; 0]);
        assert_eq!(
            engine_order(&[("engine/state/rows.rs", "engine.rs")]),
            ["engine/state/rows.rs:1 uses engine.rs: state lies below engine.rs and must not use it"]
        );
        assert_eq!(engine_order(&[("engine/state.rs", "engine/sync/watch.rs")]).len(), 1);
    }

    #[test]
    fn the_net_and_the_stores_are_strangers() {
        assert_eq!(strangers(&arrows(&[("net/swarm.rs", "store.rs")])).count(), 1);
        assert_eq!(strangers(&arrows(&[("dag.rs", "store.rs")])).count(), 0);
    }

    #[test]
    fn a_circle_of_two_files_passes_and_one_of_three_does_not() {
        let two = [("engine/state.rs", "engine/state/rows.rs"), ("engine/state/rows.rs", "engine/state.rs")];
        assert_eq!(circles(&arrows(&two)).count(), 0);
        let three =
            [("engine/a.rs", "engine/b.rs"), ("engine/b.rs", "engine/c.rs"), ("engine/c.rs", "engine/a.rs")];
        assert_eq!(
            circles(&arrows(&three)).collect::<Vec<_>>(),
            ["3 files of the engine use each other in a circle: engine/a.rs, engine/b.rs, engine/c.rs"]
        );
    }

    #[test]
    fn an_exception_excuses_one_breach_until_that_is_gone() {
        let known = [("a.rs:1 uses b.rs", "because")];
        let found = vec!["a.rs:1 uses b.rs: no".to_owned(), "c.rs:1 uses d.rs: no".to_owned()];
        assert_eq!(without_exceptions(found, &known), ["c.rs:1 uses d.rs: no"]);
        assert_eq!(without_exceptions(Vec::new(), &known).len(), 1);
    }

    #[test]
    fn this_crate_keeps_the_rules() {
        let sources = crate::workspace::root().join("crate/src");
        assert_eq!(breaches(&sources).unwrap(), [""; 0]);
    }
}
