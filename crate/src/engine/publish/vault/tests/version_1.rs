//! A profile as the build before version 2 left it: `crate/tests/version_1.json` has its rows and its vault.

use std::rc::Rc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use ipld_core::ipld::Ipld;
use serde_json::Value as Json;
use tokio::task::LocalSet;

use super::super::read::apply;
use crate::engine::mocked::{MockedProfile, Neighbours, ring};
use crate::engine::state::Tables;
use crate::format::share_id::ShareId;
use crate::format::{DAG_CBOR, cbor, cid_of};
use crate::keys::Id;
use crate::platform;
use crate::social::relation::{Decision, Stance};
use crate::social::vault::{Heir, Only, Vault};
use crate::store::memory::Disk;
use crate::store::{Databases as _, Table, Write, rows_of};

fn fixture() -> Json {
    serde_json::from_str(include_str!("../../../../../tests/version_1.json")).unwrap()
}

fn hex(value: &Json) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

/// The profile on a disk with the rows of the earlier build.
async fn profile() -> MockedProfile {
    let disk = Disk::new();
    let store = rows_of(disk.lead().open(&ring(1).id().to_string()).await.unwrap());
    let mut write = Write::strict();
    for row in fixture()["rows"].as_array().unwrap() {
        let table = match row[0].as_str().unwrap() {
            "state" => Table::State,
            "transfers" => Table::Transfers,
            _ => Table::Drafts,
        };
        write.rows.push((table, hex(&row[1]), Some(hex(&row[2]))));
    }
    store.commit(write).await.unwrap();
    MockedProfile::open(&disk, 1, Neighbours::default()).await
}

/// The buckets that the earlier build had published.
fn published() -> Vault {
    let blocks: Vec<Bytes> =
        fixture()["vault"].as_array().unwrap().iter().map(|block| hex(&block[1]).into()).collect();
    Vault::open(&ring(1), (cid_of(DAG_CBOR, &blocks[0]), &blocks[0]), &blocks[1..]).unwrap()
}

fn people() -> [Id; 5] {
    [2, 3, 4, 5, 6].map(|number| ring(number).id())
}

fn decisions(tables: &Tables) -> [Decision; 5] {
    people().map(|id| tables.decision(&id))
}

const DECIDED: [Decision; 5] =
    [Decision::Added, Decision::Blocked, Decision::Added, Decision::None, Decision::Following];

#[tokio::test]
async fn a_profile_of_the_build_before_is_read_whole_and_publishes_a_vault_of_version_2() {
    LocalSet::new()
        .run_until(async {
            let profile = profile().await;
            let [ben, .., fay] = people();
            profile.state.read(|tables| {
                assert_eq!(decisions(tables), DECIDED);
                assert!(tables.is_root_due(), "what others would undo is to be written anew");
                assert_eq!(tables.contacts.get(&fay).unwrap().petname.as_deref(), Some("Fay"));
            });
            profile.publisher.compose().await.unwrap();
            let (root, vault) = profile.state.read(|tables| {
                let vault = tables.publication.vault.clone();
                let root = vault.blocks().next().unwrap();
                (root, vault)
            });
            let block = profile.storage.blocks().block(&root).await.unwrap().unwrap();
            let Ipld::Map(block) = cbor::to_ipld(&block).unwrap() else { panic!("a root block is a map") };
            assert_eq!(block["v"], Ipld::Integer(2));

            // On an empty device.
            let mut back = profile.state.snapshot();
            (back.contacts, back.relations, back.asking, back.hidden) = Default::default();
            Rc::make_mut(&mut back.publication).vault = vault.clone();
            apply(&mut back, &profile.ring.id(), platform::now_ms());
            assert_eq!(decisions(&back), DECIDED);
            let contact = back.contacts.get(&ben).unwrap();
            assert_eq!(contact.petname.as_deref(), Some("Benny"));
            assert!(back.relations.get(&ben).unwrap().circles().eq(["climbing", "family"]));
            assert!(back.hidden.contains(&ShareId::from([1; 20])));
            assert!(back.account.receipts && back.account.words_confirmed && !back.account.relay_only);

            // What the earlier build had published changes nothing any more.
            let mut merged = vault.clone();
            merged.merge(&published());
            for id in people() {
                assert_eq!(merged.get::<Stance>(&id), vault.get(&id));
            }
            profile.close().await;
        })
        .await;
}

#[test]
fn a_vault_of_version_1_alone_says_who_is_a_contact() {
    let (mut vault, mut tables) = (Vault::default(), Tables::empty(super::device::account()));
    vault.merge(&published());
    assert!(vault.merge(&published()).is_empty());
    assert!(!vault.is_sealed(), "it is written anew, in the version that merges");
    assert!(vault.get::<Heir>(&Only).is_some());
    Rc::make_mut(&mut tables.publication).vault = vault;
    apply(&mut tables, &ring(1).id(), platform::now_ms());
    assert_eq!(decisions(&tables), DECIDED);
}
