//! A client of the [IPFS Pinning Service API](https://ipfs.github.io/pinning-services-api-spec/), version 1.0.
//!
//! A service is asked to hold what hangs from a block, and gets the addresses where that is. All that it answers is hostile
//! input: it has a bound in bytes and in time, must be JSON of the API, and of what was asked. The token goes into one
//! header of each request, and nowhere else.

mod endpoint;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::LocalBoxStream;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::http::{Http, Method, NoAnswer, Request, Response};
use crate::format::text;
use crate::platform;

pub use endpoint::Endpoint;

/// CIDs in one question, by the specification.
pub const CIDS_AT_ONCE: usize = 10;

/// Bytes of an answer. A hundred requests with twenty addresses each have less.
const MAX_ANSWER: usize = 256 << 10;

/// Requests in one answer: several of one person's devices may have asked for one block.
const MAX_REQUESTS: usize = 100;

/// How long an answer may take, with its body.
const PATIENCE: Duration = Duration::from_secs(30);

/// Letters of the name that a service gives to a request.
const MAX_ID: usize = 256;

/// Letters that are kept of what a service says to people.
const MAX_SAID: usize = 160;

/// How far a service has come with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It gave up.
    Failed,
    /// It will begin.
    Queued,
    /// It fetches.
    Pinning,
    /// It has everything.
    Pinned,
}

/// What a service says of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRequest {
    /// Its name at the service.
    pub id: String,
    /// The block from which everything hangs that is to be kept.
    pub cid: Cid,
    /// How far it is.
    pub status: Status,
    /// What it says of that to people.
    pub said: Option<String>,
}

/// What is wrong with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(rename = "ServiceTrouble"))]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// No answer comes, or the service does not allow pages to ask it (CORS): a browser does not say which.
    #[error("the service does not answer, or does not allow pages to ask it")]
    Unreachable,
    /// What answers is no pinning service: no JSON, something of another form or about something else, too much, or a
    /// redirect.
    #[error("what answers there is no pinning service")]
    Strange,
    /// It does not accept the token.
    #[error("the service does not accept the token")]
    Token,
    /// It has no more room for this person.
    #[error("the service has no room")]
    Full,
    /// It asks to be left alone for a while.
    #[error("the service is busy")]
    Busy,
    /// It refused for another reason.
    #[error("the service refused")]
    Refused,
    /// It is broken.
    #[error("the service is broken")]
    Failing,
}

/// Why a service did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{trouble}")]
pub struct Failure {
    /// What is wrong.
    pub trouble: Trouble,
    /// What it says of that to people.
    pub said: Option<String>,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, said: None, retry_after: None }
    }
}

impl From<NoAnswer> for Failure {
    fn from(_: NoAnswer) -> Self {
        Trouble::Unreachable.into()
    }
}

/// A service, and who asks it.
pub struct Client<'a> {
    /// Makes the requests.
    pub http: &'a Http,
    /// Where it is.
    pub endpoint: &'a Endpoint,
    /// What shows who asks.
    pub token: &'a str,
}

/// What is sent of a pin: no name and nothing else by which the service would learn more.
#[derive(Serialize)]
struct Pin<'a> {
    cid: String,
    origins: &'a [String],
}

#[derive(Deserialize)]
struct Results {
    results: Vec<PinStatus>,
}

#[derive(Deserialize)]
struct PinStatus {
    requestid: String,
    status: Status,
    pin: Pinned,
    #[serde(default)]
    info: serde_json::Value,
}

#[derive(Deserialize)]
struct Pinned {
    cid: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
    details: Option<String>,
}

impl Client<'_> {
    /// Asks whether there is a service that accepts the token.
    pub async fn check(&self) -> Result<(), Failure> {
        self.list("limit=1", 1).await.map(drop)
    }

    /// The requests for some blocks, at most [`CIDS_AT_ONCE`]: of each block the one that has come furthest.
    pub async fn find(&self, cids: &[Cid]) -> Result<Vec<PinRequest>, Failure> {
        let names: Vec<_> = cids.iter().map(Cid::to_string).collect();
        let names = names.join(",");
        let query = format!("cid={names}&status=queued,pinning,pinned,failed&limit={MAX_REQUESTS}");
        let mut found = self.list(&query, MAX_REQUESTS).await?;
        if found.iter().any(|request| !cids.contains(&request.cid)) {
            return Err(Trouble::Strange.into());
        }
        found.sort_by(|a, b| (a.cid, b.status).cmp(&(b.cid, a.status)));
        found.dedup_by_key(|request| request.cid);
        Ok(found)
    }

    /// Asks to keep what hangs from a block, and says where that is.
    pub async fn add(&self, cid: &Cid, origins: &[String]) -> Result<PinRequest, Failure> {
        let answer = self.ask(Method::Post, "/pins", Some(body(cid, origins))).await?;
        self.one(&answer?, cid)
    }

    /// Puts a request in the place of another one; none where that is gone.
    pub async fn replace(
        &self,
        id: &str,
        cid: &Cid,
        origins: &[String],
    ) -> Result<Option<PinRequest>, Failure> {
        match self.ask(Method::Post, &path(id), Some(body(cid, origins))).await? {
            Err(Answered { status: 404, .. }) => Ok(None),
            answer => self.one(&answer?, cid).map(Some),
        }
    }

    /// Takes a request back. Idempotent: one that is gone is no failure.
    pub async fn remove(&self, id: &str) -> Result<(), Failure> {
        match self.ask(Method::Delete, &path(id), None).await? {
            Ok(_) | Err(Answered { status: 404, .. }) => Ok(()),
            Err(answered) => Err(answered.into()),
        }
    }

    async fn list(&self, query: &str, limit: usize) -> Result<Vec<PinRequest>, Failure> {
        let answer = self.ask(Method::Get, &format!("/pins?{query}"), None).await??;
        let Results { results } = answer.json()?;
        if results.len() > limit {
            return Err(Trouble::Strange.into());
        }
        results.into_iter().map(|status| self.read(status)).collect()
    }

    fn one(&self, answer: &Answer, cid: &Cid) -> Result<PinRequest, Failure> {
        let request = self.read(answer.json()?)?;
        if request.cid == *cid { Ok(request) } else { Err(Trouble::Strange.into()) }
    }

    fn read(&self, status: PinStatus) -> Result<PinRequest, Failure> {
        let PinStatus { requestid: id, status, pin, info } = status;
        let cid = Cid::try_from(pin.cid.as_str()).map_err(|_| Trouble::Strange)?;
        let is_name = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
        if !is_name || id.bytes().all(|b| b == b'.') {
            return Err(Trouble::Strange.into());
        }
        let said = info.get("status_details").and_then(|said| said.as_str());
        let said = said.filter(|_| status == Status::Failed);
        Ok(PinRequest { id, cid, status, said: said.and_then(|said| self.said(said)) })
    }

    /// Sends a request, and reads all of its answer.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Result<Answer, Answered>, Failure> {
        let request = Request {
            method,
            url: format!("{}{path}", self.endpoint.as_str()),
            authorization: Zeroizing::new(format!("Bearer {}", self.token)),
            body,
        };
        let asked = async {
            let Response { status, content_type, retry_after, body } = self.http.ask(request).await?;
            let is_json = content_type.is_some_and(|it| is_json(&it));
            let answer = Answer { is_json, body: whole(body).await? };
            if (200..300).contains(&status) {
                return Ok(Ok(answer));
            }
            let reason = answer.json::<Refusal>().ok().map(|refusal| refusal.error);
            let said = reason.and_then(|it| self.said(&it.details.unwrap_or(it.reason)));
            Ok(Err(Answered { status, said, retry_after }))
        };
        match select(pin!(asked), pin!(platform::sleep(PATIENCE))).await {
            Either::Left((answered, _)) => answered,
            Either::Right(_) => Err(Trouble::Unreachable.into()),
        }
    }

    /// What a service says to people, in one line of bounded length; nothing where it repeats the token.
    fn said(&self, said: &str) -> Option<String> {
        if said.to_ascii_lowercase().contains(&*Zeroizing::new(self.token.to_ascii_lowercase())) {
            return None;
        }
        let line = text::normalize(&said.replace(char::is_whitespace, " "));
        let said: String = line.chars().take(MAX_SAID).collect();
        Some(said).filter(|said| !said.is_empty())
    }
}

/// A body that says yes.
struct Answer {
    is_json: bool,
    body: Vec<u8>,
}

impl Answer {
    fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Trouble> {
        if !self.is_json {
            return Err(Trouble::Strange);
        }
        serde_json::from_slice(&self.body).map_err(|_| Trouble::Strange)
    }
}

/// An answer that says no.
struct Answered {
    status: u16,
    said: Option<String>,
    retry_after: Option<Duration>,
}

impl From<Answered> for Failure {
    fn from(answered: Answered) -> Self {
        let Answered { status, said, retry_after } = answered;
        let trouble = match status {
            401 | 403 => Trouble::Token,
            402 | 409 | 507 => Trouble::Full,
            408 | 425 | 429 | 503 => Trouble::Busy,
            // The API has no such answer to what was asked.
            404 | 405 => Trouble::Strange,
            400..500 => Trouble::Refused,
            500..600 => Trouble::Failing,
            _ => Trouble::Strange,
        };
        Self { trouble, said, retry_after }
    }
}

/// Reads a body to its end, unless it is too long.
async fn whole(mut body: LocalBoxStream<'static, Result<Bytes, NoAnswer>>) -> Result<Vec<u8>, Failure> {
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if read.len() + piece.len() > MAX_ANSWER {
            return Err(Trouble::Strange.into());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read)
}

fn body(cid: &Cid, origins: &[String]) -> String {
    serde_json::to_string(&Pin { cid: cid.to_string(), origins }).expect("texts have a JSON form")
}

/// Where a request is, whose name the service chose.
fn path(id: &str) -> String {
    let mut path = String::from("/pins/");
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(byte))
            }
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
