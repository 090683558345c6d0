//! What the machine has, and how it gets what it lacks.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Finds a program in the search path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Finds a program, or installs the Debian packages that bring it where it may.
pub(crate) fn program_of(name: &str, packages: &[&str]) -> Result<PathBuf> {
    if program(name).is_none() && may_install() {
        install(packages)?;
    }
    program(name)
        .with_context(|| format!("{name} is missing: on Debian, `apt-get install {}`", packages.join(" ")))
}

/// Whether this process may install Debian packages.
pub(crate) fn may_install() -> bool {
    apt().is_some()
}

/// Installs Debian packages.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let Some(apt) = apt() else {
        bail!("install these packages: {}", packages.join(" "));
    };
    println!("installing {}", packages.join(" "));
    let words = |more: &[&str]| {
        let mut command = process::command(apt[0]);
        command.args(&apt[1..]).args(more).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::run(&mut words(&["update", "-qq"]))?;
    process::run(
        words(&["install", "-y", "-qq", "--no-install-recommends"]).args(packages.iter().map(OsStr::new)),
    )
}

/// The words that start `apt-get` with the right to install, if there are any.
fn apt() -> Option<Vec<&'static str>> {
    program("apt-get")?;
    let root = process::output(process::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Some(vec!["apt-get"]);
    }
    let sudo = process::succeeds(process::command("sudo").args(["-n", "true"]));
    sudo.then(|| vec!["sudo", "-n", "apt-get"])
}
