//! Which files of a folder are left out: rubbish, and what `.spinneyignore` names by the rules of `gitignore(5)`.

use fast_glob::glob_match;

/// The file at the top of a folder that says which others are left out.
pub const IGNORE_FILE: &str = ".spinneyignore";

/// What systems and programs leave in folders for themselves. A rule of the person's own can take a file in again.
const RUBBISH: &str = "\
.DS_Store
._*
.Spotlight-V100/
.fseventsd/
.TemporaryItems/
.Trashes/
.Trash-*/
.directory
.nfs*
$RECYCLE.BIN/
System Volume Information/
Thumbs.db
ehthumbs.db
desktop.ini
~$*
.~lock.*#
*.swp
*.crswap
*.crdownload
*.part
*.tmp
";

/// Rules that are read, at most: each is compared with every name.
const MAX_RULES: usize = 1_000;

/// Tells which files of one folder are left out.
#[derive(Clone, Debug)]
pub struct Ignored(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    glob: String,
    /// Whether it takes in again what an earlier rule leaves out.
    is_exception: bool,
    is_for_folders: bool,
    /// Whether it is compared with the whole path, and not with the last name alone.
    is_anchored: bool,
}

impl Ignored {
    /// Reads the rules of a `.spinneyignore`, after those for rubbish. What is no rule is passed over, as git does.
    pub fn new(text: &str) -> Self {
        let rules = RUBBISH.lines().chain(text.trim_start_matches('\u{feff}').lines());
        Self(rules.filter_map(Rule::parse).take(MAX_RULES).collect())
    }

    /// Whether a file or folder is left out. The caller asks for each folder first: what is in one that is left out cannot
    /// be taken in again.
    pub fn has(&self, path: &str, is_folder: bool) -> bool {
        let last = self.0.iter().rev().find(|rule| rule.matches(path, is_folder));
        last.is_some_and(|rule| !rule.is_exception)
    }

    /// The same of a path of which no folder was asked for. That of a folder ends with a slash.
    pub fn has_within(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.any(|folder| self.has(folder, true)) || (!path.ends_with('/') && self.has(path, false))
    }
}

impl Default for Ignored {
    fn default() -> Self {
        Self::new("")
    }
}

impl Rule {
    fn parse(line: &str) -> Option<Self> {
        let line = without_blanks(line);
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (is_exception, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (is_for_folders, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
        let is_anchored = line.contains('/');
        let glob = line.strip_prefix('/').unwrap_or(line);
        if glob.is_empty() {
            return None;
        }
        Some(Self { glob: escaped(glob), is_exception, is_for_folders, is_anchored })
    }

    fn matches(&self, path: &str, is_folder: bool) -> bool {
        if self.is_for_folders && !is_folder {
            return false;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        glob_match(&self.glob, if self.is_anchored { path } else { name })
    }
}

/// A line without blanks at its end, unless a backslash keeps them.
fn without_blanks(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    let trimmed = line.trim_end_matches([' ', '\t']);
    let is_kept = trimmed.ends_with('\\') && trimmed.len() < line.len();
    if is_kept { &line[..=trimmed.len()] } else { trimmed }
}

/// Git has no braces, and an exclamation mark is one only at the beginning of a line.
fn escaped(glob: &str) -> String {
    let mut escaped = String::with_capacity(glob.len());
    let mut is_literal = false;
    for (at, c) in glob.char_indices() {
        let needs_it = matches!(c, '{' | '}') || (at == 0 && c == '!');
        if needs_it && !is_literal {
            escaped.push('\\');
        }
        is_literal = c == '\\' && !is_literal;
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(rules: &str, path: &str) -> bool {
        Ignored::new(rules).has_within(path)
    }

    #[test]
    fn rubbish_is_left_out_unless_a_rule_takes_it_in() {
        for path in
            [".DS_Store", "a/Thumbs.db", "a/~$b.docx", "$RECYCLE.BIN/x", ".Trash-1000/files/a", "x.part"]
        {
            assert!(left_out("", path), "{path}");
            assert!(!left_out("!.*\n!*\n!**", path), "{path}");
        }
        for path in [".profile", "a.txt", ".spinneyignore", "party", "desktop.init"] {
            assert!(!left_out("", path), "{path}");
        }
    }

    #[test]
    fn rules_are_those_of_gitignore() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("foo", &["foo", "a/foo", "foo/x", "a/foo/x"], &["foobar", "a/foob/x"]),
            ("/foo", &["foo", "foo/x"], &["a/foo"]),
            ("foo/", &["foo/x", "a/foo/x"], &["foo", "a/foo"]),
            ("doc/*.txt", &["doc/a.txt"], &["doc/a/b.txt", "x/doc/a.txt"]),
            ("**/foo", &["foo", "a/b/foo"], &["afoo"]),
            ("abc/**", &["abc/x", "abc/x/y"], &["abc", "x/abc/y"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "b"]),
            ("*.o\n!keep.o", &["x.o", "a/x.o"], &["keep.o", "a/keep.o"]),
            ("dir/\n!dir/in", &["dir/in"], &[]),
            ("[a-c].txt", &["a.txt", "x/b.txt"], &["d.txt"]),
            ("[!a-c].txt", &["d.txt"], &["a.txt"]),
            ("a?c", &["abc"], &["ac", "a/c"]),
            ("# a\n\\#b", &["#b"], &["# a", "b"]),
            ("\\!c", &["!c"], &["c"]),
            ("end \nkept\\ ", &["end", "kept "], &["kept"]),
            ("{a,b}", &["{a,b}"], &["a", "b"]),
            ("x\r\ny\r\n", &["x", "y"], &[]),
            ("/\n!\n\n", &[], &["a", "b/c"]),
        ];
        for (rules, out, taken) in cases {
            for path in *out {
                assert!(left_out(rules, path), "{rules:?} leaves out {path}");
            }
            for path in *taken {
                assert!(!left_out(rules, path), "{rules:?} does not leave out {path}");
            }
        }
    }
}
