//! Speaks to push services (RFC 8030): one request without a body, and of the answer only its head.
//!
//! No redirect is followed, nothing of an answer's body is read, and the address that is connected to is the one that was
//! checked. `web-push` and `web-push-native` are no fit: they are mostly the encryption of bodies, and leave it to an
//! HTTP client where a name leads.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use futures::future::{Either, select};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use spinney::platform;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, RootCertStore,
        pki_types::{CertificateDer, InvalidDnsNameError, ServerName},
    },
};

use super::{Endpoint, Outcome, Push, Reach, Vapid};
use crate::limits;

/// Newer pushes take the place of older ones that wait at the push service. The same for everybody: it tells nothing.
const TOPIC: &str = "spinney";

/// Bytes of the head of an answer: the least that hyper allows.
const HEAD: usize = 8192;

/// Why a push service could not be asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("its name leads to no public address")]
    NotPublic,
    #[error("its name cannot be one of a certificate: {0}")]
    Name(#[from] InvalidDnsNameError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("it does not answer in time")]
    Late,
}

/// Sends pushes that this relay signs.
pub(crate) struct Client {
    vapid: Vapid,
    tls: TlsConnector,
    reach: Reach,
}

impl Client {
    /// A client that trusts the usual certificate authorities, and this certificate.
    pub(crate) fn new(vapid: Vapid, reach: Reach, more: Option<CertificateDer<'static>>) -> io::Result<Self> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(certificate) = more {
            roots.add(certificate).map_err(io::Error::other)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { vapid, tls: TlsConnector::from(Arc::new(config)), reach })
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<TcpStream, Failure> {
        let found = lookup_host((endpoint.host(), endpoint.port())).await?;
        let addresses: Vec<SocketAddr> = self.reach.of(found).collect();
        if addresses.is_empty() {
            return Err(Failure::NotPublic);
        }
        Ok(TcpStream::connect(&addresses[..]).await?)
    }

    async fn try_push(&self, endpoint: &Endpoint) -> Result<Outcome, Failure> {
        let name = ServerName::try_from(endpoint.host().to_owned())?;
        let stream = self.tls.connect(name, self.connect(endpoint).await?).await?;
        let (mut sender, connection) =
            http1::Builder::new().max_buf_size(HEAD).handshake::<_, Body>(TokioIo::new(stream)).await?;
        let authorization = self.vapid.authorization(&endpoint.origin(), platform::now_ms() / 1000);
        let request = Request::post(endpoint.path())
            .header(header::HOST, &endpoint.origin()["https://".len()..])
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_LENGTH, 0)
            .header("TTL", limits::WEB_PUSH_TTL.as_secs())
            .header("Urgency", "normal")
            .header("Topic", TOPIC)
            .body(Body::empty())
            .map_err(io::Error::other)?;
        let answer = match select(pin!(sender.send_request(request)), pin!(connection)).await {
            Either::Left((answer, _)) => answer?,
            Either::Right((ended, answer)) => {
                ended?;
                answer.await?
            }
        };
        // The body, and with it the connection, is dropped unread.
        Ok(outcome(answer.status(), answer.headers()))
    }
}

#[async_trait]
impl Push for Client {
    async fn push(&self, endpoint: &Endpoint) -> Outcome {
        let pushed = tokio::time::timeout(limits::WEB_PUSH_TIME, self.try_push(endpoint)).await;
        pushed.unwrap_or(Err(Failure::Late)).unwrap_or_else(|error| {
            tracing::debug!(%error, "a push service cannot be asked");
            match error {
                Failure::NotPublic | Failure::Name(_) => Outcome::Refused,
                Failure::Io(_) | Failure::Http(_) | Failure::Late => Outcome::Later(None),
            }
        })
    }
}

/// What an answer means.
fn outcome(status: StatusCode, headers: &HeaderMap) -> Outcome {
    match status {
        status if status.is_success() => Outcome::Sent,
        StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS => Outcome::Later(retry_after(headers)),
        status if status.is_server_error() => Outcome::Later(retry_after(headers)),
        status => {
            tracing::debug!(%status, "a push service refused");
            Outcome::Refused
        }
    }
}

/// How long the service asks to wait: seconds, or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds = value.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_rfc_8030_says() {
        let none = HeaderMap::new();
        let after = |value: &str| HeaderMap::from_iter([(header::RETRY_AFTER, value.parse().unwrap())]);
        let minute = Outcome::Later(Some(Duration::from_secs(60)));
        for (status, headers, expected) in [
            (201, &none, Outcome::Sent),
            (200, &none, Outcome::Sent),
            (404, &none, Outcome::Gone),
            (410, &none, Outcome::Gone),
            (429, &after("60"), minute.clone()),
            (503, &after("60"), minute),
            (500, &none, Outcome::Later(None)),
            (503, &after("soon"), Outcome::Later(None)),
            (503, &after("Thu, 01 Jan 1970 00:00:00 GMT"), Outcome::Later(None)),
            (307, &none, Outcome::Refused),
            (403, &none, Outcome::Refused),
        ] {
            assert_eq!(outcome(StatusCode::from_u16(status).unwrap(), headers), expected, "{status}");
        }
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        let Outcome::Later(Some(wait)) = outcome(StatusCode::SERVICE_UNAVAILABLE, &after(&date)) else {
            panic!()
        };
        assert!((598..=600).contains(&wait.as_secs()), "{wait:?}");
    }
}
