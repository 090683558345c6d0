//! The relay as a process of its own, and what it takes of the machine.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use libp2p::Multiaddr;

/// Bytes that one identity may keep.
const QUOTA: u64 = 64 << 20;

/// Bytes that all may keep. So few that an attack on the capacity of a large relay works within seconds here.
const CAPACITY: u64 = 2 << 30;

/// A relay on a folder of its own. It is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    folder: PathBuf,
    pub(crate) address: Multiaddr,
}

impl Program {
    pub(crate) fn start(folder: &Path) -> Self {
        let data = folder.join("data");
        let log = File::create(folder.join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_spinney-relay"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("SPINNEY_RELAY_STUN", "off")
            .env("SPINNEY_RELAY_QUOTA", QUOTA.to_string())
            .env("SPINNEY_RELAY_CAPACITY", CAPACITY.to_string())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program was built");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening ").unwrap_or_else(|| panic!("it said {line:?}"));
        Self { address: address.parse().unwrap(), child, folder: folder.to_owned() }
    }

    /// Bytes of memory that it has needed at most.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the relay runs");
        let kilobytes: u64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
        kilobytes << 10
    }

    /// Bytes of its data on the disk.
    pub(crate) fn disk(&self) -> u64 {
        size(&self.folder.join("data"))
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Bytes that the files in a folder take of the disk.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        // A file that went since it was listed has no size.
        about => about.map_or(0, |about| about.blocks() * 512),
    });
    sizes.sum()
}
