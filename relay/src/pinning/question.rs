//! What clients ask the pinning service: a pin in a body, and the filters of a list.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use axum::body::{self, Body};
use cid::{Cid, Version};
use spinney::format::is_kept;

use super::answer::Failure;
use crate::{
    limits,
    store::{Filter, NameFilter, Wanted},
};

/// Letters of the longest name, by the specification.
const NAME: usize = 255;

/// Origins in one request, by the specification.
const ORIGINS: usize = 20;

/// CIDs in one filter, by the specification.
const CIDS: usize = 10;

/// Results in one list, by the specification: when nothing is said, and at most.
const LIMITS: (u32, u32) = (10, 1000);

/// Reads the pin that a body asks for.
pub(super) async fn wanted(body: Body) -> Result<(Cid, Wanted), Failure> {
    let body = tokio::time::timeout(limits::HANDSHAKE, body::to_bytes(body, limits::PIN_REQUEST)).await;
    let body = body.map_err(|_| Failure::TOO_SLOW)?.map_err(|_| Failure::TOO_LARGE)?;
    let wanted: Wanted = serde_json::from_slice(&body)
        .map_err(|error| Failure::bad(format!("the body is no pin object: {error}")))?;
    if wanted.name.as_ref().is_some_and(|name| name.chars().count() > NAME) {
        return Err(Failure::bad("`name` has more than 255 letters"));
    }
    if wanted.origins.as_ref().is_some_and(|origins| origins.len() > ORIGINS) {
        return Err(Failure::bad("`origins` are more than 20"));
    }
    let cid = cid(&wanted.cid)?;
    match is_kept(&cid) {
        true => Ok((cid, wanted)),
        false => Err(Failure::bad("this relay keeps blocks under SHA2-256 alone: raw, DAG-CBOR and DAG-PB")),
    }
}

/// Reads which requests are to be listed. Parameters that the specification does not name are ignored.
pub(super) fn filter(query: Option<&str>) -> Result<Filter, Failure> {
    let mut filter = Filter { limit: LIMITS.0, ..Filter::default() };
    let (mut name, mut is_partial, mut ignores_case) = (None, false, false);
    let mut statuses: Option<[bool; 3]> = None;
    for (parameter, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*parameter {
            "cid" => {
                for text in value.split(',') {
                    filter.cids.push(cid(text)?);
                }
            }
            "name" => name = Some(value.into_owned()),
            "match" => {
                (is_partial, ignores_case) = match &*value {
                    "exact" => (false, false),
                    "iexact" => (false, true),
                    "partial" => (true, false),
                    "ipartial" => (true, true),
                    _ => return Err(Failure::bad("`match` is exact, iexact, partial or ipartial")),
                }
            }
            "status" => {
                let [queued, pinned, failed] = statuses.get_or_insert_default();
                for status in value.split(',') {
                    match status {
                        "queued" => *queued = true,
                        "pinned" => *pinned = true,
                        "failed" => *failed = true,
                        // Nothing is ever so here.
                        "pinning" => {}
                        _ => return Err(Failure::bad("`status` is queued, pinning, pinned or failed")),
                    }
                }
            }
            // Ours are whole milliseconds, so parts of one count as the next, and after, as this one.
            "before" => filter.before = Some(millis(time(&value)?.as_nanos().div_ceil(1_000_000))),
            "after" => filter.after = Some(millis(time(&value)?.as_millis())),
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=LIMITS.1).contains(limit));
                filter.limit = limit.ok_or_else(|| Failure::bad("`limit` is a number from 1 to 1000"))?;
            }
            "meta" => {
                filter.meta = serde_json::from_str::<BTreeMap<_, _>>(&value)
                    .map_err(|_| Failure::bad("`meta` is a JSON object with texts"))?;
            }
            _ => {}
        }
    }
    if filter.cids.len() > CIDS {
        return Err(Failure::bad("`cid` has more than 10 CIDs"));
    }
    if name.as_ref().is_some_and(|name| name.chars().count() > NAME) {
        return Err(Failure::bad("`name` has more than 255 letters"));
    }
    filter.name = name.map(|text| NameFilter { text, is_partial, ignores_case });
    // A list without a status is of what is pinned. One of a name is of all: so the published compliance suite finds the
    // pin that it has just made, and the specification says only that a service should leave out the rest.
    filter.statuses = statuses.or(filter.name.is_none().then_some([false, true, false]));
    Ok(filter)
}

/// Reads a CID. One of version 0 becomes the same of version 1, under which blocks are kept.
fn cid(text: &str) -> Result<Cid, Failure> {
    let cid = Cid::try_from(text).ok().filter(|_| !text.contains('/'));
    let cid = cid.ok_or_else(|| Failure::bad("`cid` is no CID"))?;
    match cid.version() {
        Version::V0 => cid.into_v1().map_err(|_| Failure::bad("`cid` is no CID")),
        Version::V1 => Ok(cid),
    }
}

/// Reads a time since 1970 by RFC 3339, section 5.6.
fn time(text: &str) -> Result<Duration, Failure> {
    let read = || {
        let text = text.to_ascii_uppercase();
        let zone = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at));
        let (utc, ahead) = match zone.filter(|(_, zone)| zone.starts_with(['+', '-'])) {
            Some((local, zone)) => (format!("{local}Z"), ahead(zone)?),
            None => (text, 0),
        };
        let since = humantime::parse_rfc3339(&utc).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let by = Duration::from_secs(ahead.unsigned_abs());
        Some(if ahead > 0 { since.saturating_sub(by) } else { since.saturating_add(by) })
    };
    read().ok_or_else(|| {
        Failure::bad("`before` and `after` are times like 2026-07-27T17:32:28.123Z, with a + written as %2B")
    })
}

/// Seconds that a zone, written `+02:00`, is ahead of UTC.
fn ahead(zone: &str) -> Option<i64> {
    let (sign, rest) = zone.split_at(1);
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (i64::from(hours) * 60 + i64::from(minutes)) * 60;
    (hours < 24 && minutes < 60).then_some(if sign == "-" { -seconds } else { seconds })
}

fn millis(time: u128) -> i64 {
    time.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_of_the_specification() {
        for (text, millis) in [
            ("1970-01-01T00:00:01Z", Some(1_000)),
            ("1970-01-01t00:00:01.250z", Some(1_250)),
            ("1970-01-01T02:00:01+02:00", Some(1_000)),
            ("1970-01-01T00:00:01.5-00:30", Some(1_801_500)),
            ("1970-01-01T00:00:00.123456789Z", Some(123)),
            ("1969-01-01T00:00:00Z", None),
            ("1970-01-01", None),
            ("1970-01-01T02:00:01 02:00", None),
            ("1970-01-01T02:00:01+24:00", None),
            ("1970-01-01T02:00:01+2é00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(time(text).ok().map(|time| time.as_millis()), millis, "{text}");
        }
    }

    #[test]
    fn a_list_is_of_what_is_pinned_unless_a_status_or_a_name_is_given() {
        let statuses = |query| filter(query).unwrap().statuses.unwrap();
        assert_eq!(statuses(None), [false, true, false]);
        assert_eq!(statuses(Some("status=queued,failed")), [true, false, true]);
        assert_eq!(statuses(Some("status=queued&status=pinned")), [true, true, false]);
        assert_eq!(statuses(Some("status=pinning")), [false; 3]);
        assert_eq!(statuses(Some("status=queued&name=x")), [true, false, false]);
        assert_eq!(filter(Some("name=x")).unwrap().statuses, None);
    }

    #[test]
    fn parts_of_a_millisecond_before_and_after_a_pin_count() {
        let read = filter(Some("before=1970-01-01T00:00:00.0001Z&after=1970-01-01T00:00:00.0011Z")).unwrap();
        assert_eq!((read.before, read.after), (Some(1), Some(1)));
    }
}
