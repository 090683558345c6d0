//! State at rest: rows whose names and values only the unlocked profile can read.
//!
//! A row's key is a keyed hash of its name, its value a box under the storage key around name and value, so that
//! rows can neither be told apart nor exchanged for one another by somebody who has only the disk.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::crypto;
use crate::keys::Ring;
use crate::store::{Store, Table, Write};

use super::Error;

/// Context of the storage box.
const LABEL: &str = "storage";

/// The sealed rows of one profile's database.
pub(super) struct Rows {
    store: Rc<dyn Store>,
    key: Zeroizing<[u8; 32]>,
    index: Zeroizing<[u8; 32]>,
}

impl Rows {
    pub(super) fn new(store: Rc<dyn Store>, ring: &Ring) -> Self {
        Self { store, key: Zeroizing::new(*ring.storage_key()), index: Zeroizing::new(*ring.storage_index()) }
    }

    /// Adds to `write` that the row `name` holds `value`.
    pub(super) fn put<T: Serialize>(&self, write: &mut Write, table: Table, name: &str, value: &T) {
        let plain = serde_ipld_dagcbor::to_vec(&(name, value)).expect("rows are plain data");
        let sealed = crypto::boxed::seal(&self.key, LABEL, &Zeroizing::new(plain));
        write.rows.push((table, self.row_key(name), Some(sealed)));
    }

    /// Adds to `write` that there is no row `name`.
    pub(super) fn remove(&self, write: &mut Write, table: Table, name: &str) {
        write.rows.push((table, self.row_key(name), None));
    }

    /// Writes one row durably.
    pub(super) async fn set<T: Serialize>(&self, table: Table, name: &str, value: &T) -> Result<(), Error> {
        let mut write = Write::strict();
        self.put(&mut write, table, name, value);
        Ok(self.store.commit(write).await?)
    }

    /// The value of row `name`.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        table: Table,
        name: &str,
    ) -> Result<Option<T>, Error> {
        let key = self.row_key(name);
        let Some(sealed) = self.store.row(table, &key).await? else { return Ok(None) };
        self.open(&key, &sealed).map(|(_, value)| Some(value))
    }

    /// Every row of `table` whose name begins with `prefix`, and the rest of its name.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        table: Table,
        prefix: &str,
    ) -> Result<Vec<(String, T)>, Error> {
        let mut found = Vec::new();
        for (key, sealed) in self.store.rows(table).await? {
            let plain = self.plain(&sealed)?;
            let (name, _): (String, serde::de::IgnoredAny) = parse(&plain)?;
            if let Some(rest) = name.strip_prefix(prefix) {
                let (_, value) = self.open(&key, &sealed)?;
                found.push((rest.to_owned(), value));
            }
        }
        Ok(found)
    }

    /// Every row of `table`, opened once for all prefixes that are then asked for.
    pub(super) async fn read(&self, table: Table) -> Result<Opened, Error> {
        let mut rows = BTreeMap::new();
        for (key, sealed) in self.store.rows(table).await? {
            let plain = self.plain(&sealed)?;
            let (name, _): (String, serde::de::IgnoredAny) = parse(&plain)?;
            self.check_name(&key, &name)?;
            rows.insert(name, plain);
        }
        Ok(Opened(rows))
    }

    fn open<T: DeserializeOwned>(&self, key: &[u8], sealed: &[u8]) -> Result<(String, T), Error> {
        let (name, value): (String, T) = parse(&self.plain(sealed)?)?;
        self.check_name(key, &name)?;
        Ok((name, value))
    }

    fn check_name(&self, key: &[u8], name: &str) -> Result<(), Error> {
        if self.row_key(name) == key {
            Ok(())
        } else {
            Err(Error::Storage("a row stands under another's name".into()))
        }
    }

    fn plain(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        crypto::boxed::open(&self.key, LABEL, sealed)
            .map_err(|_| Error::Storage("a row does not open with this profile's key".into()))
    }

    fn row_key(&self, name: &str) -> Vec<u8> {
        blake3::keyed_hash(&self.index, name.as_bytes()).as_bytes().to_vec()
    }
}

/// The opened rows of a table.
pub(super) struct Opened(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Opened {
    /// Every row whose name begins with `prefix`, and the rest of its name.
    pub(super) fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, T)>, Error> {
        let rows = self.0.range(prefix.to_owned()..);
        rows.map_while(|(name, plain)| Some((name.strip_prefix(prefix)?, plain)))
            .map(|(rest, plain)| {
                let (_, value): (String, T) = parse(plain)?;
                Ok((rest.to_owned(), value))
            })
            .collect()
    }
}

fn parse<T: DeserializeOwned>(plain: &[u8]) -> Result<T, Error> {
    serde_ipld_dagcbor::from_slice(plain)
        .map_err(|why| Error::Storage(format!("a row cannot be read: {why}")))
}
