//! Each upload counts for the account of who sends it, and waits when that has too many (requirement P7).

use ambar_domain::ids::{AccountId, UserId};
use ambar_storage::blobs::UploadId;

use crate::auth::Identity;
use crate::call::Call;
use crate::error::ApiError;
use crate::limits::{Bringing, Limit, Offence, TooManyUploads, count_refusal};

/// A new upload, if the account may have one more.
pub(super) fn start(call: &Call, account: Option<&AccountId>, upload: UploadId) -> Result<(), ApiError> {
    let (account, user) = sender(call, account)?;
    call.registry.limits.uploads.start(account, user, upload).map_err(|too_many| refuse(call, too_many))
}

/// Bytes of an upload come, for as long as the answer lives.
pub(super) fn bring<'a>(call: &'a Call, account: Option<&AccountId>, upload: UploadId) -> Result<Bringing<'a>, ApiError> {
    let (account, user) = sender(call, account)?;
    call.registry.limits.uploads.bring(account, user, upload).map_err(|too_many| refuse(call, too_many))
}

/// The upload is done with.
pub(super) fn end(call: &Call, account: Option<&AccountId>, upload: UploadId) {
    if let Some(account) = account {
        call.registry.limits.uploads.end(account, upload);
    }
}

/// For whom an upload counts. Nobody pushes without an account.
fn sender<'a>(call: &'a Call, account: Option<&'a AccountId>) -> Result<(&'a AccountId, &'a UserId), ApiError> {
    account.zip(call.identity().and_then(Identity::user)).ok_or(ApiError::Denied)
}

fn refuse(call: &Call, too_many: TooManyUploads) -> ApiError {
    count_refusal(match too_many {
        TooManyUploads::AtOnce => Limit::UploadsAtOnce,
        TooManyUploads::PerSecond { .. } => Limit::UploadsPerSecond,
    });
    call.offends(Offence::RefusedUpload);
    ApiError::TooManyUploads(too_many)
}
