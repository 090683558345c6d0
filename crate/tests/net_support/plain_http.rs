//! Requests to a server on this machine, for tests: HTTP/1.1 without TLS, one connection each.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{StreamExt, unfold};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Host, NoAnswer, Request, Response};

/// Asks servers as a page would, and takes redirects for an answer that is none.
pub(crate) struct Plain;

#[async_trait(?Send)]
impl Host for Plain {
    async fn ask(&self, request: Request) -> Result<Response, NoAnswer> {
        self.answer(request).await.ok_or(NoAnswer)
    }
}

impl Plain {
    async fn answer(&self, request: Request) -> Option<Response> {
        let Request { method, url, authorization, body } = request;
        let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
        let body = body.unwrap_or_default();
        let head = format!(
            "{} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            method.as_str(),
            *authorization,
            body.len()
        );
        let mut stream = TcpStream::connect(host).await.ok()?;
        stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
        let mut stream = BufReader::new(stream);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        if (300..400).contains(&status) {
            return None;
        }
        let fields: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        let field = |name: &str| {
            let found = fields.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
            found.map(|(_, value)| (*value).to_owned())
        };
        let left = field("content-length").and_then(|it| it.parse().ok()).unwrap_or(usize::MAX);
        let retry_after = field("retry-after").and_then(|it| it.parse().ok()).map(Duration::from_secs);
        let body = unfold((stream, left), async |(mut stream, left)| {
            let mut piece = vec![0; left.min(16 << 10)];
            let read = if left == 0 { Ok(0) } else { stream.read(&mut piece).await };
            match read {
                Ok(0) => None,
                Ok(len) => {
                    piece.truncate(len);
                    Some((Ok(Bytes::from(piece)), (stream, left - len)))
                }
                Err(_) => Some((Err(NoAnswer), (stream, 0))),
            }
        });
        Some(Response { status, content_type: field("content-type"), retry_after, body: body.boxed_local() })
    }
}
