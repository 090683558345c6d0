//! Files and folders that no other user of the machine may read.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

/// Opens a file for writing, which is made or emptied, for its owner alone.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    options().truncate(true).open(path)
}

/// Makes a file for its owner alone, and takes it away from others if it is there already.
pub(crate) fn claim_file(path: &Path) -> io::Result<()> {
    options().truncate(false).open(path)?;
    restrict(path, 0o600)
}

/// Makes a folder and those above it, and takes the folder away from others if it is there already.
pub(crate) fn claim_folder(path: &Path) -> io::Result<()> {
    make_folder(path)?;
    restrict(path, 0o700)
}

/// Makes a folder and those above it, each for its owner alone. A folder that is there already stays as it is.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Relays before this one left the permissions to the process that started them.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path)?.permissions().mode() & 0o777 & !mode == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| {
        let what = format!("cannot take {} away from other users of this machine: {error}", path.display());
        io::Error::new(error.kind(), what)
    })
}

#[cfg(not(unix))]
fn restrict(path: &Path, _: u32) -> io::Result<()> {
    fs::metadata(path).map(drop)
}
