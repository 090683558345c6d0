//! Finds where rows are written to a store.
//!
//! By their form: a row that is put or removed under a [`Table`], the rows of a write that are touched by hand, and a
//! commit to a store of anything that is not plainly blocks.
//!
//! [`Table`]: ../../../crate/src/store.rs

use proc_macro2::{TokenStream, TokenTree};

use super::source::{is_ident, is_punct, line};
use super::tree::Tree;

/// What names the table of a row.
const TABLE: &str = "Table";

/// What a store is called where it is committed to.
const STORES: [&str; 5] = ["store", "stores", "rows", "row_store", "profiles"];

/// Words of a write that only has blocks.
const BLOCKS: [&str; 4] = ["block", "blocks", "drop_block", "drop_blocks"];

/// A sentence for each place outside of these folders in which rows are written.
pub(super) fn breaches(tree: &Tree, allowed: &[&str]) -> Vec<String> {
    let is_allowed = |file: &str| {
        let inside =
            |folder: &&str| file.strip_prefix(*folder).is_some_and(|rest| rest.starts_with(['/', '.']));
        allowed.iter().any(inside)
    };
    let mut found = Vec::new();
    for (file, tokens) in tree.files.iter().filter(|(file, _)| !is_allowed(file)) {
        for at in writes(tokens.clone()) {
            found.push(format!("{file}:{at} writes rows to a store: only `State::update` may"));
        }
    }
    found
}

/// The lines in which rows are written, each once.
fn writes(tokens: TokenStream) -> Vec<usize> {
    let mut lines = Vec::new();
    search(&tokens.into_iter().collect::<Vec<_>>(), &mut lines);
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn search(trees: &[TokenTree], lines: &mut Vec<usize>) {
    for (at, tree) in trees.iter().enumerate() {
        let before = &trees[..at];
        match tree {
            TokenTree::Group(group) => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                if writes_row(before, &inside) || commits_rows(before, &inside) || lists_rows(before, &inside)
                {
                    lines.push(line(before.last().unwrap_or(tree)));
                }
                search(&inside, lines);
            }
            // `write.rows.push(…)`
            TokenTree::Ident(ident) if ident == "rows" => {
                let grows = ["push", "extend", "append", "insert"];
                let is_field = before.last().is_some_and(|dot| is_punct(dot, '.'));
                let call = matches!(&trees[at + 1..], [dot, TokenTree::Ident(name), TokenTree::Group(_), ..]
                    if is_punct(dot, '.') && grows.iter().any(|grow| name == grow));
                if is_field
                    && call
                    && before.iter().rev().nth(1).is_some_and(|owner| is_ident(owner, "write"))
                {
                    lines.push(line(tree));
                }
            }
            _ => {}
        }
    }
}

/// `.put(Table::State, …)`, `.remove(Table::State, …)`.
fn writes_row(before: &[TokenTree], arguments: &[TokenTree]) -> bool {
    let first = arguments.split(|tree| is_punct(tree, ',')).next().unwrap_or_default();
    (is_call(before, "put") || is_call(before, "remove")) && first.iter().any(|tree| is_ident(tree, TABLE))
}

/// `store.commit(write)`, unless what is committed shows that it has blocks only.
fn commits_rows(before: &[TokenTree], arguments: &[TokenTree]) -> bool {
    if !is_call(before, "commit") {
        return false;
    }
    let is_store = match before.iter().rev().nth(2) {
        Some(TokenTree::Ident(name)) => STORES.iter().any(|store| name == store),
        // What a call gives: `databases.open(name).await?`.
        Some(_) => true,
        None => false,
    };
    let names_blocks = words(arguments).iter().any(|word| BLOCKS.contains(&word.as_str()));
    is_store && !names_blocks
}

/// `Write { rows: … }`.
fn lists_rows(before: &[TokenTree], fields: &[TokenTree]) -> bool {
    let is_write = before.last().is_some_and(|name| is_ident(name, "Write"));
    let declared =
        before.iter().rev().nth(1).is_some_and(|word| is_ident(word, "struct") || is_ident(word, "impl"));
    is_write && !declared && fields.iter().any(|tree| is_ident(tree, "rows"))
}

fn is_call(before: &[TokenTree], method: &str) -> bool {
    matches!(before, [.., dot, name] if is_punct(dot, '.') && is_ident(name, method))
}

fn words(trees: &[TokenTree]) -> Vec<String> {
    let of = |tree: &TokenTree| match tree {
        TokenTree::Ident(ident) => vec![ident.to_string()],
        TokenTree::Group(group) => words(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => Vec::new(),
    };
    trees.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        writes(text.parse().unwrap())
    }

    #[test]
    fn rows_that_are_written_are_found_in_every_form() {
        assert_eq!(found("self.store\n.commit(Write::strict()\n.put(Table::State, key, row))"), [2, 3]);
        assert_eq!(found("write = write.remove(store::Table::Records, key);"), [1]);
        assert_eq!(found("store.commit(write.clone()).await?"), [1]);
        assert_eq!(found("self.databases.open(PROFILES).await?.commit(write)"), [1]);
        assert_eq!(found("let write = Write { rows, ..Write::strict() };"), [1]);
        assert_eq!(found("write.rows.push(row)"), [1]);
    }

    #[test]
    fn blocks_and_other_commits_are_not_rows() {
        assert_eq!(found("self.store.commit(Write::relaxed().block(cid, bytes)).await?"), [0; 0]);
        assert_eq!(found("store.commit(Write { drop_blocks, ..Write::relaxed() })"), [0; 0]);
        assert_eq!(found("sink.commit(batch).await?; map.remove(&key); cache.put(key, value);"), [0; 0]);
        assert_eq!(found("let rows = self.store.rows(Table::State).await?; rows.push(row);"), [0; 0]);
    }

    #[test]
    fn the_state_and_the_list_of_profiles_may_write() {
        let tree = Tree::from(|file| {
            Ok(match file {
                "lib.rs" => "mod engine;",
                "engine.rs" => "mod state; mod statement;",
                "engine/state.rs" => "mod rows;",
                _ => "fn a(store: Store, write: Write) { store.commit(write) }",
            }
            .to_owned())
        });
        let found = breaches(&tree.unwrap(), &["engine/state"]);
        assert_eq!(found, ["engine/statement.rs:1 writes rows to a store: only `State::update` may"]);
    }
}
