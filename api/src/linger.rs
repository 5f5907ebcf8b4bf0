//! Hearing a client out that was refused in the middle of what it says.
//!
//! Closing a connection while bytes still come resets it, and the client, busy sending, is told of a broken pipe instead of the reason.
//! So what is left of a body is read and thrown away for a while: until the client has seen the answer, or all has come.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures::StreamExt;
use http::header::EXPECT;
use http::request::Parts;
use http_body::{Body as _, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// A client that reads while it sends has stopped long before.
const LONGEST: Duration = Duration::from_secs(10);
/// Nothing more comes.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The body of a request, whose rest is read to nobody when it is dropped.
struct Lingering {
    body: Body,
    /// The client sends; one that waits to be told to go on does not until its body is asked for.
    comes: bool,
}

/// The same body, heard out.
pub(crate) fn lingering(parts: &Parts, body: Body) -> Body {
    // HTTP/2 ends a single stream, and the connection with its answers goes on.
    if body.is_end_stream() || parts.version >= http::Version::HTTP_2 {
        return body;
    }
    Body::new(Lingering { body, comes: !parts.headers.contains_key(EXPECT) })
}

impl http_body::Body for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.comes = true;
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = frame {
            self.comes = false;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if !self.comes || self.body.is_end_stream() {
            return;
        }
        // Without a runtime the connection is gone as well.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LONGEST, hear_out(std::mem::take(&mut self.body).into_data_stream())));
        }
    }
}

async fn hear_out(mut rest: BodyDataStream) {
    while let Ok(Some(Ok(_))) = timeout(LONGEST_PAUSE, rest.next()).await {}
}
