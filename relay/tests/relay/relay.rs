//! Relays to test: in this process, or as one of their own.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use libp2p::{Multiaddr, multiaddr::Protocol};
use serde_json::Value;
use spinney_relay::{Config, Server, start};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A relay in this process with a folder of its own.
pub(crate) struct Local {
    pub(crate) running: Server,
    pub(crate) folder: TempDir,
}

impl Local {
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running = start_in(folder.path(), set).await;
        Self { running, folder }
    }

    /// A relay on a folder that is there already.
    pub(crate) async fn at(folder: TempDir) -> Self {
        Self::at_with(folder, |_| ()).await
    }

    pub(crate) async fn at_with(folder: TempDir, set: impl FnOnce(&mut Config)) -> Self {
        Self { running: start_in(folder.path(), set).await, folder }
    }

    pub(crate) fn address(&self) -> &Multiaddr {
        &self.running.addresses()[0]
    }

    /// Stops it and starts it again in the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.running.stop().await;
        Self::at(self.folder).await
    }

    pub(crate) async fn counter(&self, name: &str) -> u64 {
        let health: Value = serde_json::from_str(&get(self.running.local(), "/healthz").await.1).unwrap();
        health["counters"][name].as_u64().unwrap_or_else(|| panic!("no counter {name} in {health}"))
    }
}

async fn start_in(folder: &Path, set: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config {
        data: folder.into(),
        listen: ([127, 0, 0, 1], 0).into(),
        stun: spinney_relay::Stun::Off,
        ..Config::default()
    };
    set(&mut config);
    start(config).await.expect("the relay starts")
}

/// Asks over HTTP as plainly as can be: head and body of the answer.
pub(crate) async fn get(address: std::net::SocketAddr, path: &str) -> (String, String) {
    let (head, body) = get_with(address, path, "").await;
    (head, String::from_utf8(body).unwrap())
}

/// The same with more lines in the head, and the body as bytes.
pub(crate) async fn get_with(address: std::net::SocketAddr, path: &str, more: &str) -> (String, Vec<u8>) {
    ask(address, &format!("GET {path}"), more, b"").await
}

/// The same with any method, as in `PUT /path`, and a body.
pub(crate) async fn ask(
    address: std::net::SocketAddr,
    what: &str,
    more: &str,
    body: &[u8],
) -> (String, Vec<u8>) {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let head = format!("{what} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n{length}{more}\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    (String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase(), answer[end + 4..].to_vec())
}

/// The real program in a process of its own; killed without warning when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: Multiaddr,
}

impl Program {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::with(folder, |_| ())
    }

    /// The same, with its log in a file.
    pub(crate) fn logging(folder: &Path, log: &Path) -> Self {
        let log = File::create(log).unwrap();
        Self::with(folder, |command| {
            command.stderr(log).env_remove("RUST_LOG");
        })
    }

    fn with(folder: &Path, set: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinney-relay"));
        set(&mut command);
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            // The work itself has its own tests.
            .env("SPINNEY_RELAY_WORK", "0")
            .env("SPINNEY_RELAY_STUN", "off")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening ").unwrap_or_else(|| panic!("it said {line:?}"));
        Self { address: address.parse().unwrap(), child }
    }

    /// Where it answers over HTTP.
    pub(crate) fn http(&self) -> std::net::SocketAddr {
        let port = self.address.iter().find_map(|part| match part {
            Protocol::Tcp(port) => Some(port),
            _ => None,
        });
        ([127, 0, 0, 1], port.expect("it listens on a port")).into()
    }

    /// Bytes of memory that it has needed at most.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says it");
        let kilobytes: u64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
        kilobytes << 10
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; the exit must be clean.
    pub(crate) fn terminate(mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
