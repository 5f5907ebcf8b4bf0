//! Names of accounts, users and groups: claimed first, then given to a holder whose own stream has another id (ADR 0003).

use std::fmt::Display;
use std::str::FromStr;

use ambar_domain::name_claim::{NameClaimCommand, NameClaimError, NameKey};
use ambar_storage::aggregate_store::{CommandContext, CommandError};
use uuid::Uuid;

use super::{OperationError, step};
use crate::state::AppState;

/// How the holder of a name refuses to be created.
pub(super) struct Refusals<E> {
    /// It lives.
    pub(super) exists: E,
    /// It has lived: its name's claim was left behind.
    pub(super) ended: E,
}

/// Claims a name and has its holder created by `create`, unless somebody else has the name.
///
/// A claim that a crash left without a holder is used; one that it left behind a holder's end is released.
///
/// # Errors
/// [`OperationError::NameTaken`], or what `create` fails with.
pub(super) async fn create_holder<Id, E, Creation>(
    state: &AppState,
    context: &CommandContext,
    key: &NameKey,
    refusals: Refusals<E>,
    create: impl Fn(Id) -> Creation,
) -> Result<Id, OperationError>
where
    Id: From<Uuid> + FromStr + Display + Clone,
    E: std::error::Error + PartialEq + 'static,
    Creation: Future<Output = Result<(), CommandError<E>>>,
    OperationError: From<CommandError<E>>,
{
    let taken = || OperationError::NameTaken { name: key.name().to_owned() };
    // Once more for a claim that was left behind.
    for _ in 0..2 {
        let holder = claim(state, context, key, Id::from(state.ids.uuid()).to_string()).await?;
        let id: Id = holder.parse().map_err(|_| taken())?;
        match create(id.clone()).await {
            Ok(()) => return Ok(id),
            Err(CommandError::Refused(refusal)) if refusal == refusals.ended => release(state, context, key, &holder).await?,
            Err(CommandError::Refused(refusal)) if refusal == refusals.exists => return Err(taken()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(taken())
}

/// Claims a name for `holder`; answers who holds it now. That may be another one, whose creation a crash may have stopped.
pub(super) async fn claim(state: &AppState, context: &CommandContext, key: &NameKey, holder: String) -> Result<String, OperationError> {
    let command = NameClaimCommand::Claim { holder: holder.clone() };
    match state.aggregates.names.execute(&key.to_string(), command, &step(state, context)).await {
        Ok(()) => Ok(holder),
        Err(CommandError::Refused(NameClaimError::Taken { holder })) => Ok(holder),
        Err(error) => Err(error.into()),
    }
}

/// Frees a name that `holder` held.
pub(super) async fn release(state: &AppState, context: &CommandContext, key: &NameKey, holder: &str) -> Result<(), OperationError> {
    let command = NameClaimCommand::Release { holder: holder.to_owned() };
    Ok(state.aggregates.names.execute(&key.to_string(), command, &step(state, context)).await?)
}
