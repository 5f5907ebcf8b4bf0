//! Drops uploads that nobody goes on with. Two at once are harmless: the second finds less to drop.

use ambar_domain::clock::Clock;
use ambar_storage::blobs::{UploadError, UploadStore};
use chrono::Duration;

/// What one run dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Upload sessions dropped.
    pub uploads_expired: u64,
}

/// Drops every upload that has had no new bytes for `lifetime`.
///
/// # Errors
/// When the upload store fails; what was dropped until then stays dropped.
pub async fn reconcile(uploads: &dyn UploadStore, clock: &dyn Clock, lifetime: Duration) -> Result<Report, UploadError> {
    let uploads_expired = uploads.expire(clock.now() - lifetime).await?;
    Ok(Report { uploads_expired })
}
