//! Bodies: small ones read whole under a limit, large ones streamed in both directions.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ambar_storage::blobs::{BlobReader, ByteStream};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http_body::{Body as _, Frame, SizeHint};

use crate::error::ApiError;

/// A small body may come in many pieces with a pause before each, but not for ever: all of it in so many of the longest pauses.
const PAUSES: u32 = 10;

/// Reads a body of at most `limit` bytes; `None` if it is larger. A pause longer than `longest_pause` breaks it off.
pub(crate) async fn read_within(body: Body, limit: usize, longest_pause: Duration) -> Result<Option<Bytes>, ApiError> {
    let read = read_limited(body, limit, longest_pause);
    tokio::time::timeout(longest_pause * PAUSES, read).await.unwrap_or(Err(ApiError::BodyBrokenOff))
}

async fn read_limited(body: Body, limit: usize, longest_pause: Duration) -> Result<Option<Bytes>, ApiError> {
    if body.size_hint().lower() > limit as u64 {
        return Ok(None);
    }
    let mut frames = incoming(body, longest_pause).map(|frame| frame.map_err(|_| ApiError::BodyBrokenOff));
    let first = match frames.next().await {
        Some(frame) => frame?,
        None => return Ok(Some(Bytes::new())),
    };
    // Most bodies come in one frame, which is then not copied.
    let Some(second) = frames.next().await else { return Ok(Some(first).filter(|bytes| bytes.len() <= limit)) };
    let mut bytes = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(frame) = next {
        bytes.extend_from_slice(&frame?);
        if bytes.len() > limit {
            return Ok(None);
        }
        next = frames.next().await;
    }
    Ok(Some(bytes.freeze()).filter(|bytes| bytes.len() <= limit))
}

/// The frames of a body. A pause longer than `longest_pause` breaks it off.
pub(crate) fn incoming(body: Body, longest_pause: Duration) -> ByteStream {
    Box::pin(futures::stream::unfold(Some(body.into_data_stream()), move |frames| async move {
        let mut frames = frames?;
        match tokio::time::timeout(longest_pause, frames.next()).await {
            Ok(None) => None,
            Ok(Some(frame)) => Some((frame.map_err(std::io::Error::other), Some(frames))),
            Err(_) => Some((Err(std::io::ErrorKind::TimedOut.into()), None)),
        }
    }))
}

/// The same bytes as long as there are no more of them than announced; the frame that has more breaks them off.
pub(crate) fn no_more_than(announced: u64, bytes: ByteStream) -> ByteStream {
    let mut left = announced;
    Box::pin(bytes.map(move |frame| {
        let frame = frame?;
        left = left.checked_sub(frame.len() as u64).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(frame)
    }))
}

/// A blob on its way out, with its length known, so that the answer says it and is broken off visibly if the store fails.
pub(crate) struct Outgoing {
    bytes: ByteStream,
    left: u64,
}

impl Outgoing {
    pub(crate) fn body(reader: BlobReader) -> Body {
        Body::new(Self { left: reader.len, bytes: reader.bytes })
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let bytes = match self.bytes.as_mut().poll_next(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) if self.left > 0 => return Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into()))),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                tracing::error!(%error, "a blob broke off on its way out");
                return Poll::Ready(Some(Err(error)));
            }
            Poll::Ready(Some(Ok(bytes))) => bytes,
        };
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
