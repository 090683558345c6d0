//! With the feature `tap`: copies everything that handlers read and write, for tests that search it.
//!
//! Without the feature streams are unchanged, and no setting turns the tap on.

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

    /// The file for copies, if the operator named one.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Tap(Option<Arc<File>>);

    impl Tap {
        pub(crate) fn open(config: &Config) -> io::Result<Self> {
            let open = |path: &Path| File::options().create(true).append(true).open(path).map(Arc::new);
            Ok(Self(config.tap.as_deref().map(open).transpose()?))
        }

        /// Wraps a stream, and copies all its bytes.
        pub(crate) fn on<S>(&self, stream: S) -> CopyStream<S> {
            CopyStream { stream, tap: self.clone() }
        }

        /// Copies bytes that do not pass through a wrapped stream.
        pub(crate) fn copy(&self, bytes: &[u8]) -> io::Result<()> {
            self.0.as_deref().map_or(Ok(()), |mut file| file.write_all(bytes))
        }
    }

    /// A stream whose bytes are copied.
    #[derive(Debug)]
    pub(crate) struct CopyStream<S> {
        stream: S,
        tap: Tap,
    }

    impl<S: AsyncRead + Unpin> AsyncRead for CopyStream<S> {
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

    impl<S: AsyncWrite + Unpin> AsyncWrite for CopyStream<S> {
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

    /// The tap without the feature: copies nothing.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Tap;

    impl Tap {
        pub(crate) fn open(_: &Config) -> io::Result<Self> {
            Ok(Self)
        }

        #[expect(
            clippy::unused_self,
            clippy::unnecessary_wraps,
            reason = "the same signature as with the feature"
        )]
        pub(crate) fn copy(&self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }

        /// Returns the stream unchanged.
        pub(crate) fn on<S>(&self, stream: S) -> S {
            stream
        }
    }
}

pub(crate) use imp::Tap;
