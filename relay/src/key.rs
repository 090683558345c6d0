//! The relay's own key, generated at the first start and stored in the data folder.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use libp2p::identity::Keypair;

use crate::private;

/// The file of the key, in libp2p's protobuf form.
const NAME: &str = "key";

/// Reads the key, or generates one and syncs it to the disk.
pub(crate) fn load(folder: &Path) -> io::Result<Keypair> {
    let path = folder.join(NAME);
    match fs::read(&path) {
        Ok(bytes) => Keypair::from_protobuf_encoding(&bytes).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "the file `key` holds no key: restore it")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = Keypair::generate_ed25519();
            let bytes = key.to_protobuf_encoding().expect("an Ed25519 key has a protobuf form");
            let new = folder.join("key.new");
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
