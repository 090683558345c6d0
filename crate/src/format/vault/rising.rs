//! Fields that only rise: in a merge they do not follow the later writer. `FORMAT.md`, "Vault".
//!
//! A value is its plain fields, of which the last writer decides, and its rising fields. Each part is a semilattice, so
//! that merging is idempotent and its order does not matter.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;

use super::{Entry, wipe};
use crate::format::cbor;

/// What a field becomes of which two values are merged. One that is absent in either value is the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The greater one.
    Greater(&'static str),
    /// The smaller one.
    Smaller(&'static str),
    /// The only one there may be: two different ones make 32 zeros.
    Only(&'static str),
    /// The greater one, with the fields that came with it.
    With(&'static str, &'static [&'static str]),
}

impl Rule {
    fn names(self, field: &str) -> bool {
        match self {
            Self::Greater(name) | Self::Smaller(name) | Self::Only(name) => name == field,
            Self::With(name, others) => name == field || others.contains(&field),
        }
    }
}

/// The name under which a value that rises as a whole is handled.
const WHOLE: &str = "";

/// Keys by how they begin, and the rising fields of their values.
const KINDS: [(&str, &[Rule]); 11] = [
    ("contact/", &[Rule::With("seq", &["relays", "recipient"]), Rule::Only("heir")]),
    ("relation/", &[Rule::Greater("answered"), Rule::Greater("declined")]),
    ("asking/", &[Rule::Greater("asked")]),
    ("hidden/", &[Rule::Greater("rev")]),
    ("request/", &[Rule::With("time", &["message", "relays", "invite", "declined", "proof"])]),
    ("dropped/", &[Rule::With("time", &["message", "box", "share", "block", "key", "files", "size"])]),
    ("invite/", &[Rule::Smaller("used")]),
    (
        "introduced/",
        &[
            Rule::With("time", &["by", "name", "relays", "seq", "secret", "message"]),
            Rule::Greater("answered"),
        ],
    ),
    ("letter/", &[Rule::With("rev", &["share", "header", "says"])]),
    ("device/", &[Rule::Greater("removed"), Rule::Greater("back")]),
    ("setting/words", &[Rule::Greater(WHOLE)]),
];

/// Kinds whose rising fields are times, for as long as which an entry is remembered.
const TIMES: [&str; 3] = ["answered", "declined", "asked"];

type Map = BTreeMap<String, Ipld>;

fn rules_of(key: &str) -> &'static [Rule] {
    let kind = KINDS.iter().find(|(prefix, _)| key.starts_with(prefix));
    kind.map_or(&[], |(_, rules)| rules)
}

/// A value in its two parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    rules: &'static [Rule],
    /// What the last writer decides; `None` where it was removed.
    pub(super) plain: Option<Ipld>,
    rising: Map,
}

impl Parts {
    /// Takes a value apart. One that should have fields and is no map counts as removed.
    pub(super) fn of(key: &str, value: Option<&Ipld>) -> Self {
        let rules = rules_of(key);
        let (mut plain, mut rising) = (Map::new(), Map::new());
        match (rules, value) {
            ([], value) => return Self { rules, plain: value.cloned(), rising },
            ([Rule::Greater(WHOLE)], Some(value)) => drop(rising.insert(WHOLE.to_owned(), value.clone())),
            (rules, Some(Ipld::Map(fields))) => {
                for (name, field) in fields {
                    let is_rising = rules.iter().any(|rule| rule.names(name));
                    let part = if is_rising { &mut rising } else { &mut plain };
                    part.insert(name.clone(), field.clone());
                }
            }
            (_, Some(_) | None) => {}
        }
        Self { rules, plain: (!plain.is_empty()).then_some(Ipld::Map(plain)), rising }
    }

    /// The value again.
    pub(super) fn whole(mut self) -> Option<Ipld> {
        if let Some(value) = self.rising.remove(WHOLE) {
            return Some(value);
        }
        match self.plain.take() {
            Some(Ipld::Map(plain)) => {
                self.rising.extend(plain);
                Some(Ipld::Map(std::mem::take(&mut self.rising)))
            }
            None if !self.rising.is_empty() => Some(Ipld::Map(std::mem::take(&mut self.rising))),
            plain => plain,
        }
    }

    /// Takes over what has risen higher in `other`.
    pub(super) fn rise(&mut self, other: &Self) {
        for rule in self.rules {
            let (mine, theirs) = (&mut self.rising, &other.rising);
            match rule {
                Rule::Greater(name) => replace_if(mine, theirs, name, |mine, theirs| theirs > mine),
                Rule::Smaller(name) => replace_if(mine, theirs, name, |mine, theirs| theirs < mine),
                Rule::Only(name) => match (mine.get(*name), theirs.get(*name)) {
                    (Some(a), Some(b)) if a != b => {
                        mine.insert((*name).to_owned(), Ipld::Bytes(vec![0; 32]));
                    }
                    (None, Some(_)) => replace_if(mine, theirs, name, |_, _| true),
                    _ => {}
                },
                Rule::With(name, others) => {
                    let group = |of: &Map| {
                        let with = of.iter().filter(|(name, _)| others.contains(&name.as_str()));
                        let with: Map = with.map(|(name, field)| (name.clone(), field.clone())).collect();
                        (of.get(*name).map(cbor::from_ipld), cbor::from_ipld(&Ipld::Map(with)))
                    };
                    if group(theirs) > group(mine) {
                        mine.retain(|field, _| !rule.names(field));
                        let theirs = theirs.iter().filter(|(field, _)| rule.names(field));
                        mine.extend(theirs.map(|(name, field)| (name.clone(), field.clone())));
                    }
                }
            }
        }
    }
}

/// Whether nothing of a value is left that the last writer decided.
pub(super) fn is_removed(key: &str, value: Option<&Ipld>) -> bool {
    match (rules_of(key), value) {
        // A request, an introduction and a letter rise as a whole, so there is nothing that the last writer decides.
        ([] | [Rule::Greater(WHOLE)] | [Rule::With("time" | "rev", _), ..], value) => value.is_none(),
        (rules, Some(Ipld::Map(fields))) => {
            fields.keys().all(|field| rules.iter().any(|rule| rule.names(field)))
        }
        (_, Some(_) | None) => true,
    }
}

/// The latest time that has risen in a value, in milliseconds since 1970; 0 without one.
pub(super) fn newest_time(value: Option<&Ipld>) -> u64 {
    let Some(Ipld::Map(fields)) = value else { return 0 };
    let times = TIMES.iter().filter_map(|name| match fields.get(*name) {
        Some(Ipld::Integer(time)) => u64::try_from(*time).ok(),
        _ => None,
    });
    times.max().unwrap_or_default()
}

fn replace_if(mine: &mut Map, theirs: &Map, name: &str, is_better: impl Fn(&[u8], &[u8]) -> bool) {
    let Some(other) = theirs.get(name) else { return };
    let is_better = |known: &Ipld| is_better(&cbor::from_ipld(known), &cbor::from_ipld(other));
    if mine.get(name).is_none_or(is_better) {
        mine.insert(name.to_owned(), other.clone());
    }
}

/// Secrets are in both parts.
impl Drop for Parts {
    fn drop(&mut self) {
        self.plain.as_mut().map(wipe);
        self.rising.values_mut().for_each(wipe);
    }
}

impl Entry {
    /// This entry as the vault holds it.
    pub(super) fn normal(mut self, key: &str) -> Self {
        if !rules_of(key).is_empty() {
            self.value = Parts::of(key, self.value.as_ref()).whole();
        }
        self
    }

    /// Takes in another entry of the same key; says whether that changed anything.
    ///
    /// The later entry decides, at one stamp the greater encoding of its plain part. What rises does so in any case.
    pub(super) fn take_in(&mut self, key: &str, other: &Self) -> bool {
        if self == other {
            return false;
        }
        let (mut mine, mut theirs) =
            (Parts::of(key, self.value.as_ref()), Parts::of(key, other.value.as_ref()));
        let bytes = |parts: &Parts| parts.plain.as_ref().map(cbor::from_ipld);
        let is_later = (other.at.cmp(&self.at)).then_with(|| bytes(&theirs).cmp(&bytes(&mine))).is_gt();
        if is_later {
            std::mem::swap(&mut mine.plain, &mut theirs.plain);
        }
        mine.rise(&theirs);
        let merged = Self { at: self.at.max(other.at), value: mine.whole() };
        let has_changed = merged != *self;
        *self = merged;
        has_changed
    }
}

#[cfg(test)]
mod tests {
    use super::super::Stamp;
    use super::*;

    /// Values of every form under these fields, at a few stamps; some are none that a writer makes.
    fn entries(key: &str, fields: &[&str]) -> Vec<Entry> {
        let number = |n: i128| Ipld::Integer(n);
        let map = |fields: &[(&str, Ipld)]| {
            Ipld::Map(fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect())
        };
        let mut values = vec![
            None,
            Some(number(1)),
            Some(number(300)),
            Some(map(&[])),
            Some(map(&[("plain", number(1))])),
        ];
        for field in fields {
            for n in [1, 300] {
                values.push(Some(map(&[(field, number(n))])));
                values.push(Some(map(&[(field, number(n)), ("plain", number(2))])));
            }
        }
        if let [first, .., last] = fields {
            values.extend(
                [(1, 2), (1, 3), (2, 1)].map(|(a, b)| Some(map(&[(first, number(a)), (last, number(b))]))),
            );
        }
        let stamps = [(1, 1), (1, 2), (2, 1)].map(|(ms, device)| Stamp { ms, device: [device; 32] });
        let with_stamp = |(n, value): (usize, Option<Ipld>)| Entry { at: stamps[n % 3], value }.normal(key);
        values.into_iter().enumerate().map(with_stamp).collect()
    }

    fn merged(key: &str, a: &Entry, b: &Entry) -> Entry {
        let mut merged = a.clone();
        merged.take_in(key, b);
        merged
    }

    #[test]
    fn entries_of_every_kind_merge_alike_in_any_order_and_however_often() {
        let kinds: [(&str, &[&str]); 12] = [
            ("contact/a", &["seq", "heir", "relays"]),
            ("relation/a", &["answered", "declined"]),
            ("asking/a", &["asked"]),
            ("hidden/a", &["rev"]),
            ("request/a", &["time", "message"]),
            ("dropped/a", &["time", "message"]),
            ("invite/a", &["used"]),
            ("introduced/a", &["time", "by", "answered"]),
            ("letter/a", &["rev", "header"]),
            ("device/a", &["removed", "back"]),
            ("setting/words", &[]),
            ("petname/a", &[]),
        ];
        for (key, fields) in kinds {
            let entries = entries(key, fields);
            for a in &entries {
                assert_eq!(merged(key, a, a), *a);
                for b in &entries {
                    let both = merged(key, a, b);
                    assert_eq!(both, merged(key, b, a), "{key}");
                    assert_eq!(both, merged(key, &both, a), "{key}");
                    for c in &entries {
                        assert_eq!(merged(key, &both, c), merged(key, a, &merged(key, b, c)), "{key}");
                    }
                }
            }
        }
    }
}
