//! The relay's own key, generated at the first start and stored in the data folder.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use libp2p::identity::Keypair;
use zeroize::Zeroizing;

use crate::private;

/// The file of the key, in libp2p's protobuf form.
const NAME: &str = "key";

/// Reads the key, or generates one and syncs it to the disk.
pub(crate) fn load(folder: &Path) -> io::Result<Keypair> {
    load_or_make(
        folder,
        NAME,
        |bytes| Keypair::from_protobuf_encoding(bytes).ok(),
        || {
            let key = Keypair::generate_ed25519();
            let bytes = key.to_protobuf_encoding().expect("an Ed25519 key has a protobuf form");
            (key, Zeroizing::new(bytes))
        },
    )
}

/// Reads the key in a file, or makes one and syncs it to the disk, for the owner of the file alone.
pub(crate) fn load_or_make<K>(
    folder: &Path,
    name: &str,
    parse: impl FnOnce(&[u8]) -> Option<K>,
    make: impl FnOnce() -> (K, Zeroizing<Vec<u8>>),
) -> io::Result<K> {
    let path = folder.join(name);
    match fs::read(&path).map(Zeroizing::new) {
        Ok(bytes) => parse(&bytes).ok_or_else(|| {
            let what = format!("the file `{name}` holds no key: restore it");
            io::Error::new(io::ErrorKind::InvalidData, what)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (key, bytes) = make();
            let new = folder.join(format!("{name}.new"));
            let mut file = private::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(new, path)?;
            File::open(folder)?.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_the_same_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = load(folder.path()).unwrap();
        assert_eq!(load(folder.path()).unwrap().public(), key.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_is_said_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), b"no key").unwrap();
        assert!(load(folder.path()).is_err());
        assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), b"no key");
    }
}
