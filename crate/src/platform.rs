//! What differs between a page's worker and a native process: tasks, time, randomness, hashing of large
//! blocks.
//!
//! The rest of the crate is written once, on top of these functions.

use std::time::Duration;

use web_time::{SystemTime, UNIX_EPOCH};

pub use imp::{Instant, compute, is_metered, minutes_ahead, sha256, sleep, spawn};
pub use spinney_crypto::{fill_random, random};

/// Returns the wall clock in milliseconds since 1970, or 0 if it is before that.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).expect("584 million years fit into 64 bits")
}

/// Whether a line is paid for by what goes over it: by the kind that the browser tells of, by whether the person asked it to
/// save data, and else by whether it is the browser of a phone.
#[cfg(any(test, target_arch = "wasm32"))]
fn is_metered_line(kind: Option<&str>, saves: bool, user_agent: &str) -> bool {
    let is_phone = || ["Mobi", "Android", "iPhone", "iPad"].iter().any(|word| user_agent.contains(word));
    match kind {
        _ if saves => true,
        Some("cellular") => true,
        None | Some("unknown") => is_phone(),
        Some(_) => false,
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use std::{future::Future, time::Duration};

    /// A clock that only goes forward, for durations: that of [`sleep`], so that a test may pause both.
    pub use tokio::time::Instant;

    /// SHA-256 (FIPS 180-4).
    pub async fn sha256(bytes: &[u8]) -> [u8; 32] {
        spinney_crypto::sha256(bytes)
    }

    /// Computes what takes long on another thread. If the future is dropped, the result is, too.
    pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|why| match why.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => unreachable!("nobody cancels it, and the runtime ends after its tasks"),
        })
    }

    /// Runs a future beside the current one, until it ends.
    ///
    /// # Panics
    ///
    /// Outside of a `tokio::task::LocalSet`, because the crate is single-threaded on every platform.
    pub fn spawn(future: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(future);
    }

    /// Ends after `duration`. Dropping it stops the timer.
    pub fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync + 'static {
        tokio::time::sleep(duration)
    }

    /// Returns how many minutes the person's time zone is ahead of UTC at a moment, in milliseconds since 1970. No person
    /// sits in front of a native process.
    pub fn minutes_ahead(_: i64) -> i32 {
        0
    }

    /// Whether the line of this device is paid for by what goes over it. A native process is not asked.
    pub fn is_metered() -> bool {
        false
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use std::{future::Future, time::Duration};

    use gloo::timers::future::TimeoutFuture;
    use js_sys::{Date, Promise, Reflect, Uint8Array};
    use send_wrapper::SendWrapper;
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;
    /// A clock that only goes forward, for durations. On some machines it stops while the machine sleeps.
    pub use web_time::Instant;

    /// From this length on, the browser hashes. It is about five times as fast and uses a thread of its own,
    /// but its answer takes some tenths of a millisecond.
    const WORTH_WAITING: usize = 64 << 10;

    #[wasm_bindgen]
    extern "C" {
        /// Copies the bytes before it returns.
        #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
        fn digest(algorithm: &str, bytes: &[u8]) -> Result<Promise, JsValue>;
    }

    /// SHA-256 (FIPS 180-4). The browser computes it for long inputs.
    pub async fn sha256(bytes: &[u8]) -> [u8; 32] {
        if bytes.len() >= WORTH_WAITING
            && let Ok(promise) = digest("SHA-256", bytes)
            && let Ok(buffer) = JsFuture::from(promise).await
            && let Ok(digest) = Uint8Array::new(&buffer).to_vec().try_into()
        {
            return digest;
        }
        spinney_crypto::sha256(bytes)
    }

    /// Computes what takes long: in place, because a worker has one thread.
    pub async fn compute<T>(work: impl FnOnce() -> T) -> T {
        work()
    }

    /// `setTimeout` takes 31 bits of milliseconds. Above that it fires at once.
    const LONGEST_TIMEOUT: Duration = Duration::from_millis(i32::MAX as u64);

    /// Runs a future beside the current one, until it ends.
    pub fn spawn(future: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(future);
    }

    /// Ends after `duration`. Dropping it stops the timer.
    pub fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync + 'static {
        // libp2p requires `Send`. A worker has one thread, so the wrapper is safe.
        SendWrapper::new(async move {
            let mut left = duration;
            while !left.is_zero() {
                let step = left.min(LONGEST_TIMEOUT);
                left -= step;
                // Round up, so that the sleep never ends early.
                let millis = step.as_nanos().div_ceil(1_000_000);
                TimeoutFuture::new(u32::try_from(millis).expect("at most LONGEST_TIMEOUT")).await;
            }
        })
    }

    /// Returns how many minutes the person's time zone is ahead of UTC at a moment, in milliseconds since 1970, or 0 at
    /// one that no date has.
    pub fn minutes_ahead(millis: i64) -> i32 {
        -(Date::new(&JsValue::from_f64(millis as f64)).get_timezone_offset() as i32)
    }

    /// Whether the line of this device is paid for by what goes over it, as far as the browser tells (Network Information
    /// API). A phone whose browser does not tell is taken to be on such a line.
    pub fn is_metered() -> bool {
        let navigator = js_sys::global().unchecked_into::<web_sys::WorkerGlobalScope>().navigator();
        let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
        let connection = get(&navigator, "connection");
        let (kind, saves) = match connection.is_object() {
            true => (get(&connection, "type").as_string(), get(&connection, "saveData").is_truthy()),
            false => (None, false),
        };
        super::is_metered_line(kind.as_deref(), saves, &navigator.user_agent().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_differ_from_call_to_call() {
        assert_ne!(random::<32>(), random::<32>());
    }

    #[test]
    fn a_phone_that_does_not_tell_is_on_a_metered_line_and_a_computer_is_not() {
        let (phone, computer) =
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148", "Mozilla/5.0 (X11; Linux)");
        for (kind, saves, agent, is_metered) in [
            (None, false, phone, true),
            (None, false, computer, false),
            (Some("unknown"), false, phone, true),
            (Some("wifi"), false, phone, false),
            (Some("cellular"), false, computer, true),
            (Some("ethernet"), true, computer, true),
        ] {
            assert_eq!(is_metered_line(kind, saves, agent), is_metered, "{kind:?} {saves} {agent}");
        }
    }

    #[test]
    fn the_wall_clock_stands_after_the_first_line_was_written() {
        assert!(now_ms() > 1_790_000_000_000);
    }

    #[tokio::test(start_paused = true)]
    async fn sleep_ends_after_its_duration_and_not_before() {
        let start = Instant::now();
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(start.elapsed().as_millis(), 1500);
    }

    #[tokio::test]
    async fn a_spawned_task_runs_beside_the_current_one() {
        let (sender, receiver) = futures::channel::oneshot::channel();
        tokio::task::LocalSet::new()
            .run_until(async {
                spawn(async { sender.send(7).expect("the receiver waits") });
                assert_eq!(receiver.await, Ok(7));
            })
            .await;
    }
}
