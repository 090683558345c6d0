//! Child processes, whose failures are one sentence with the command.

use std::ffi::OsStr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// A command that starts in the workspace's root, free of what `cargo run` told this process.
///
/// Cargo describes the package being run in variables that would make a nested Cargo build things anew, and
/// points the dynamic linker at its own compiler's libraries, which another compiler must not load.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::workspace::root());
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let described = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_"];
        if described.iter().any(|prefix| text.starts_with(prefix)) || text == "CARGO" {
            command.env_remove(&name);
        }
    }
    command.env_remove("LD_LIBRARY_PATH");
    command
}

/// Runs a command to its end; its output is shown.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command while `work` is done, and waits for both. If `work` fails, the command is ended.
pub(crate) fn beside<T>(command: &mut Command, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let done = work();
    if done.is_err() {
        // Fails only where it has ended already.
        child.kill().ok();
    }
    let status = child.wait()?;
    let done = done?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(done)
}

/// Runs a command to its end and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, stderr.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command can be started and ends well; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// How often to look whether what runs beside this program still runs, while it waits for something else.
pub(crate) const LOOK: Duration = Duration::from_millis(200);

/// A program that runs beside this one, with all that it starts; dropping it ends them.
pub(crate) struct Group(Child);

impl Group {
    /// Starts a program that reads no input.
    ///
    /// On Unix it leads a process group of its own: a Ctrl-C in the terminal reaches this process alone, which then
    /// ends the group.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let spawned = command.stdin(Stdio::null()).spawn();
        Ok(Self(spawned.with_context(|| format!("cannot start `{}`", shown(command)))?))
    }

    /// What it writes to standard output, if that was asked to be piped; once.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// How it has ended; none while it runs.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = format!("-{}", self.0.id());
        if !(cfg!(unix) && succeeds(Command::new("kill").args(["-TERM", "--", &group]))) {
            // Fails only where it has ended already.
            self.0.kill().ok();
        }
        self.0.wait().ok();
    }
}

/// From now on Ctrl-C, and being asked to end, arrive here instead of ending this process.
pub(crate) fn asked_to_end() -> Result<mpsc::Receiver<()>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let set = ctrlc::set_handler(move || {
        // A second one while the first waits is the same.
        sender.try_send(()).ok();
    });
    set.context("cannot listen for Ctrl-C")?;
    Ok(receiver)
}

/// The command as one could type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_runs_beside_the_work_is_waited_for_and_ends_with_it() {
        assert_eq!(beside(&mut Command::new("true"), || Ok(7)).unwrap(), 7);
        assert!(beside(&mut Command::new("false"), || Ok(7)).is_err());
        let since = Instant::now();
        let failed =
            beside(Command::new("sleep").arg("600"), || Result::<()>::Err(anyhow::anyhow!("no room")));
        assert_eq!(failed.unwrap_err().to_string(), "no room");
        assert!(since.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_group_ends_with_all_that_it_started() {
        let mut shell = Command::new("sh");
        // The pipe closes when the last process that holds it has ended.
        let mut group =
            Group::start(shell.args(["-c", "sleep 600 & echo ready; wait"]).stdout(Stdio::piped())).unwrap();
        let mut stdout = group.stdout().unwrap();
        let mut ready = [0; 6];
        stdout.read_exact(&mut ready).unwrap();
        assert_eq!(&ready, b"ready\n");
        assert!(group.ended().unwrap().is_none());
        drop(group);
        assert_eq!(stdout.read(&mut ready).unwrap(), 0);
    }
}
