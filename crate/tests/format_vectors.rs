//! The vectors of `FORMAT.md`: one file for each case, made here and checked byte for byte.
//!
//! `cargo test -p spinney --test format_vectors -- --ignored regenerate` writes them anew; a change in the diff
//! is a change of the format.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "../examples/format_open/car.rs"]
#[allow(dead_code, reason = "the command uses the rest")]
mod car;
#[path = "../examples/format_open/file.rs"]
mod file;
#[path = "../examples/format_open/given.rs"]
#[allow(dead_code, reason = "the command uses the rest")]
mod given;
#[path = "../examples/format_open/world.rs"]
#[allow(dead_code, reason = "the command uses the rest")]
mod opened_world;
#[path = "../examples/format_open/vector.rs"]
#[allow(dead_code, reason = "the command uses the rest")]
mod vector;

#[path = "format_vectors/answers.rs"]
mod answers;
#[path = "format_vectors/case.rs"]
mod case;
#[path = "format_vectors/codec.rs"]
mod codec;
#[path = "format_vectors/device_link.rs"]
mod device_link;
#[path = "format_vectors/drop_box.rs"]
mod drop_box;
#[path = "format_vectors/envelope.rs"]
mod envelope;
#[path = "format_vectors/everybody.rs"]
mod everybody;
#[path = "format_vectors/header.rs"]
mod header;
#[path = "format_vectors/keeping.rs"]
mod keeping;
#[path = "format_vectors/keys.rs"]
mod keys;
#[path = "format_vectors/letterbox.rs"]
mod letterbox;
#[path = "format_vectors/letters.rs"]
mod letters;
#[path = "format_vectors/link.rs"]
mod link;
#[path = "format_vectors/listing.rs"]
mod listing;
#[path = "format_vectors/loans.rs"]
mod loans;
#[path = "format_vectors/manifest.rs"]
mod manifest;
#[path = "format_vectors/map.rs"]
mod map;
#[path = "format_vectors/meet.rs"]
mod meet;
#[path = "format_vectors/own.rs"]
mod own;
#[path = "format_vectors/passkey.rs"]
mod passkey;
#[path = "format_vectors/people.rs"]
mod people;
#[path = "format_vectors/pictures.rs"]
mod pictures;
#[path = "format_vectors/public.rs"]
mod public;
#[path = "format_vectors/record.rs"]
mod record;
#[path = "format_vectors/share.rs"]
mod share;
#[path = "format_vectors/subscriptions.rs"]
mod subscriptions;
#[path = "format_vectors/vault.rs"]
mod vault;
#[path = "format_vectors/wire.rs"]
mod wire;
#[path = "format_vectors/world.rs"]
mod world;
#[path = "format_vectors/world_archive.rs"]
mod world_archive;
#[path = "format_vectors/world_files.rs"]
mod world_files;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use case::Case;
use opened_world::file as file_in_world;

fn all() -> Vec<Case> {
    [
        codec::cases(),
        keys::cases(),
        public::cases(),
        envelope::cases(),
        record::cases(),
        meet::cases(),
        share::cases(),
        pictures::cases(),
        listing::cases(),
        manifest::cases(),
        header::cases(),
        letterbox::cases(),
        answers::cases(),
        letters::cases(),
        map::cases(),
        link::cases(),
        everybody::cases(),
        own::cases(),
        passkey::cases(),
        vault::cases(),
        wire::cases(),
        loans::cases(),
        subscriptions::cases(),
        keeping::cases(),
        device_link::cases(),
        drop_box::cases(),
    ]
    .concat()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Every vector file of ours, by its path below the folder. What others published lies beside them, and the world.
fn stored() -> BTreeMap<String, String> {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|path| {
            path.is_dir() && path.file_name().is_some_and(|name| name != "published" && name != "world")
        })
        .flat_map(|path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()))
        .map(|path| {
            let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn every_vector_is_what_this_code_writes_and_no_other_lies_there() {
    let (made, stored) = (all(), stored());
    for case in &made {
        let found = stored.get(&case.file()).unwrap_or_else(|| panic!("{} is missing", case.file()));
        assert!(*found == case.text(), "{} is not what this code writes", case.file());
    }
    assert_eq!(made.len(), stored.len(), "a vector has a name twice, or nobody makes it");
}

/// Every stored vector as JSON.
fn parsed() -> BTreeMap<String, Json> {
    stored().into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

/// Whether `whole` says all that `part` says: equal but for keys of maps that `part` does not have.
fn covers(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| covers(found, value)))
        }
        (Json::Array(whole), Json::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| covers(whole, part))
        }
        _ => whole == part,
    }
}

#[test]
fn every_vector_opens_or_is_refused_as_its_file_alone_says() {
    let opened: Vec<_> = parsed()
        .into_iter()
        .filter(|(_, vector)| vector::OBJECTS.contains(&vector["object"].as_str().unwrap()))
        .collect();
    assert!(opened.len() > 300, "most vectors are of objects that are opened");
    for (name, vector) in opened {
        match (vector::open(&vector), vector["refused"].as_str()) {
            (Err(refusal), Some(code)) => assert_eq!(refusal.code(), Some(code), "{name}: {refusal}"),
            (Ok(opened), None) => {
                let says = opened.value.filter(|_| vector.get("value").is_some());
                let whole = says.is_none_or(|found| covers(&vector["value"], &found));
                assert!(whole, "{name}: says something else");
            }
            (Ok(_), Some(code)) => panic!("{name}: opens, and should be refused: {code}"),
            (Err(refusal), None) => panic!("{name}: {refusal}"),
        }
    }
}

/// The steps at which a reader may stop, as `FORMAT.md` lists them.
const CODES: [&str; 9] =
    ["size", "text", "block", "cbor", "version", "signature", "sealed", "frame", "ahead"];

#[test]
fn every_refusal_has_a_code_and_differs_from_a_good_vector() {
    let vectors = parsed();
    let refused: Vec<_> = vectors.iter().filter(|(_, vector)| vector.get("refused").is_some()).collect();
    assert!(refused.len() > 200, "most vectors are of refusals");
    for (name, vector) in refused {
        let code = vector["refused"].as_str().unwrap();
        let is_field = code.strip_prefix("field:").is_some_and(|path| !path.is_empty());
        assert!(is_field || CODES.contains(&code) || code == "signer" || code == "wire", "{name}: {code}");
        let good = &vectors[&format!("{}.json", vector["of"].as_str().unwrap())];
        assert!(good.get("refused").is_none() && good["object"] == vector["object"], "{name}");
        let same = |key: &str| good.get(key) == vector.get(key) && good["given"] == vector["given"];
        assert!(!(same("bytes") && same("runs")), "{name} is its good vector");
    }
}

#[test]
fn every_rule_that_is_easily_got_wrong_names_vectors_that_there_are() {
    let vectors = parsed();
    let file = folder().join("../../../wasm-tests/format-reader/rules.json");
    let rules: Vec<Json> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(rules.len(), 56, "FORMAT.md says how many rules there are");
    for rule in &rules {
        let named = rule["vectors"].as_array().unwrap();
        assert!(!named.is_empty(), "{rule}");
        for name in named {
            assert!(vectors.contains_key(&format!("{}.json", name.as_str().unwrap())), "{rule}");
        }
    }
}

#[test]
fn the_world_is_what_this_code_writes_and_bob_sees_all_of_it() {
    let made = world::world();
    let folder = folder().join("world");
    let json = fs::read_to_string(folder.join("world.json")).unwrap();
    let car = fs::read(folder.join("world.car")).unwrap();
    assert!(made.json == json && made.car == car, "the stored world is not what this code writes");
    let json: Json = serde_json::from_str(&json).unwrap();
    let seen = opened_world::read(&json, car::Blocks::read(&car).unwrap()).unwrap();
    assert_eq!(seen.sees, json["sees"]);
}

#[test]
fn a_world_with_one_block_that_is_another_is_refused() {
    let made = world::world();
    let json: Json = serde_json::from_str(&made.json).unwrap();
    let mut car = made.car;
    *car.last_mut().unwrap() ^= 1;
    let refused = car::Blocks::read(&car).err().unwrap();
    assert_eq!(refused.code(), Some("block"));
    let mut json = json;
    json["link"]["password"] = serde_json::json!("another");
    let refused = opened_world::read(&json, car::Blocks::read(&world::world().car).unwrap()).err().unwrap();
    assert_eq!(refused.code(), Some("sealed"));
}

#[test]
fn the_command_says_what_a_file_is_or_the_code_of_the_refusal() {
    let open = |name: &str| file::open(&folder().join(name));
    let world = open("world/world.json").unwrap();
    assert!(world.iter().any(|line| line == "file film.mp4: 131073 bytes"), "{world:#?}");
    let profile = open("profile/plain.json").unwrap();
    assert_eq!((&*profile[0], &*profile[1]), ("a profile", "  holds: size"));
    assert_eq!(open("profile/refused-kem-short.json").unwrap_err().code(), Some("field:object.kem.key"));
    assert_eq!(open("kdf/seed.json").unwrap_err().code(), None, "a derivation is not opened");
    assert_eq!(open("nowhere.json").unwrap_err().code(), None);
}

#[test]
#[ignore = "writes into the source"]
fn regenerate() {
    let made = all();
    for name in stored().into_keys() {
        fs::remove_file(folder().join(name)).unwrap();
    }
    for case in made {
        let path = folder().join(case.file());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, case.text()).unwrap();
    }
    let world = world::world();
    let folder = folder().join("world");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("world.json"), world.json).unwrap();
    fs::write(folder.join("world.car"), world.car).unwrap();
}
