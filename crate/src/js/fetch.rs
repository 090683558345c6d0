//! Requests to pinning services, by the browser's `fetch`.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_streams::ReadableStream;
use web_sys::{AbortController, Response as Answer};

use crate::net::http::{Host, NoAnswer, Request, Response};

use super::value::object;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, options: &JsValue) -> Result<Promise, JsValue>;
}

/// Asks as a page of this origin, of which the service learns the origin and nothing else.
pub(super) struct Fetch;

/// Ends a request when it is dropped.
struct Running(AbortController);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[async_trait(?Send)]
impl Host for Fetch {
    async fn ask(&self, request: Request) -> Result<Response, NoAnswer> {
        ask(request).await.map_err(|_| NoAnswer)
    }
}

async fn ask(request: Request) -> Result<Response, JsValue> {
    let Request { method, url, authorization, body } = request;
    let running = Running(AbortController::new()?);
    let mut headers = vec![("Authorization", authorization.as_str().into())];
    if body.is_some() {
        headers.push(("Content-Type", "application/json".into()));
    }
    let mut options = vec![
        ("method", method.as_str().into()),
        ("headers", object(&headers)),
        ("signal", running.0.signal().into()),
        ("mode", "cors".into()),
        ("cache", "no-store".into()),
        ("credentials", "omit".into()),
        ("redirect", "error".into()),
        ("referrerPolicy", "no-referrer".into()),
    ];
    options.extend(body.map(|body| ("body", body.into())));
    let answer: Answer = JsFuture::from(fetch(&url, &object(&options))?).await?.dyn_into()?;
    let header = |name: &str| answer.headers().get(name).ok().flatten();
    let retry_after = header("Retry-After").and_then(|it| it.parse().ok()).map(Duration::from_secs);
    let pieces = answer.body().map(|body| ReadableStream::from_raw(body).into_stream());
    let pieces = futures::stream::iter(pieces).flatten().map(move |piece| {
        let _ends_with_the_stream = &running;
        piece.map(|piece| Uint8Array::from(piece).to_vec().into()).map_err(|_| NoAnswer)
    });
    let content_type = header("Content-Type");
    Ok(Response { status: answer.status(), content_type, retry_after, body: pieces.boxed_local() })
}
