//! Bodies of calls: a JSON object of a bounded size.

use axum::body::Body;
use bytes::Bytes;
use serde::de::{DeserializeOwned, Error as _};

use super::error::V1Error;
use crate::body::read_within;
use crate::call::Call;

/// The largest body that is read.
const MAX_BYTES: usize = 64 << 10;

/// The whole body, which a signature covers.
pub(super) async fn take(call: &Call, body: Body) -> Result<Bytes, V1Error> {
    let body = read_within(body, MAX_BYTES, call.state().settings.body_pause).await;
    body.map_err(|_| V1Error::BodyBrokenOff)?.ok_or(V1Error::BodyTooLarge)
}

/// What a body says. A list of the fields' values without their names would do for the parser, which nobody means.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, V1Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(V1Error::Body(serde_json::Error::custom("an object is expected")));
    }
    serde_json::from_slice(body).map_err(V1Error::Body)
}
