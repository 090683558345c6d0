//! `cargo xtask up`: a relay and the page on this machine.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{page, process, wasm, workspace};

/// How to build.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build quickly, for everyday work: the wasm is not optimised.
    #[arg(long)]
    dev: bool,
}

/// Builds what changed, starts the relay with the page, prints its address, and runs until Ctrl-C.
///
/// The relay's data and the port survive in an ignored folder, hence the page's origin and what browsers keep of it.
pub(crate) fn run(args: &Args) -> Result<()> {
    // First of all: whoever already runs serves from the folder that is about to be replaced.
    let port = port(&home())?;
    let mut stages = Stages::default();
    let mode = if args.dev { Mode::Dev } else { Mode::Release };
    wasm::build(&mut stages, Compiler::find()?, mode)?;
    page::build(&mut stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--package", "spinney-relay"]))
    })?;

    let page = home().join("page");
    copy(&workspace::dist(), &page)?;
    let mut relay = Relay::start(port, &page)?;
    let config = serde_json::json!({ "relays": relay.addresses });
    fs::write(page.join("config.json"), config.to_string()).context("cannot write the page's config.json")?;
    stages.print();
    println!("\nSpinney is at http://localhost:{port}/ (Ctrl-C stops it)");
    relay.wait()
}

/// Where everything of `up` is kept.
fn home() -> PathBuf {
    workspace::root().join(".spinney")
}

/// A running relay, stopped when this is dropped.
struct Relay {
    child: Child,
    /// Kept open: a relay that cannot write would stop.
    _stdout: BufReader<ChildStdout>,
    addresses: Vec<String>,
}

impl Relay {
    /// Starts the relay and waits until it listens.
    fn start(port: u16, page: &Path) -> Result<Self> {
        let mut command = process::command(workspace::target().join("debug/spinney-relay"));
        command.arg("--listen").arg(format!("127.0.0.1:{port}"));
        command.arg("--data").arg(home().join("relay")).arg("--page").arg(page);
        // Page and gateway on one origin: nowhere else, but here nobody else is served.
        command.env("SPINNEY_RELAY_GATEWAY", "on");
        // On one machine there is no address to learn.
        command.env("SPINNEY_RELAY_STUN", "off");
        let spawned = command.stdout(Stdio::piped()).spawn();
        let mut child = spawned.with_context(|| format!("cannot start `{}`", process::shown(&command)))?;
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output was asked to be piped"));

        let pid = child.id().to_string();
        ctrlc::set_handler(move || {
            // The relay ends by itself on Ctrl-C; whoever asks only this process to end means both.
            process::succeeds(Command::new("kill").args(["-TERM", &pid]));
        })
        .context("cannot listen for Ctrl-C")?;

        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening ") else {
            bail!("the relay did not start: `{}` said {line:?}", process::shown(&command));
        };
        Ok(Self { child, addresses: vec![address.to_owned()], _stdout: stdout })
    }

    /// Waits until the relay has stopped.
    fn wait(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the relay ended ({status})");
        }
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        self.child.kill().ok();
    }
}

/// The port of the last start, or a free one that is then remembered.
///
/// Another port would be another origin, in which browsers find nothing of what they kept; so it never changes
/// by itself.
fn port(home: &Path) -> Result<u16> {
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

/// Makes `to` a copy of the folder `from`.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    copy_into(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn copy_into(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_into(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new empty folder, removed when this is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("spinney-up-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a temporary folder can be made");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn the_port_stays_the_same() {
        let home = Folder::new("same");
        // The folder is made by the first start.
        let home = home.0.join("not yet");
        let first = port(&home).unwrap();
        assert_eq!(port(&home).unwrap(), first);
    }

    #[test]
    fn a_port_in_use_is_not_changed_but_said() {
        let home = Folder::new("taken");
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let number = taken.local_addr().unwrap().port();
        fs::write(home.0.join("port"), format!("{number}\n")).unwrap();
        let said = port(&home.0).unwrap_err().to_string();
        assert!(said.starts_with(&format!("port {number} is taken")), "{said}");
        drop(taken);
        assert_eq!(port(&home.0).unwrap(), number);
    }

    #[test]
    fn a_page_leaves_nothing_of_the_one_before() {
        let folder = Folder::new("page");
        let [old, new, page] = ["old", "new", "page"].map(|name| folder.0.join(name));
        fs::create_dir_all(old.join("assets")).unwrap();
        fs::write(old.join("assets/old.js"), "old").unwrap();
        fs::create_dir_all(new.join("assets")).unwrap();
        fs::write(new.join("assets/new.js"), "new").unwrap();
        copy(&old, &page).unwrap();
        copy(&new, &page).unwrap();
        assert_eq!(fs::read_to_string(page.join("assets/new.js")).unwrap(), "new");
        assert!(!page.join("assets/old.js").exists());
    }
}
