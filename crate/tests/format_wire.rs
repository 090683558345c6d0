//! The transcripts in `vectors/wire`, spoken through the code of both sides.
//!
//! A server whose storage answers as the transcript says must send exactly its bytes; a client that asks what it says
//! must send exactly its bytes, and understand the answers.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "format_wire/client.rs"]
mod client;
#[path = "format_wire/server.rs"]
mod server;

use std::fs;
use std::path::Path;

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use futures::{AsyncReadExt, AsyncWriteExt, future::join};
use serde_json::Value as Json;
use spinney::format::Cid;
use spinney::keys::Id;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

type Pipe = Compat<tokio::io::DuplexStream>;

/// What a stream may hold that nobody reads yet: more than the longest message.
const PIPE: usize = 64 << 10;

struct Transcript {
    name: String,
    protocol: String,
    steps: Vec<Step>,
    refused: Option<String>,
    /// Whether our own client never sends this.
    is_foreign: bool,
    /// What else both sides start from.
    given: Json,
}

struct Step {
    from_client: bool,
    bytes: Vec<u8>,
    says: Json,
}

impl Step {
    /// The name of the message.
    fn name(&self) -> &str {
        self.says.as_str().unwrap_or_else(|| self.says.as_object().unwrap().keys().next().unwrap())
    }

    /// A field of the message.
    fn field(&self, field: &str) -> Option<&Json> {
        self.says[self.name()].get(field)
    }

    fn int(&self, field: &str) -> Option<u64> {
        self.field(field).map(|value| value.as_u64().unwrap())
    }

    fn bytes(&self, field: &str) -> Option<Vec<u8>> {
        self.field(field).map(bytes)
    }

    fn id(&self, field: &str) -> Id {
        id(self.field(field).unwrap())
    }

    fn cid(&self, field: &str) -> Option<Cid> {
        self.field(field).map(cid)
    }

    fn cids(&self) -> Vec<Cid> {
        self.field("cids").unwrap().as_array().unwrap().iter().map(cid).collect()
    }

    /// The keys of 32 bytes in a list.
    fn digests(&self, field: &str) -> Vec<[u8; 32]> {
        let list = self.field(field).unwrap().as_array().unwrap();
        list.iter().map(|value| bytes(value).try_into().unwrap()).collect()
    }

    /// The refusal, if it is one.
    fn refusal<R: serde::de::DeserializeOwned>(&self) -> Option<R> {
        (self.name() == "refused").then(|| serde_json::from_value(self.says["refused"].clone()).unwrap())
    }
}

impl Transcript {
    /// Bytes that are given in hexadecimal.
    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        let text = self.given[name].as_str().unwrap();
        HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// The block of this name, of those that are given in hexadecimal.
    fn block(&self, cid: &Cid) -> Vec<u8> {
        let blocks = self.given["blocks"].as_array().unwrap().iter();
        let mut blocks = blocks.map(|block| HEXLOWER.decode(block.as_str().unwrap().as_bytes()).unwrap());
        blocks.find(|block| spinney::format::is_block(cid, block)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        self.given[name].as_str().unwrap().to_owned()
    }

    fn id(&self, name: &str) -> Id {
        Id::from_bytes(&self.array(name)).unwrap()
    }
}

fn bytes(value: &Json) -> Vec<u8> {
    BASE64_NOPAD.decode(value["/"]["bytes"].as_str().unwrap().as_bytes()).unwrap()
}

fn id(value: &Json) -> Id {
    Id::from_bytes(&bytes(value).try_into().unwrap()).unwrap()
}

fn cid(value: &Json) -> Cid {
    value["/"].as_str().unwrap().parse().unwrap()
}

fn transcripts() -> Vec<Transcript> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wire");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let transcripts = paths.iter().map(|path| {
        let json: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let steps = json["given"]["steps"].as_array().unwrap().iter().map(|step| Step {
            from_client: step["from"] == "client",
            bytes: HEXLOWER.decode(step["bytes"].as_str().unwrap().as_bytes()).unwrap(),
            says: step["says"].clone(),
        });
        Transcript {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            protocol: json["given"]["protocol"].as_str().unwrap().to_owned(),
            steps: steps.collect(),
            refused: json["refused"].as_str().map(str::to_owned),
            is_foreign: json["given"]["client_never_sends"] == true,
            given: json["given"].clone(),
        }
    });
    transcripts.collect()
}

/// Plays one side of a transcript against the code of the other: sends what this side sends, and compares what comes.
async fn play(mut stream: Pipe, transcript: &Transcript, as_client: bool) {
    for (number, step) in transcript.steps.iter().enumerate() {
        if step.from_client == as_client {
            stream.write_all(&step.bytes).await.unwrap();
            stream.flush().await.unwrap();
        } else {
            let mut came = vec![0; step.bytes.len()];
            let whole = stream.read_exact(&mut came).await;
            assert!(whole.is_ok(), "{}: the stream ends before step {number}", transcript.name);
            assert_eq!(HEXLOWER.encode(&came), HEXLOWER.encode(&step.bytes), "{} {number}", transcript.name);
        }
    }
    stream.close().await.unwrap();
    let mut behind = Vec::new();
    // The code may close first.
    stream.read_to_end(&mut behind).await.ok();
    assert!(behind.is_empty(), "{}: more than the transcript has", transcript.name);
}

fn pipe() -> (Pipe, Pipe) {
    let (near, far) = tokio::io::duplex(PIPE);
    (near.compat(), far.compat())
}

/// Runs in a runtime that has timers, which streams that wait for a peer need.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.unwrap().block_on(work)
}

#[test]
fn servers_send_the_bytes_of_every_transcript() {
    let all: Vec<_> = transcripts().into_iter().filter(|one| one.refused.is_none()).collect();
    assert!(all.len() > 10, "the transcripts were not found");
    for transcript in &all {
        let (near, far) = pipe();
        let ((), served) = block_on(join(play(near, transcript, true), server::serve(far, transcript)));
        assert_eq!(served, Ok(()), "{}", transcript.name);
    }
}

#[test]
fn clients_send_the_bytes_of_every_transcript_and_understand_the_answers() {
    for transcript in transcripts().iter().filter(|one| one.refused.is_none() && !one.is_foreign) {
        let (near, far) = pipe();
        block_on(join(play(far, transcript, false), client::speak(near, transcript)));
    }
}

#[test]
fn a_message_that_is_none_ends_the_stream_without_an_answer() {
    let all: Vec<_> = transcripts().into_iter().filter(|one| one.refused.is_some()).collect();
    assert!(all.len() > 3, "the transcripts were not found");
    for transcript in &all {
        let (near, far) = pipe();
        let ((), served) = block_on(join(play(near, transcript, true), server::serve(far, transcript)));
        assert_eq!(served, Err("violation"), "{}", transcript.name);
    }
}
