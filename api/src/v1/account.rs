//! The end of an account (requirement O4).

use ambar_domain::names::AccountName;
use ambar_projections::identity;
use axum::response::Response;

use super::authority::Auditor;
use super::error::V1Error;
use super::parameters::parsed;
use super::respond::empty;
use crate::call::Call;
use crate::operations;

/// Closes the caller's account, whose name has to be said: there is no way back.
pub(super) async fn close(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let own = identity::find_account(&call.state().views.reader()?, &auditor.account)?.ok_or(V1Error::AccountNotFound)?;
    let expected = "the name of your account";
    if parsed::<AccountName>(call, "name", expected)?.as_ref() != Some(&own.name) {
        return Err(V1Error::Parameter { name: "name", expected });
    }
    operations::close_account(call.state(), &call.context(), &own.name).await?;
    Ok(empty())
}
