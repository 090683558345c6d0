//! When a file was modified, in the three forms that archives know.

use super::{put16, put32, put64};

/// Tells how many minutes a time zone is ahead of UTC at a moment, in milliseconds since 1970. Daylight saving is
/// part of it, so each file is asked for alone.
pub type Zone = fn(i64) -> i32;

/// From 1601, where Windows' time begins, to 1970, in milliseconds.
const WINDOWS_EPOCH: i64 = 11_644_473_600_000;

/// When a file was modified.
pub(super) struct Modified {
    /// As DOS has it, with the time in the low half: a step is two seconds, in the local time of the person who
    /// saves, because nothing says which zone it is.
    pub(super) dos: u32,
    /// The fields in UTC, for readers that know them.
    pub(super) extra: Vec<u8>,
}

impl Modified {
    pub(super) fn new(millis: Option<i64>, zone: Zone) -> Self {
        let Some(millis) = millis else { return Self { dos: FIRST, extra: Vec::new() } };
        let local = millis.saturating_add(i64::from(zone(millis)) * 60_000);
        let mut extra = Vec::new();
        let seconds = millis.div_euclid(1000);
        // The field of Unix has 32 bits. Some readers take them as signed, others not, but they agree from 1970 to
        // 2038. Windows' field comes behind it for all other times, because the last one counts.
        if (i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&seconds) {
            put16(&mut extra, 0x5455);
            put16(&mut extra, 5);
            extra.push(1); // only this time
            put32(&mut extra, seconds as u32);
        }
        let is_known_to_all = i32::try_from(seconds).is_ok_and(|seconds| seconds >= 0);
        let ticks = millis.checked_add(WINDOWS_EPOCH).and_then(|millis| millis.checked_mul(10_000));
        let ticks = ticks.and_then(|ticks| u64::try_from(ticks).ok());
        if let Some(ticks) = ticks.filter(|_| !is_known_to_all) {
            put16(&mut extra, 0x000a);
            put16(&mut extra, 32);
            put32(&mut extra, 0);
            put16(&mut extra, 1); // the three times: of change, of access, of making
            put16(&mut extra, 24);
            (0..3).for_each(|_| put64(&mut extra, ticks));
        }
        Self { dos: dos(local), extra }
    }
}

/// The first moment that DOS knows: 1980-01-01.
const FIRST: u32 = 1 << 21 | 1 << 16;
/// The last one: 2107-12-31 23:59:58.
const LAST: u32 = 127 << 25 | 12 << 21 | 31 << 16 | 23 << 11 | 59 << 5 | 29;

/// A local time in the form of DOS; one that DOS does not know as the nearest that it does.
fn dos(millis: i64) -> u32 {
    let (days, seconds) =
        (millis.div_euclid(86_400_000), (millis.div_euclid(1000).rem_euclid(86_400)) as u32);
    // Howard Hinnant's `civil_from_days`. Years begin in March, so that the leap day comes last.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2) - 1980;
    match year {
        ..0 => FIRST,
        128.. => LAST,
        _ => {
            let date = (year << 9 | month << 5 | day) as u32;
            let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            date << 16 | hour << 11 | minute << 5 | (second / 2)
        }
    }
}
