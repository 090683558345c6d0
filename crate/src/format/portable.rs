//! Names that every system can have: for saving into a folder, for archives, and for downloads.
//!
//! A path of a share may have names that one system reads as something else: a device (`CON`), a stream
//! (`a.txt:b`), a hidden folder that programs act on (`.git`), or text in another order. The page shows the
//! names as they are; what leaves the engine for a disk goes through here.
//!
//! What a name becomes:
//!
//! - `/ \ : * ? " < > | ~` and control characters become `_`. `~` is in short names of Windows (`PROGRA~1`),
//!   and Chromium refuses it.
//! - Invisible characters go: those that change the direction of text, joiners, fillers, tags. A family of
//!   joined emoji becomes its single members, because browsers refuse joiners in names.
//! - Blanks at both ends and dots at the end go, because Windows drops them.
//! - A dot, dash or blank at the beginning becomes `_`. With a dot a name hides, or configures a program
//!   (`.git/config`, `.envrc`). With a dash it is an option of a command that is given all names of a folder.
//! - Names that Windows keeps for devices, or that its file browser acts on when a folder is only shown, get
//!   `_` before or after them.
//! - A name has at most [`PORTABLE_BYTES`] bytes. It is cut at a whole character and keeps its extension.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::format::limits::{EXTENSION_BYTES, PORTABLE_BYTES};

/// Stands for what a name cannot have.
const INSTEAD: char = '_';

/// Names of Windows' devices, with any extension. `COM` and `LPT` with a digit are devices too.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// What Windows' file browser reads as settings of a folder or of a disk.
const SETTINGS: [&str; 2] = ["desktop.ini", "autorun.inf"];

/// Extensions that Windows' file browser acts on when it only shows a folder: it fetches an icon, or what the
/// file points to, from any host.
const ACTING: [&str; 8] =
    ["lnk", "url", "scf", "local", "library-ms", "search-ms", "searchconnector-ms", "website"];

/// Returns one part of a path as a name that every system can have.
///
/// A portable name stays as it is. Two names can become the same one; [`Names`] keeps them apart.
pub fn name(segment: &str) -> String {
    within(clean(segment), PORTABLE_BYTES)
}

/// Returns a name for a file about something with this title, such as an archive of a share.
///
/// The extension stays whole, however long the title is.
pub fn titled(title: &str, extension: &str) -> String {
    let stem = within(clean(title), PORTABLE_BYTES - extension.len() - 1);
    format!("{stem}.{extension}")
}

/// Gives portable paths to the files of one folder or archive, no path twice.
///
/// Paths count as the same if they differ only by case or by their Unicode form, because most disks take
/// them for the same. The second of them gets ` (2)`. The same paths in the same order always get the same
/// names.
#[derive(Debug, Default)]
pub struct Names {
    /// The portable path of each folder, by its own path.
    folders: HashMap<String, String>,
    /// For each path that was given, as disks compare paths: the number to try next beside it.
    given: HashMap<String, u32>,
}

impl Names {
    /// Returns the portable path of the next file. Every path of a share comes once.
    pub fn file(&mut self, path: &str) -> String {
        let (parent, last) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.folder(parent);
        self.give(&parent, last)
    }

    /// Returns the portable path of a folder, the same one every time; nothing for the top.
    pub fn folder(&mut self, path: &str) -> String {
        let mut own = String::new();
        let mut portable = String::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            own = join(&own, segment);
            portable = match self.folders.get(&own) {
                Some(known) => known.clone(),
                None => {
                    let given = self.give(&portable, segment);
                    self.folders.insert(own.clone(), given.clone());
                    given
                }
            };
        }
        portable
    }

    fn give(&mut self, parent: &str, segment: &str) -> String {
        let first = name(segment);
        let Some(next) = self.given.get_mut(&compared(&join(parent, &first))) else {
            let path = join(parent, &first);
            self.given.insert(compared(&path), 2);
            return path;
        };
        let mut number = *next;
        loop {
            let path = join(parent, &numbered(&first, number));
            number += 1;
            let key = compared(&path);
            if !self.given.contains_key(&key) {
                self.given.insert(compared(&join(parent, &first)), number);
                self.given.insert(key, 2);
                return path;
            }
        }
    }
}

/// Returns a portable name with a number before its extension, as in `a (2).jpg`.
pub fn numbered(name: &str, number: u32) -> String {
    let (stem, extension) = parts(name);
    let end = format!(" ({number}){extension}");
    let stem = cut(stem, PORTABLE_BYTES.saturating_sub(end.len()));
    format!("{stem}{end}")
}

/// A name without what systems read differently; of any length.
fn clean(segment: &str) -> String {
    let visible = segment.nfc().filter(|c| !is_invisible(*c));
    let plain: String = visible.map(|c| if is_special(c) { INSTEAD } else { c }).nfc().collect();
    let trimmed = plain.trim().trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let name = match trimmed.strip_prefix(['.', '-']) {
        Some(rest) => format!("{INSTEAD}{}", rest.trim_start_matches(['.', '-'])),
        None => trimmed.to_owned(),
    };
    let lower = name.to_lowercase();
    // A name can need both.
    let before = lower.is_empty() || is_device(&lower) || SETTINGS.contains(&&*lower);
    let after = lower.rsplit_once('.').is_some_and(|(_, extension)| ACTING.contains(&extension));
    let mark = |is_needed: bool| is_needed.then_some(INSTEAD);
    mark(before).into_iter().chain(name.chars()).chain(mark(after)).collect()
}

/// Cuts a name to so many bytes, before its extension.
fn within(name: String, bytes: usize) -> String {
    if name.len() <= bytes {
        return name;
    }
    let (stem, extension) = parts(&name);
    format!("{}{extension}", cut(stem, bytes.saturating_sub(extension.len())))
}

/// The longest beginning of at most so many bytes that ends with a whole character, and not with a blank or a dot.
fn cut(text: &str, bytes: usize) -> &str {
    text[..text.floor_char_boundary(bytes)].trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// The stem of a name, and its extension with the dot, if it has one that is short enough to be an extension.
fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= EXTENSION_BYTES => name.split_at(at),
        _ => (name, ""),
    }
}

/// Whether Windows takes a name in lower case for a device: what stands before its first dot decides.
fn is_device(lower: &str) -> bool {
    let stem = lower.split('.').next().unwrap_or(lower).trim_end();
    let is_port = |digits: &str| {
        matches!(digits, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    };
    DEVICES.contains(&stem) || ["com", "lpt"].iter().any(|port| stem.strip_prefix(port).is_some_and(is_port))
}

/// A path as disks compare paths that ignore case and Unicode form.
pub(crate) fn compared(path: &str) -> String {
    // Through upper case, so that ß is ss, and all three sigmas are one.
    path.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfd().collect()
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}

/// Whether a character separates, names a stream or is a wildcard on some system, or is none at all.
fn is_special(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '~')
        || c.is_control()
        // Line and paragraph separators, object replacement, and marks that enclose the digits after them.
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffc}')
        || matches!(c, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}')
        || matches!(c, '\u{110bd}' | '\u{110cd}')
        // Noncharacters.
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether nothing is seen of a character, or only that the text around it changes its order: category Cf but for its
/// visible marks, fillers of Hangul and Khmer, the blank of Braille. Variation selectors stay, because emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn becomes(cases: &[(&str, &str)]) {
        for (own, portable) in cases {
            assert_eq!(name(own), *portable, "{own:?}");
            assert_eq!(name(portable), *portable, "{portable:?} is portable");
        }
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for own in [
            "a",
            "See 🌊.jpg",
            "späte Grüße.txt",
            "a..b",
            "a - b (2).tar.gz",
            "❤️.txt",
            "日本.png",
            "#1 & 'so' 100%.txt",
        ] {
            assert_eq!(name(own), own);
        }
    }

    #[test]
    fn separators_streams_drives_and_wildcards_are_replaced() {
        becomes(&[
            ("C:evil.txt", "C_evil.txt"),
            ("file.txt:stream", "file.txt_stream"),
            ("Screenshot 10:45.png", "Screenshot 10_45.png"),
            ("who?.txt", "who_.txt"),
            ("\"q\".txt", "_q_.txt"),
            ("c|d<e>*.txt", "c_d_e__.txt"),
            ("a\\b/c", "a_b_c"),
            ("PROGRA~1", "PROGRA_1"),
            ("~b.docx", "_b.docx"),
            ("a\0b\nc\u{7f}d\u{85}e", "a_b_c_d_e"),
            ("a\u{2028}b\u{ffff}", "a_b_"),
        ]);
    }

    #[test]
    fn names_of_devices_and_of_what_windows_acts_on_are_kept_apart() {
        becomes(&[
            ("CON", "_CON"),
            ("con.lnk", "_con.lnk_"),
            ("nul.txt", "_nul.txt"),
            ("aux.tar.gz", "_aux.tar.gz"),
            ("Com1", "_Com1"),
            ("LPT¹.txt", "_LPT¹.txt"),
            ("con .txt", "_con .txt"),
            ("CONIN$", "_CONIN$"),
            ("desktop.ini", "_desktop.ini"),
            ("link.url", "link.url_"),
            ("x.LNK", "x.LNK_"),
            ("console.log", "console.log"),
            ("com10.txt", "com10.txt"),
            ("C\u{200b}ON", "_CON"),
        ]);
    }

    #[test]
    fn ends_that_windows_drops_go_and_beginnings_that_hide_are_replaced() {
        becomes(&[
            ("name. ", "name"),
            ("end.", "end"),
            (" lead.txt", "lead.txt"),
            (".envrc", "_envrc"),
            (".git", "_git"),
            ("..a", "_a"),
            ("-rf", "_rf"),
            ("--", "_"),
            ("...", "_"),
            (" . ", "_"),
            ("", "_"),
            ("\u{3000}x\u{a0}", "x"),
        ]);
    }

    #[test]
    fn what_reorders_or_hides_text_goes() {
        becomes(&[
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("invoice.pdf\u{200b}.exe", "invoice.pdf.exe"),
            ("a\u{2066}b\u{2069}", "ab"),
            ("👩\u{200d}👧.txt", "👩👧.txt"),
            ("\u{feff}x\u{ad}y\u{e0041}", "xy"),
            ("\u{3164}", "_"),
            ("e\u{301}.txt", "é.txt"),
            // What comes together when something between goes is composed.
            ("e\u{200d}\u{301}", "é"),
        ]);
    }

    #[test]
    fn long_names_are_cut_at_a_character_and_keep_their_extension() {
        for own in [
            format!("{}.jpg", "x".repeat(300)),
            format!("{}.jpg", "日".repeat(120)),
            format!("{}.jpg", "🌊".repeat(70)),
        ] {
            let short = name(&own);
            assert!(
                short.len() <= PORTABLE_BYTES && short.len() > PORTABLE_BYTES - 4 && short.ends_with(".jpg"),
                "{short}"
            );
        }
        // A dot early in a sentence is no extension.
        assert!(name(&format!("a.{}", "b".repeat(300))).len() == PORTABLE_BYTES);
        assert_eq!(name(&format!("CON.{}", "x".repeat(254))).len(), PORTABLE_BYTES);
    }

    #[test]
    fn a_title_makes_a_name_that_never_loses_its_extension() {
        assert_eq!(titled("Two days at the sea", "zip"), "Two days at the sea.zip");
        assert_eq!(titled("...", "zip"), "_.zip");
        assert_eq!(titled("a/b: c?", "zip"), "a_b_ c_.zip");
        assert_eq!(titled("nul", "zip"), "_nul.zip");
        for long in ["日".repeat(120), "🌊".repeat(200)] {
            let name = titled(&long, "zip");
            assert!(
                name.len() <= PORTABLE_BYTES && name.len() > PORTABLE_BYTES - 4 && name.ends_with(".zip"),
                "{name}"
            );
        }
    }

    #[test]
    fn of_names_that_disks_take_for_the_same_the_second_gets_a_number() {
        let mut names = Names::default();
        let given: Vec<_> = [
            "A.txt",
            "a.txt",
            "a (2).txt",
            "é",
            "e\u{301}",
            "straße",
            "STRASSE",
            "ΣΑΣ",
            "σας",
            "dir/x",
            "Dir/y",
            "dir/X",
            "dir",
            ".git/config",
            "_git/config",
            "CON/CON.txt",
        ]
        .map(|path| names.file(path))
        .into();
        assert_eq!(
            given,
            [
                "A.txt",
                "a (2).txt",
                "a (2) (2).txt",
                "é",
                "é (2)",
                "straße",
                "STRASSE (2)",
                "ΣΑΣ",
                "σας (2)",
                "dir/x",
                "Dir (2)/y",
                "dir/X (2)",
                "dir (3)",
                "_git/config",
                "_git (2)/config",
                "_CON/_CON.txt",
            ]
        );
    }

    #[test]
    fn a_number_fits_into_a_name_that_is_long_already() {
        let mut names = Names::default();
        let long = format!("{}.jpg", "x".repeat(PORTABLE_BYTES - 4));
        assert_eq!(names.file(&long), long);
        let second = names.file(&long.to_uppercase());
        assert!(second.len() == PORTABLE_BYTES && second.ends_with(" (2).JPG"), "{second}");
    }

    #[test]
    fn very_many_names_that_are_the_same_are_numbered_in_one_pass() {
        let mut names = Names::default();
        // Each of these invisible characters goes: all of the paths become one name.
        let paths = (0..50_000u32).map(|n| {
            (0..16).map(|bit| if n >> bit & 1 == 0 { '\u{200b}' } else { '\u{2060}' }).collect::<String>()
        });
        let last = paths.map(|path| names.file(&format!("a{path}"))).last();
        assert_eq!(last.as_deref(), Some("a (50000)"));
    }

    proptest! {
        #[test]
        fn every_name_becomes_one_that_stays_as_it_is(own in "\\PC{0,40}|.{0,300}|[ .~_-]{0,4}(con|nul|\\PC)?[ .]{0,3}(lnk|\\PC{0,4})?[ .]{0,3}") {
            let portable = name(&own);
            prop_assert!(!portable.is_empty() && portable.len() <= PORTABLE_BYTES);
            prop_assert_eq!(name(&portable), portable);
        }

        #[test]
        fn no_two_files_get_one_path(paths in proptest::collection::hash_set("[aA.\u{e9}\u{200b}]{1,3}(/[aA ]{1,2})?", 1..40)) {
            let mut names = Names::default();
            let given: Vec<_> = paths.iter().map(|path| compared(&names.file(path))).collect();
            prop_assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len());
        }
    }
}
