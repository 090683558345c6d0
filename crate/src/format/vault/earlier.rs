//! Entries of version 1, brought to what version 2 says of them. `FORMAT.md`, "Vault".
//!
//! Version 1 had one entry for all settings, the petname in that of the contact, circles and the time of the last request
//! in that of the relation, and took a contact without a relation for an added one.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;

use super::{Entry, Stamp};

type Entries = BTreeMap<String, Entry>;

/// The entries of all buckets of a vault of version 1, as version 2 has them. A pure function.
pub(super) fn upgrade(old: &Entries) -> Entries {
    let mut new = Entries::new();
    for (key, entry) in old {
        if key == "settings" {
            upgrade_settings(entry, &mut new);
        } else if let Some(id) = key.strip_prefix("contact/") {
            upgrade_contact(id, entry, old, &mut new);
        } else if let Some(id) = key.strip_prefix("relation/") {
            upgrade_relation(id, entry, old, &mut new);
        } else if key.starts_with("hidden/") {
            let mut hidden = fields(entry);
            hidden.entry("at".to_owned()).or_insert(Ipld::Integer(entry.at.ms.into()));
            put(&mut new, key.clone(), entry.at, entry.value.is_some().then_some(Ipld::Map(hidden)));
        } else if key.starts_with("asking/") {
            let mut asking = fields(entry);
            asking.remove("full");
            put(&mut new, key.clone(), entry.at, entry.value.is_some().then_some(Ipld::Map(asking)));
        } else {
            put(&mut new, key.clone(), entry.at, entry.value.clone());
        }
    }
    new
}

fn upgrade_settings(entry: &Entry, new: &mut Entries) {
    let mut settings = fields(entry);
    if let Some(heir) = settings.remove("heir") {
        put(new, "setting/heir".to_owned(), entry.at, Some(heir));
    }
    for (old, name) in [("words_confirmed", "words"), ("receipts", "receipts"), ("relay_only", "relay-only")]
    {
        if let Some(set @ Ipld::Bool(true)) = settings.remove(old) {
            put(new, format!("setting/{name}"), entry.at, Some(set));
        }
    }
}

fn upgrade_contact(id: &str, entry: &Entry, old: &Entries, new: &mut Entries) {
    let mut contact = fields(entry);
    if let Some(petname) = contact.remove("petname") {
        put(new, format!("petname/{id}"), entry.at, Some(petname));
    }
    let relation = format!("relation/{id}");
    if entry.value.is_some() && !old.contains_key(&relation) {
        let at = Stamp { ms: time(contact.get("added")).unwrap_or(entry.at.ms), ..entry.at };
        let added = ("stance".to_owned(), Ipld::String("added".to_owned()));
        put(new, relation, at, Some(Ipld::Map([added].into())));
    }
    put(new, format!("contact/{id}"), entry.at, entry.value.is_some().then_some(Ipld::Map(contact)));
}

fn upgrade_relation(id: &str, entry: &Entry, old: &Entries, new: &mut Entries) {
    let mut relation = fields(entry);
    let mut at = entry.at;
    at.ms = time(relation.remove("decided").as_ref()).unwrap_or(at.ms);
    let contact = old.get(&format!("contact/{id}"));
    let circles = relation.remove("circles");
    if contact.is_some_and(|contact| contact.value.is_some()) {
        if let Some(circles) = circles {
            put(new, format!("circles/{id}"), entry.at, Some(circles));
        }
    } else {
        // No decision was in force about somebody who was no contact.
        relation.remove("stance");
        at = contact.map_or(at, |contact| at.max(contact.at));
    }
    if let Some(asked) = relation.remove("asked") {
        let never = Stamp { ms: 0, device: [0; 32] };
        put(new, format!("asking/{id}"), never, Some(Ipld::Map([("asked".to_owned(), asked)].into())));
    }
    if relation.get("stance").is_none_or(|stance| *stance == Ipld::String("none".to_owned())) {
        relation.remove("stance");
        relation.remove("before");
    }
    put(new, format!("relation/{id}"), at, entry.value.is_some().then_some(Ipld::Map(relation)));
}

fn fields(entry: &Entry) -> BTreeMap<String, Ipld> {
    match &entry.value {
        Some(Ipld::Map(fields)) => fields.clone(),
        _ => BTreeMap::new(),
    }
}

fn time(value: Option<&Ipld>) -> Option<u64> {
    match value {
        Some(Ipld::Integer(time)) => u64::try_from(*time).ok(),
        _ => None,
    }
}

fn put(new: &mut Entries, key: String, at: Stamp, value: Option<Ipld>) {
    let entry = Entry { at, value }.normal(&key);
    match new.get_mut(&key) {
        Some(known) => drop(known.take_in(&key, &entry)),
        None => drop(new.insert(key, entry)),
    }
}
