//! With the feature `tap`: a copy of what handlers read and write, for tests that search it.
//!
//! Without it a stream passes as it is, and there is no setting that would turn it on.

#[cfg(feature = "tap")]
mod imp {
    use std::{
        fs::File,
        io::{self, Write},
        path::Path,
        pin::Pin,
        sync::Arc,
        task::{Context, Poll, ready},
    };

    use futures::{AsyncRead, AsyncWrite};

    use crate::Config;

    /// Where copies go, if the operator named a file.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Tap(Option<Arc<File>>);

    impl Tap {
        pub(crate) fn open(config: &Config) -> io::Result<Self> {
            let open = |path: &Path| File::options().create(true).append(true).open(path).map(Arc::new);
            Ok(Self(config.tap.as_deref().map(open).transpose()?))
        }

        /// The stream, with a copy of everything that passes.
        pub(crate) fn on<S>(&self, stream: S) -> Tapped<S> {
            Tapped { stream, tap: self.clone() }
        }

        /// Copies what passes by another way than a stream.
        pub(crate) fn copy(&self, bytes: &[u8]) -> io::Result<()> {
            self.0.as_deref().map_or(Ok(()), |mut file| file.write_all(bytes))
        }
    }

    /// A stream that is copied.
    #[derive(Debug)]
    pub(crate) struct Tapped<S> {
        stream: S,
        tap: Tap,
    }

    impl<S: AsyncRead + Unpin> AsyncRead for Tapped<S> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
            self.tap.copy(&buf[..read])?;
            Poll::Ready(Ok(read))
        }
    }

    impl<S: AsyncWrite + Unpin> AsyncWrite for Tapped<S> {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
            self.tap.copy(&buf[..written])?;
            Poll::Ready(Ok(written))
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(cx)
        }

        fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_close(cx)
        }
    }
}

#[cfg(not(feature = "tap"))]
mod imp {
    use std::io;

    use crate::Config;

    /// No tap is built in.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Tap;

    impl Tap {
        pub(crate) fn open(_: &Config) -> io::Result<Self> {
            Ok(Self)
        }

        #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "its twin does something")]
        pub(crate) fn copy(&self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }

        /// The stream as it is.
        pub(crate) fn on<S>(&self, stream: S) -> S {
            stream
        }
    }
}

pub(crate) use imp::Tap;
