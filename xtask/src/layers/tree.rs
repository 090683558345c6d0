//! The crate's modules and what their paths lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use proc_macro2::TokenStream;

use super::arrows::Arrow;
use super::source::{self, Module};

/// How many names may stand for each other before a path counts as unknown.
const MAX_RENAMES: usize = 16;

/// All modules of a crate that are not only for tests.
#[derive(Default)]
pub(super) struct Tree {
    /// Under the names from the root: `["net", "swarm"]`.
    modules: BTreeMap<Vec<String>, Node>,
    /// The tokens of each file, without tests.
    pub(super) files: BTreeMap<String, TokenStream>,
}

struct Node {
    file: String,
    module: Module,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
enum Target<'a> {
    /// A module as such.
    Module(&'a str),
    /// Something that a file defines.
    Item(&'a str),
}

impl Tree {
    /// Reads the sources from `lib.rs` on.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or holds no Rust.
    pub(super) fn read(sources: &Path) -> Result<Self> {
        Self::from(|file| {
            let path = sources.join(file);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        })
    }

    /// Reads the files that `text` gives by their names below the sources.
    pub(super) fn from(text: impl Fn(&str) -> Result<String>) -> Result<Self> {
        let mut tree = Self::default();
        let mut open = vec![(Vec::new(), "lib.rs".to_owned())];
        while let Some((path, file)) = open.pop() {
            let tokens =
                source::tokens(&text(&file)?).map_err(|error| anyhow!("{file} is no Rust: {error}"))?;
            let module = source::read(tokens.clone());
            tree.files.insert(file.clone(), tokens);
            tree.add(path, &file, module, &mut open);
        }
        Ok(tree)
    }

    /// Adds a module with its inline ones; those in files of their own go to `open`.
    fn add(
        &mut self,
        path: Vec<String>,
        file: &str,
        mut module: Module,
        open: &mut Vec<(Vec<String>, String)>,
    ) {
        for name in &module.files {
            let child = [path.as_slice(), std::slice::from_ref(name)].concat();
            let file = format!("{}.rs", child.join("/"));
            open.push((child, file));
        }
        for (name, inner) in std::mem::take(&mut module.inline) {
            self.add([path.as_slice(), &[name]].concat(), file, inner, open);
        }
        self.modules.insert(path, Node { file: file.to_owned(), module });
    }

    /// Whether the crate has this file.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// Which file uses which, once for each pair. Handing on names of one's own submodules is no use of them.
    pub(super) fn arrows(&self) -> Vec<Arrow> {
        let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (path, node) in &self.modules {
            let uses = node.module.paths.iter().map(|path| (path, false, false));
            let imports = node.module.imports.iter();
            let imports = imports.map(|import| (&import.path, import.public, import.name.is_none()));
            for (used, public, all) in imports.chain(uses) {
                let to = match self.resolve(path, &used.segments, MAX_RENAMES) {
                    Some(Target::Module(file)) if all => file,
                    Some(Target::Item(file)) => file,
                    // What is used of a module shows where its name is followed by another.
                    Some(Target::Module(_)) | None => continue,
                };
                if to == node.file || (public && self.is_below(path, to)) {
                    continue;
                }
                let line = first.entry((&node.file, to)).or_insert(used.line);
                *line = (*line).min(used.line);
            }
        }
        let arrow =
            |((from, to), line): ((&str, &str), usize)| Arrow { from: from.into(), to: to.into(), line };
        first.into_iter().map(arrow).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a file is that of a module below `path`.
    fn is_below(&self, path: &[String], file: &str) -> bool {
        file.strip_prefix(&path.join("/")).is_some_and(|rest| path.is_empty() || rest.starts_with('/'))
    }

    /// Follows a path that a module names; none where it leads out of the crate.
    fn resolve(&self, from: &[String], segments: &[String], renames: usize) -> Option<Target<'_>> {
        let mut base = from.to_vec();
        let mut rest = segments;
        match rest.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            name => {
                let child = [from, &[name.to_owned()]].concat();
                if !self.modules.contains_key(&child) {
                    return self.renamed(from, name, &rest[1..], segments, renames);
                }
            }
        }
        self.descend(base, rest, renames)
    }

    /// What a module's import of `name`, followed by `rest`, leads to.
    fn renamed(
        &self,
        module: &[String],
        name: &str,
        rest: &[String],
        asked: &[String],
        renames: usize,
    ) -> Option<Target<'_>> {
        let imports = &self.modules.get(module)?.module.imports;
        let import = imports.iter().find(|import| {
            // `use name::…` of another package does not lead to itself.
            import.name.as_deref() == Some(name) && import.path.segments != asked
        })?;
        let path = [import.path.segments.as_slice(), rest].concat();
        if path.first().is_some_and(|first| first == name) {
            return None;
        }
        self.resolve(module, &path, renames.checked_sub(1)?)
    }

    fn descend(&self, mut module: Vec<String>, rest: &[String], renames: usize) -> Option<Target<'_>> {
        for (at, segment) in rest.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(segment)].concat();
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            let item = Target::Item(&self.modules.get(&module)?.file);
            return self.renamed(&module, segment, &rest[at + 1..], &[], renames).or(Some(item));
        }
        Some(Target::Module(&self.modules.get(&module)?.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(files: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::from(|name| {
            let file = files.iter().find(|(file, _)| *file == name);
            file.map(|(_, text)| (*text).to_owned()).with_context(|| format!("no {name}"))
        });
        tree.unwrap().arrows().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn imports_and_paths_lead_to_the_file_that_defines_the_name() {
        let found = arrows(&[
            ("lib.rs", "pub mod a; pub mod b;"),
            ("a.rs", "mod part; pub use part::Part; pub struct Whole;"),
            ("a/part.rs", "use super::Whole; pub struct Part;"),
            ("b.rs", "use crate::a::Part;\nfn b() -> crate::a::Whole { crate::a::Whole }"),
        ]);
        assert_eq!(found, ["a/part.rs:1 uses a.rs", "b.rs:2 uses a.rs", "b.rs:1 uses a/part.rs"]);
    }

    #[test]
    fn an_imported_module_counts_for_what_is_used_of_it() {
        let found = arrows(&[
            ("lib.rs", "pub mod a; pub mod b;"),
            ("a.rs", "mod part; pub use part::{Part as Piece}; pub use cid::Cid;"),
            ("a/part.rs", "pub enum Part { One }"),
            ("b.rs", "use crate::a;\nuse std::fmt;\nfn b(x: fmt::Result) { a::Piece::One; }"),
        ]);
        assert_eq!(found, ["b.rs:3 uses a/part.rs"]);
    }

    #[test]
    fn a_module_uses_what_it_takes_from_its_parts_but_not_what_it_hands_on() {
        let found = arrows(&[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod one; mod two; pub use one::One; use two::Two; fn a() { two::make() }"),
            ("a/one.rs", "pub struct One;"),
            ("a/two.rs", "pub struct Two; pub fn make() {}"),
        ]);
        assert_eq!(found, ["a.rs:1 uses a/two.rs"]);
    }

    #[test]
    fn everything_of_a_module_and_inline_modules_count_too() {
        let found = arrows(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod inner { use super::super::b::B; }"),
            ("b.rs", "use crate::a::*; pub struct B;"),
        ]);
        assert_eq!(found, ["a.rs:1 uses b.rs", "b.rs:1 uses a.rs"]);
    }

    #[test]
    fn other_packages_and_tests_are_no_arrows() {
        let found = arrows(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use b::X; use std::rc::Rc; #[cfg(test)] mod tests;"),
            ("b.rs", "#[cfg(test)] use crate::a::A;"),
        ]);
        assert_eq!(found, [""; 0]);
    }
}
