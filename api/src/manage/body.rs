//! Bodies of calls: JSON of a bounded size. Fields that are not known are passed over.

use ambar_schemas::swr::error::SwrCode;
use axum::body::Body;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::error::ManageError;
use crate::body::read_within;
use crate::call::Call;
use crate::json;

/// The largest body: a description of 30,000 characters, each of them escaped as two units of six bytes, and room for the rest.
const MAX_BYTES: usize = 512 << 10;

/// Reads the whole body, which its signature covers.
pub(super) async fn take(call: &Call, body: Body) -> Result<Bytes, ManageError> {
    read_within(body, MAX_BYTES, call.state().settings.body_pause).await?.ok_or_else(|| SwrCode::BodyTooLarge.into())
}

/// What a body says.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ManageError> {
    json::read(body).map_err(|error| ManageError::told(SwrCode::BodyInvalid, format!("the body is malformed: {error}")))
}
