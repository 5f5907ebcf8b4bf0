//! Mounting: a blob that another repository of the caller's sight serves need not be sent again.
//!
//! Whether a blob exists where the caller may not read is never said: then the answer is an upload session, as if it existed nowhere. A source
//! that the client does not name is looked for in the organization that it pushes to, and costs no time for what others have.

use ambar_domain::blob_link::BlobLinkCommand;
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::blobs;
use axum::response::Response;

use super::super::blobs::spare;
use super::super::respond::created;
use crate::auth::{Pusher, readable};
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::link_blob;

/// How many repositories besides the pusher's own are looked at for one that the caller may read, when the client names none.
const MAX_CANDIDATES: usize = 100;

/// Links a blob that is there; `None` if the client has to send it.
pub(super) async fn mount(call: &Call, pusher: &Pusher, digest: &Digest) -> Result<Option<Response>, ApiError> {
    let from = match call.query().first("from") {
        // A name that is none belongs to no repository here.
        Some(from) => match from.parse::<RepositoryName>() {
            Ok(from) => source(call, pusher, digest, std::slice::from_ref(&from))?,
            Err(_) => None,
        },
        None => {
            let reader = call.state().views.reader()?;
            let mut candidates = vec![pusher.repository().clone()];
            candidates.extend(blobs::repositories_linking(&reader, pusher.repository().organization_str(), digest, MAX_CANDIDATES)?);
            source(call, pusher, digest, &candidates)?
        }
    };
    let Some((from, size_bytes)) = from else { return Ok(None) };
    if !spare(call, digest).await? {
        return Ok(None);
    }
    let link = BlobLinkCommand::Mount { size_bytes, from };
    link_blob(call.state(), &call.context(), pusher.repository(), digest, link).await?;
    Ok(Some(created(&format!("/v2/{}/blobs/{digest}", pusher.repository()), digest)))
}

/// The first of the candidates that serves the blob and that the caller may read.
fn source(call: &Call, pusher: &Pusher, digest: &Digest, candidates: &[RepositoryName]) -> Result<Option<(RepositoryName, u64)>, ApiError> {
    for candidate in candidates {
        if readable(call, pusher, candidate)
            && let Some(size) = blobs::find_link(&call.state().views.reader()?, candidate, digest)?
        {
            return Ok(Some((candidate.clone(), size)));
        }
    }
    Ok(None)
}
