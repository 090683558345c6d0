//! `cargo xtask dev`: a relay and the page on this machine, which shows every saved change.

use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use crate::compiler::Compiler;
use crate::process::{self, Group};
use crate::relay::{self, Relay};
use crate::stages::Stages;
use crate::wasm::{self, Mode};
use crate::{npm, workspace};

/// There is nothing to set.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// How long files must be left alone before they are built: an editor writes several at once.
const QUIET: Duration = Duration::from_millis(200);

/// What the wasm is made from, below the workspace's root.
const SOURCES: [&str; 4] = ["crate/src", "crate/Cargo.toml", "crate/crypto", "Cargo.toml"];

/// Tells the page's server where the relay is.
const RELAYS: &str = "SPINNEY_DEV_RELAYS";

/// Builds the relay and the wasm in the dev profile, starts the relay and the page's server, and runs until Ctrl-C.
///
/// A change of a style is shown in place; one of the page's code, or of the crate, loads the page anew. The relay stays
/// as it was built.
pub(crate) fn run(_: &Args) -> Result<()> {
    let [page_port, relay_port] = ["page", "relay"].map(|name| relay::port(&home().join(name)));
    let (page_port, relay_port) = (page_port?, relay_port?);
    let mut stages = Stages::default();
    let program = relay::build_beside(Mode::Dev, &mut stages, |stages| {
        npm::install(stages)?;
        wasm::build(stages, Compiler::find()?, Mode::Dev)
    })?;

    let end = process::asked_to_end()?;
    let (_watcher, changes) = watch()?;
    let mut relay = Relay::start(&program, relay_port, &home().join("relay/data"), None)?;
    let relays = serde_json::json!([relay.address()]);
    let mut vite = process::command(npm::program("vite"));
    vite.args([
        "--host",
        "127.0.0.1",
        "--strictPort",
        "--clearScreen",
        "false",
        "--port",
        &page_port.to_string(),
    ]);
    let mut vite = Group::start(vite.env(RELAYS, relays.to_string()).current_dir(workspace::www()))?;
    println!(
        "\nSpinney is at http://localhost:{page_port}/, its parts at http://localhost:{page_port}/parts (Ctrl-C stops it)"
    );

    let mut build: Option<Build> = None;
    while end.try_recv().is_err() {
        relay.must_run()?;
        if let Some(status) = vite.ended()? {
            bail!("the page's server ended ({status})");
        }
        match changes.recv_timeout(process::LOOK) {
            // A build that runs is of what is no longer there.
            Ok(()) => {
                drop(build.take());
                build = Some(Build::start()?);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("changes of the crate can no longer be watched"),
        }
        if let Some(running) = &mut build
            && running.is_over()?
        {
            build = None;
        }
    }
    Ok(())
}

/// Where everything of `dev` is kept: apart from what `up` keeps, which has another origin.
fn home() -> PathBuf {
    workspace::root().join(".spinney/dev")
}

/// Sends once for every change of the crate, while the watcher is kept.
fn watch() -> Result<(Debouncer<RecommendedWatcher>, mpsc::Receiver<()>)> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let mut debouncer = new_debouncer(QUIET, move |result: DebounceEventResult| match result {
        // One that waits already stands for this one too.
        Ok(_) => {
            sender.try_send(()).ok();
        }
        Err(error) => eprintln!("error: {error}"),
    })
    .context("cannot watch files")?;
    for source in SOURCES {
        let path = workspace::root().join(source);
        let watched = debouncer.watcher().watch(&path, RecursiveMode::Recursive);
        watched.with_context(|| format!("cannot watch {}", path.display()))?;
    }
    Ok((debouncer, receiver))
}

/// The wasm being built by this program started again, so that all of it can be ended at once.
struct Build {
    process: Group,
    since: Instant,
}

impl Build {
    fn start() -> Result<Self> {
        println!("\nthe crate has changed");
        let xtask = std::env::current_exe().context("cannot find this program")?;
        let process = Group::start(process::command(xtask).args(["build", "--dev", "--wasm"]))?;
        Ok(Self { process, since: Instant::now() })
    }

    /// Whether it has ended, which it then says.
    fn is_over(&mut self) -> Result<bool> {
        let Some(status) = self.process.ended()? else { return Ok(false) };
        if status.success() {
            println!("the page has the new wasm after {:.1} s", self.since.elapsed().as_secs_f64());
        } else {
            println!("the wasm was not built; the page keeps the one before");
        }
        Ok(true)
    }
}
