//! Sealed rows: names and values that only the unlocked profile can read.
//!
//! A row's key is a keyed hash of its name, its value a box under the storage key around name and value. So nobody who
//! has only the disk can tell rows apart or exchange one for another.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::crypto;
use crate::engine::Error;
use crate::keys::Ring;
use crate::store::{RowStore, Table, Write};

/// Context of the storage box.
const LABEL: &str = "storage";

/// Seals and opens the rows of one profile.
pub(super) struct SealedRows {
    key: Zeroizing<[u8; 32]>,
    index: Zeroizing<[u8; 32]>,
}

impl SealedRows {
    pub(super) fn new(ring: &Ring) -> Self {
        Self { key: Zeroizing::new(*ring.storage_key()), index: Zeroizing::new(*ring.storage_index()) }
    }

    /// Opens every row of these tables.
    pub(super) async fn open(
        &self,
        store: &Rc<dyn RowStore>,
        tables: &[Table],
    ) -> Result<OpenedTables, Error> {
        let mut opened = BTreeMap::new();
        for table in tables {
            for (key, sealed) in store.rows(*table).await? {
                let plain = crypto::boxed::open(&self.key, LABEL, &sealed)
                    .map_err(|_| Error::Storage("a row does not open with this profile's key".into()))?;
                let (name, _): (String, serde::de::IgnoredAny) = parse(&plain)?;
                if self.row_key(&name) != key {
                    return Err(Error::Storage("a row stands under another's name".into()));
                }
                opened.insert((*table, name), plain);
            }
        }
        Ok(OpenedTables(opened))
    }

    fn row_key(&self, name: &str) -> Vec<u8> {
        crypto::keyed_hash(&self.index, name.as_bytes()).to_vec()
    }
}

/// Adds sealed rows to a write.
pub(super) struct RowWriter<'a> {
    sealed: &'a SealedRows,
    write: &'a mut Write,
}

impl<'a> RowWriter<'a> {
    pub(super) fn new(sealed: &'a SealedRows, write: &'a mut Write) -> Self {
        Self { sealed, write }
    }

    /// Adds that the row `name` holds `value`.
    pub(super) fn put<T: Serialize>(&mut self, table: Table, name: &str, value: &T) {
        let plain = serde_ipld_dagcbor::to_vec(&(name, value)).expect("rows are plain data");
        let sealed = crypto::boxed::seal(&self.sealed.key, LABEL, &Zeroizing::new(plain));
        self.write.rows.push((table, self.sealed.row_key(name), Some(sealed)));
    }

    /// Adds that there is no row `name`.
    pub(super) fn remove(&mut self, table: Table, name: &str) {
        self.write.rows.push((table, self.sealed.row_key(name), None));
    }
}

/// The opened rows of some tables, by table and name.
pub(super) struct OpenedTables(BTreeMap<(Table, String), Zeroizing<Vec<u8>>>);

impl OpenedTables {
    /// The value of one row.
    pub(super) fn one<T: DeserializeOwned>(&self, table: Table, name: &str) -> Result<Option<T>, Error> {
        let Some(plain) = self.0.get(&(table, name.to_owned())) else { return Ok(None) };
        let (_, value): (String, T) = parse(plain)?;
        Ok(Some(value))
    }

    /// Every row whose name begins with `prefix`, and the rest of its name.
    pub(super) fn with_prefix<T: DeserializeOwned>(
        &self,
        table: Table,
        prefix: &str,
    ) -> Result<Vec<(String, T)>, Error> {
        let rows = self.0.range((table, prefix.to_owned())..);
        rows.map_while(|((of, name), plain)| {
            Some((name.strip_prefix(prefix).filter(|_| *of == table)?, plain))
        })
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
