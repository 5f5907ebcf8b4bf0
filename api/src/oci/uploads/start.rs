//! `POST`: opens an upload session, takes a blob that fits into one request, or mounts one that is there.

use ambar_domain::digest::{Algorithm, Digest};
use ambar_storage::blobs::UploadId;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

use super::finish::complete;
use super::mount::mount;
use super::{counting, location, standing};
use crate::auth::{Pusher, new_session};
use crate::body::incoming;
use crate::call::Call;
use crate::error::ApiError;
use crate::state::AppState;

const OCI_CHUNK_MIN_LENGTH: HeaderName = HeaderName::from_static("oci-chunk-min-length");

/// What chunks should have at least, a hint: smaller ones are taken, but each costs a request and a flush to disk.
const CHUNK_MIN_LENGTH: HeaderValue = HeaderValue::from_static("65536");

/// Begins to take a blob in.
pub(crate) async fn start(call: &Call, pusher: &Pusher, body: Body) -> Result<Response, ApiError> {
    let query = call.query();
    let digest: Option<Digest> = query.first("digest").map(|digest| digest.parse()).transpose()?;
    let hint: Option<Algorithm> = query.first("digest-algorithm").map(|algorithm| algorithm.parse()).transpose()?;
    let wanted: Option<Digest> = query.first("mount").map(|digest| digest.parse()).transpose()?;
    if let Some(wanted) = &wanted
        && let Some(response) = mount(call, pusher, wanted).await?
    {
        return Ok(response);
    }
    let named = digest.as_ref().or(wanted.as_ref()).map(Digest::algorithm);
    let (upload, session) = new_session(call, pusher);
    counting::start(call, pusher.account(), upload)?;
    let uploads = &call.state().uploads;
    let begun = uploads.begin(upload, hint.or(named).unwrap_or(Algorithm::Sha256)).await;
    begun.inspect_err(|_| counting::end(call, pusher.account(), upload))?;
    if let Some(digest) = digest.filter(|_| wanted.is_none()) {
        if let Err(error) = take_whole(call, pusher, upload, body).await {
            // Nobody knows the session's name, so nobody can go on with it.
            counting::end(call, pusher.account(), upload);
            uploads.cancel(upload).await.or_else(ignore_unknown)?;
            return Err(error);
        }
        let completed = complete(call, pusher.repository(), upload, &digest).await;
        counting::end(call, pusher.account(), upload);
        return completed;
    }
    let mut response = standing(StatusCode::ACCEPTED, location(pusher.repository(), &session), upload, 0);
    response.headers_mut().insert(OCI_CHUNK_MIN_LENGTH, CHUNK_MIN_LENGTH);
    Ok(response)
}

/// Takes the body of a blob that comes in one request.
async fn take_whole(call: &Call, pusher: &Pusher, upload: UploadId, body: Body) -> Result<(), ApiError> {
    let AppState { uploads, settings, .. } = call.state();
    let _bringing = counting::bring(call, pusher.account(), upload)?;
    uploads.append(upload, Some(0), incoming(body, settings.body_pause), settings.max_blob_bytes).await?;
    pusher.still(call).await
}

fn ignore_unknown(error: ambar_storage::blobs::UploadError) -> Result<(), ApiError> {
    match error.into() {
        ApiError::UploadUnknown => Ok(()),
        error => Err(error),
    }
}
