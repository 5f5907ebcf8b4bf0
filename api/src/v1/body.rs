//! Bodies of calls: a JSON object of a bounded size.

use axum::body::Body;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::error::V1Error;
use crate::body::read_within;
use crate::call::Call;
use crate::json;

/// The largest body that is read.
const MAX_BYTES: usize = 64 << 10;

/// The whole body, which a signature covers.
pub(super) async fn take(call: &Call, body: Body) -> Result<Bytes, V1Error> {
    let body = read_within(body, MAX_BYTES, call.state().settings.body_pause).await;
    body.map_err(|_| V1Error::BodyBrokenOff)?.ok_or(V1Error::BodyTooLarge)
}

/// What a body says.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, V1Error> {
    json::read(body).map_err(V1Error::Body)
}
