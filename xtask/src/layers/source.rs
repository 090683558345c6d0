//! Reads the tokens of one source file: what it imports, which paths it names, which modules it declares.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// One module: a whole file, or an inline `mod name { … }`.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Modules declared by `mod name;`, each in a file of its own.
    pub(super) files: Vec<String>,
    /// Modules with a body here.
    pub(super) inline: Vec<(String, Module)>,
    pub(super) imports: Vec<Import>,
    /// Paths in the code, apart from imports: at least two segments each.
    pub(super) paths: Vec<Path>,
}

/// A path as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// One name, or all names, that a `use` brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The name here; none for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Path,
    /// Whether it is handed on (`pub use`, `pub(crate) use`).
    pub(super) public: bool,
}

/// The tokens of a file without what only tests compile.
///
/// # Errors
///
/// The text is no Rust.
pub(super) fn tokens(text: &str) -> Result<TokenStream, proc_macro2::LexError> {
    Ok(without_tests(text.parse()?))
}

/// Reads a module from its tokens.
pub(super) fn read(tokens: TokenStream) -> Module {
    let mut module = Module::default();
    walk(&tokens.into_iter().collect::<Vec<_>>(), &mut module);
    module
}

fn without_tests(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut left = Vec::new();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        if is_punct(tree, '#') {
            let inner = trees.get(at + 1).is_some_and(|tree| is_punct(tree, '!'));
            if trees.get(at + 1 + usize::from(inner)).is_some_and(is_test_attribute) {
                if inner {
                    return TokenStream::new();
                }
                at = after_item(&trees, at + 2);
                continue;
            }
        }
        left.push(match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_tests(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            tree => tree.clone(),
        });
        at += 1;
    }
    left.into_iter().collect()
}

/// Whether these are the brackets of `#[cfg(test)]` or of another condition that only tests meet.
fn is_test_attribute(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    let mut inside = group.stream().into_iter();
    match (inside.next(), inside.next()) {
        (Some(name), Some(TokenTree::Group(condition))) if is_ident(&name, "cfg") => {
            needs_test(&condition.stream().into_iter().collect::<Vec<_>>())
        }
        _ => false,
    }
}

fn needs_test(condition: &[TokenTree]) -> bool {
    match condition {
        [name] => is_ident(name, "test"),
        // What tests of other packages share.
        [name, _, TokenTree::Literal(value)] => {
            is_ident(name, "feature") && value.to_string() == "\"testing\""
        }
        [name, TokenTree::Group(group)] => {
            let inside: Vec<_> = group.stream().into_iter().collect();
            let mut parts = inside.split(|tree| is_punct(tree, ',')).filter(|part| !part.is_empty());
            if is_ident(name, "all") {
                parts.any(needs_test)
            } else {
                is_ident(name, "any") && parts.all(needs_test)
            }
        }
        _ => false,
    }
}

/// Where the item, field or arm that starts at `at` has ended.
fn after_item(trees: &[TokenTree], mut at: usize) -> usize {
    while trees.get(at).is_some_and(|tree| is_punct(tree, '#')) {
        at += 2;
    }
    const ITEMS: [&str; 15] = [
        "pub", "use", "mod", "fn", "impl", "struct", "enum", "const", "static", "type", "async", "unsafe",
        "trait", "extern", "let",
    ];
    let first = trees.get(at).map(ToString::to_string).unwrap_or_default();
    let is_item = ITEMS.contains(&first.as_str());
    let import = trees[at..].iter().take(3).any(|tree| is_ident(tree, "use"));
    for (offset, tree) in trees[at..].iter().enumerate() {
        let ends = match tree {
            TokenTree::Group(group) => is_item && !import && group.delimiter() == Delimiter::Brace,
            tree if is_item => is_punct(tree, ';'),
            tree => is_punct(tree, ',') || is_punct(tree, ';'),
        };
        if ends {
            return at + offset + 1;
        }
    }
    trees.len()
}

fn walk(trees: &[TokenTree], module: &mut Module) {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let TokenTree::Ident(ident) = tree else {
            if let TokenTree::Group(group) = tree {
                walk(&group.stream().into_iter().collect::<Vec<_>>(), module);
            }
            at += 1;
            continue;
        };
        let next = trees.get(at + 1);
        match (ident.to_string().as_str(), next, trees.get(at + 2)) {
            // Where something may be seen is no use of it.
            ("pub", Some(TokenTree::Group(_)), _) => at += 2,
            ("mod", Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) => {
                module.inline.push((name.to_string(), read(body.stream())));
                at += 3;
            }
            ("mod", Some(TokenTree::Ident(name)), _) => {
                module.files.push(name.to_string());
                at += 2;
            }
            // `use<…>` captures lifetimes.
            ("use", Some(next), _) if !is_punct(next, '<') => {
                let rest = &trees[at + 1..];
                let len = rest.iter().position(|tree| is_punct(tree, ';')).unwrap_or(rest.len());
                import(&rest[..len], Vec::new(), is_public(&trees[..at]), &mut module.imports);
                at += 1 + len;
            }
            _ if starts_path(&trees[..at]) => {
                let path = path_at(&trees[at..]);
                at += 1 + 3 * (path.segments.len() - 1);
                if path.segments.len() > 1 {
                    module.paths.push(path);
                }
            }
            _ => at += 1,
        }
    }
}

/// Whether what comes before lets a path start: neither a field nor the middle of another path.
fn starts_path(before: &[TokenTree]) -> bool {
    !before.last().is_some_and(|tree| is_punct(tree, '.')) && !ends_in_colons(before)
}

fn ends_in_colons(before: &[TokenTree]) -> bool {
    matches!(before, [.., a, b] if is_punct(a, ':') && is_punct(b, ':'))
}

/// The identifiers joined by `::` from here on; the first is one.
fn path_at(trees: &[TokenTree]) -> Path {
    let mut path = Path { segments: vec![trees[0].to_string()], line: line(&trees[0]) };
    let mut rest = &trees[1..];
    while let [a, b, TokenTree::Ident(next), left @ ..] = rest
        && is_punct(a, ':')
        && is_punct(b, ':')
    {
        path.segments.push(next.to_string());
        rest = left;
    }
    path
}

/// Reads a tree of imports: `a::b`, `a::{b, c as d}`, `a::*`, `a::{self}`.
fn import(trees: &[TokenTree], mut prefix: Vec<String>, public: bool, imports: &mut Vec<Import>) {
    let Some(first) = trees.first() else { return };
    let line = line(first);
    let mut alias = None;
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        match tree {
            // `::name` is another package.
            tree if at == 0 && prefix.is_empty() && is_punct(tree, ':') => return,
            TokenTree::Ident(ident) if ident == "as" => {
                alias = trees.get(at + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(ident) if ident == "self" && !prefix.is_empty() => {}
            TokenTree::Ident(ident) => prefix.push(ident.to_string()),
            TokenTree::Group(group) => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                for part in inside.split(|tree| is_punct(tree, ',')) {
                    import(part, prefix.clone(), public, imports);
                }
                return;
            }
            tree if is_punct(tree, '*') => {
                imports.push(Import { name: None, path: Path { segments: prefix, line }, public });
                return;
            }
            _ => {}
        }
        at += 1;
    }
    let name = alias.or_else(|| prefix.last().cloned());
    imports.push(Import { name, path: Path { segments: prefix, line }, public });
}

fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., visibility, TokenTree::Group(_)] => is_ident(visibility, "pub"),
        [.., visibility] => is_ident(visibility, "pub"),
        [] => false,
    }
}

pub(super) fn is_ident(tree: &TokenTree, name: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == name)
}

pub(super) fn is_punct(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// The line of a token, counted from 1.
pub(super) fn line(tree: &TokenTree) -> usize {
    tree.span().start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Module {
        read(tokens(text).unwrap())
    }

    fn imported(text: &str) -> Vec<String> {
        let shown = |import: Import| {
            let name = import.name.unwrap_or_else(|| "*".into());
            format!("{} = {}", name, import.path.segments.join("::"))
        };
        module(text).imports.into_iter().map(shown).collect()
    }

    fn named(text: &str) -> Vec<String> {
        module(text).paths.into_iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn every_form_of_import_is_read() {
        assert_eq!(
            imported(
                "use crate::net::{self, Event as E, keep::{Session, *}};\nuse ::std::fmt; use super::x;"
            ),
            [
                "net = crate::net",
                "E = crate::net::Event",
                "Session = crate::net::keep::Session",
                "* = crate::net::keep",
                "x = super::x"
            ]
        );
        let public = |text| module(text).imports[0].public;
        assert!(public("pub use a::B;") && public("pub(crate) use a::B;") && !public("use a::B;"));
    }

    #[test]
    fn paths_in_code_are_read_also_inside_macros_and_bodies() {
        assert_eq!(
            named("fn a() -> impl Fn() + use<'_> { select! { x = crate::net::fetch(y.z::<u8>()) => {} } }"),
            ["crate::net::fetch"]
        );
        assert_eq!(named("pub(in crate::engine::state) struct A(super::super::B);"), ["super::super::B"]);
        assert_eq!(
            named("/// [`crate::engine`]\n// crate::js::Host\nconst A: &str = \"crate::js\";"),
            [""; 0]
        );
    }

    #[test]
    fn what_only_tests_compile_is_left_out() {
        let text = "#[cfg(test)] use crate::a::{B, C};
            #[cfg(any(test, feature = \"testing\"))] pub mod cases;
            #[cfg(test)] mod tests { use crate::b::D; }
            #[cfg(all(test, unix))] #[path = \"x.rs\"] mod more;
            struct S { #[cfg(test)] a: crate::c::E, b: crate::d::F }
            #[cfg(test)] fn g<A, B>() -> crate::e::G { crate::e::G }
            #[cfg(not(test))] mod real;
            mod inline { mod file; }";
        let module = module(text);
        assert_eq!(module.imports, []);
        assert_eq!(module.files, ["real"]);
        assert_eq!(module.inline[0].1.files, ["file"]);
        assert_eq!(named(text), ["crate::d::F"]);
        assert_eq!(named("#![cfg(test)] use a::b; fn x() { crate::a::b() }"), [""; 0]);
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(module("\n\nuse crate::a::B;").imports[0].path.line, 3);
    }
}
