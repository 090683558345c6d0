//! What the copy of a file is called that lost a conflict.

use std::time::{Duration, UNIX_EPOCH};

use crate::format::limits::{EXTENSION_BYTES, SEGMENT_BYTES};
use crate::format::portable;

/// The end of the year 9999, in milliseconds since 1970: no later time can be written with four digits.
const LATEST: u64 = 253_402_300_799_000;

/// Bytes of a device's name in the name of a copy, so that there is room for that of the file.
const DEVICE_BYTES: usize = 64;

/// Returns the path of the copy of a version that `device` made and that was changed at `modified`, in milliseconds
/// since 1970: `name (conflict, DEVICE, 2026-11-29 14.03 UTC).ext`.
///
/// It follows from its arguments alone, so that two devices that meet the same conflict make one copy.
pub fn copy_of(path: &str, device: &str, modified: u64) -> String {
    let device = portable::name(device);
    let device = &device[..device.floor_char_boundary(DEVICE_BYTES)];
    beside(path, &format!("conflict, {device}, {}", time(modified)))
}

/// Returns the path of which this is the copy of a conflict, by its name; `None` if it is none.
pub fn original_of(copy: &str) -> Option<String> {
    let at = copy.rfind(" (conflict, ")?;
    let (before, rest) = copy.split_at(at);
    let (_, extension) = rest.split_once(" UTC)")?;
    (!extension.contains('/')).then(|| format!("{before}{extension}"))
}

/// Returns the path of an earlier version that comes back beside a later one.
pub fn earlier_of(path: &str, modified: u64) -> String {
    beside(path, &format!("earlier, {}", time(modified)))
}

/// The path of a file with something in brackets behind its name.
fn beside(path: &str, what: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let (stem, extension) = match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= EXTENSION_BYTES => name.split_at(at),
        _ => (name, ""),
    };
    let end = format!(" ({what}){extension}");
    let stem = &stem[..stem.floor_char_boundary(SEGMENT_BYTES - end.len())];
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{stem}{end}")
}

/// A moment as a name has it: no system allows a colon everywhere.
fn time(ms: u64) -> String {
    let moment = UNIX_EPOCH + Duration::from_millis(ms.min(LATEST));
    let text = humantime::format_rfc3339_seconds(moment).to_string();
    format!("{} {}.{} UTC", &text[..10], &text[11..13], &text[14..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::path;

    #[test]
    fn a_copy_is_named_after_its_file_its_device_and_its_time() {
        let at = 1_796_047_380_000;
        assert_eq!(
            copy_of("notes/plan.txt", "Laptop", at),
            "notes/plan (conflict, Laptop, 2026-11-30 14.03 UTC).txt"
        );
        assert_eq!(copy_of("Makefile", "a/b", at), "Makefile (conflict, a_b, 2026-11-30 14.03 UTC)");
        assert_eq!(copy_of(".profile", "", 0), ".profile (conflict, _, 1970-01-01 00.00 UTC)");
    }

    #[test]
    fn a_copy_says_of_which_file_it_is() {
        for path in ["notes/plan.txt", "Makefile", ".profile", "a (conflict, b.txt"] {
            assert_eq!(original_of(&copy_of(path, "My (old) phone", 5)).as_deref(), Some(path));
        }
        for path in ["plan.txt", "a (conflict, b.txt", "a (earlier, 1970-01-01 00.00 UTC).txt"] {
            assert_eq!(original_of(path), None, "{path}");
        }
    }

    #[test]
    fn the_path_of_a_copy_is_one_that_a_share_can_have() {
        for name in ["x".repeat(SEGMENT_BYTES), format!("{}.jpg", "日".repeat(80)), "a".into()] {
            let copy = copy_of(&name, &"🌊".repeat(64), u64::MAX);
            assert_eq!(path::check(&copy), Ok(()), "{copy}");
        }
    }
}
