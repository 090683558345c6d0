//! Requests over HTTP to services that are no peers. The host makes them: the browser's `fetch`, or what a test brings.
//!
//! A host sends nothing of its own with a request: no cookies, no referrer. It follows no redirect, because a service may
//! point into the network of the person.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::LocalBoxStream;
use zeroize::Zeroizing;

/// What is asked with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or changes.
    Post,
    /// Removes.
    Delete,
}

impl Method {
    /// Its name in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request.
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// What `Authorization` says: a secret.
    pub authorization: Zeroizing<String>,
    /// JSON, where something is sent.
    pub body: Option<String>,
}

/// The head of an answer, and its body as it comes. Dropping it ends the connection.
pub struct Response {
    /// The status.
    pub status: u16,
    /// What `Content-Type` says.
    pub content_type: Option<String>,
    /// How long the service asks to be left alone, where `Retry-After` has a number of seconds.
    pub retry_after: Option<Duration>,
    /// The body, of any length.
    pub body: LocalBoxStream<'static, Result<Bytes, NoAnswer>>,
}

/// No answer came, or not all of it. A browser does not say why: no connection, a redirect, or a service that does not
/// allow pages to ask it (CORS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service does not answer, or does not allow pages to ask it")]
pub struct NoAnswer;

/// Makes requests.
#[async_trait(?Send)]
pub trait Host {
    /// Sends a request and returns once the head of the answer is here.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the request up.
    async fn ask(&self, request: Request) -> Result<Response, NoAnswer>;
}

/// The host of an engine. Without one nobody answers.
#[derive(Clone)]
pub struct Http(Rc<dyn Host>);

impl Http {
    /// Has `host` make the requests.
    pub fn new(host: impl Host + 'static) -> Self {
        Self(Rc::new(host))
    }

    /// Sends a request and returns once the head of the answer is here.
    pub async fn ask(&self, request: Request) -> Result<Response, NoAnswer> {
        self.0.ask(request).await
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new(Nobody)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

struct Nobody;

#[async_trait(?Send)]
impl Host for Nobody {
    async fn ask(&self, _: Request) -> Result<Response, NoAnswer> {
        Err(NoAnswer)
    }
}
