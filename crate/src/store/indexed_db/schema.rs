//! The object stores of a database, and the migrations from earlier versions.
//!
//! A released migration never changes. The next change of the schema is a new migration.

use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbTransaction};

/// Object store of blocks by CID.
pub(super) const BLOCKS: &str = "blocks";
/// Object store of the blocks' sizes by CID.
pub(super) const SIZES: &str = "sizes";
/// Object store of numbers by name.
pub(super) const COUNTERS: &str = "counters";

/// Brings a database from one version to the next, inside of the upgrade transaction.
pub type Migration = fn(&IdbDatabase, &IdbTransaction) -> Result<(), JsValue>;

/// The schema of a database.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The object stores that must be there after the last migration, sorted by name.
    pub stores: &'static [&'static str],
    /// All migrations, beginning with an empty database. Their number is the version.
    pub migrations: &'static [Migration],
}

/// The schema of this build.
pub const CURRENT: Schema = Schema { stores: &FIRST_STORES, migrations: &[first] };

const FIRST_STORES: [&str; 9] =
    [BLOCKS, COUNTERS, "drafts", "keystore", "meta", "records", SIZES, "state", "transfers"];

fn first(database: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    FIRST_STORES.iter().try_for_each(|name| database.create_object_store(name).map(drop))
}
