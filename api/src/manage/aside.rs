//! Lists, made on threads that may be kept busy: one of a large account takes milliseconds, and pulls do not wait behind it.

use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use axum::response::Response;

use super::error::ManageError;
use crate::auth::Member;
use crate::call::Call;

/// How many lists are made at once: more would only take turns on the processors, and uploads need such threads too.
pub(crate) const AT_ONCE: usize = 4;

/// Makes the list when it is its turn.
pub(super) async fn make(
    call: &Call,
    member: &Member,
    list: fn(&Call, &Member, &Parameters<'_>) -> Result<Response, ManageError>,
) -> Result<Response, ManageError> {
    let (call, member) = (call.clone(), member.clone());
    let turn = call.registry.lists.clone().acquire_owned().await.map_err(|error| ManageError::Internal(SwrCode::Failed, error.into()))?;
    // Goes on when the client is gone, and so keeps its turn until it is done.
    let made = tokio::task::spawn_blocking(move || {
        let made = Parameters::read(call.query().pairs()).map_err(ManageError::from).and_then(|given| list(&call, &member, &given));
        drop(turn);
        made
    });
    made.await.map_err(|error| ManageError::Internal(SwrCode::Failed, error.into()))?
}
