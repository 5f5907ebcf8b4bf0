//! Lists, made aside.

use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use axum::response::Response;

use super::error::ManageError;
use crate::aside;
use crate::auth::Member;
use crate::call::Call;

/// Makes the list when it is its turn.
pub(super) async fn make(
    call: &Call,
    member: &Member,
    list: fn(&Call, &Member, &Parameters<'_>) -> Result<Response, ManageError>,
) -> Result<Response, ManageError> {
    let member = member.clone();
    let made = aside::make(call, move |call| {
        Parameters::read(call.query().pairs()).map_err(ManageError::from).and_then(|given| list(call, &member, &given))
    });
    made.await.map_err(|error| ManageError::Internal(SwrCode::Failed, error))?
}
