//! A relay on this machine.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Group};
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::workspace;

/// Builds the relay while `others` builds what else is needed, and gives its program.
///
/// Each has moments in which only one core has work.
pub(crate) fn build_beside(
    mode: Mode,
    stages: &mut Stages,
    others: impl FnOnce(&mut Stages) -> Result<()>,
) -> Result<PathBuf> {
    let mut cargo = process::command("cargo");
    cargo.args(["build", "--package", "spinney-relay", "--profile", mode.profile()]);
    println!("\n== compile the relay, while the page is built");
    process::beside(&mut cargo, || others(stages))?;
    Ok(workspace::target().join(mode.folder()).join("spinney-relay"))
}

/// A running relay, stopped when this is dropped.
pub(crate) struct Relay {
    process: Group,
    /// Kept open: a relay that cannot write would stop.
    _stdout: BufReader<ChildStdout>,
    address: String,
}

impl Relay {
    /// Starts the relay on a port of loopback, and waits until it listens.
    pub(crate) fn start(program: &Path, port: u16, data: &Path, page: Option<&Path>) -> Result<Self> {
        let mut command = process::command(program);
        command.arg("--listen").arg(format!("127.0.0.1:{port}")).arg("--data").arg(data);
        if let Some(page) = page {
            command.arg("--page").arg(page);
        }
        // Page and gateway on one origin: nowhere else, but here nobody else is served.
        command.env("SPINNEY_RELAY_GATEWAY", "on");
        // On one machine there is no address to learn.
        command.env("SPINNEY_RELAY_STUN", "off");
        let mut process = Group::start(command.stdout(Stdio::piped()))?;
        let mut stdout = BufReader::new(process.stdout().expect("standard output was asked to be piped"));
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening ") else {
            bail!("the relay did not start: `{}` said {line:?}", process::shown(&command));
        };
        Ok(Self { address: address.to_owned(), process, _stdout: stdout })
    }

    /// The multiaddr under which pages reach it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Fails if the relay has ended.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        match self.process.ended()? {
            Some(status) => bail!("the relay ended ({status})"),
            None => Ok(()),
        }
    }
}

/// The port of the last start, or a free one that is then remembered.
///
/// Another port would be another origin, in which browsers find nothing of what they kept; so it never changes
/// by itself.
pub(crate) fn port(home: &Path) -> Result<u16> {
    let file = home.join("port");
    if let Ok(text) = fs::read_to_string(&file) {
        let port =
            text.trim().parse().with_context(|| format!("{} holds no port: delete it", file.display()))?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
            bail!(
                "port {port} is taken: if another `cargo xtask up` runs, Spinney is at http://localhost:{port}/ \
                 already; if not, delete {} to take another port",
                file.display()
            );
        }
        return Ok(port);
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    fs::write(&file, port.to_string()).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_stays_the_same() {
        let home = tempfile::tempdir().unwrap();
        // The folder is made by the first start.
        let home = home.path().join("not yet");
        let first = port(&home).unwrap();
        assert_eq!(port(&home).unwrap(), first);
    }

    #[test]
    fn a_port_in_use_is_not_changed_but_said() {
        let home = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let number = taken.local_addr().unwrap().port();
        fs::write(home.path().join("port"), format!("{number}\n")).unwrap();
        let said = port(home.path()).unwrap_err().to_string();
        assert!(said.starts_with(&format!("port {number} is taken")), "{said}");
        drop(taken);
        assert_eq!(port(home.path()).unwrap(), number);
    }
}
