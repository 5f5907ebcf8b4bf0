//! Processes over several aggregates, the same for every surface and for the command line.
//!
//! Each takes the state, the context that its events are recorded with, and checked names. A process that a crash stops in the middle
//! leaves nothing that blocks a name or a quota for ever: doing it again goes on where it stopped.
//!
//! Who may do it: the operator of the machine may do everything; a user is checked against the views.

mod access_keys;
mod accounts;
mod admission;
mod blocks;
mod delegations;
mod error;
mod grants;
mod group_names;
mod groups;
mod last_administrator;
mod links;
mod logins;
mod master_key;
mod names;
mod organizations;
mod power;
mod push;
mod repositories;
mod shares;
mod tokens;
mod users;

use ambar_domain::level::Level;
use ambar_domain::policy::access::{Access, AccessFacts, Caller, access};
use ambar_projections::identity;
use ambar_storage::aggregate_store::{Actor, CommandContext};

use crate::auth::delegate;
use crate::state::AppState;

pub use access_keys::{NewAccessKey, create_access_key, delete_access_key, disable_access_key, enable_access_key};
pub use accounts::{close_account, create_account};
pub(crate) use blocks::{block_address, block_user};
pub use blocks::{unblock_address, unblock_user};
pub use delegations::{DelegationOrder, change_delegation, grant_delegation, revoke_delegation};
pub use error::OperationError;
pub use grants::{grant_on_organization, grant_on_repository, revoke_on_organization, revoke_on_repository};
pub use group_names::{create_group, rename_group};
pub use groups::{add_member, delete_group, describe_group, remove_member, set_group_administrator};
pub use links::{link_blob, release_link};
pub use logins::{IssuedLogin, LoginClient, LoginOrder, issue_login, revoke_login};
pub use master_key::{Sealings, reseal_secrets, sealings};
pub use organizations::{create_organization, delete_organization};
pub use push::{Push, push_manifest};
pub use repositories::{
    Properties, change_properties, create_repository, delete_manifest, delete_repository, delete_versions, point_version,
};
pub use shares::{change_share, end_share, share_repository};
pub(crate) use tokens::{Issued, note_temporary_key, note_token};
pub use users::{
    UserChanges, change_access_methods, change_user, create_user, create_user_with_password, delete_user, describe_user, set_administrator,
    set_password,
};

/// The context of the next command of a process: a command id of its own, and the process's as correlation.
pub(crate) fn step(state: &AppState, context: &CommandContext) -> CommandContext {
    CommandContext {
        command_id: state.ids.uuid(),
        correlation_id: Some(context.correlation_id.unwrap_or(context.command_id)),
        ..context.clone()
    }
}

/// Refuses a user whose level on what `facts` describe is lower; the operator passes.
fn require(state: &AppState, context: &CommandContext, facts: &AccessFacts, level: Level) -> Result<(), OperationError> {
    let Some(caller) = caller(state, context)? else { return Ok(()) };
    match access(&caller, facts, false, state.clock.now()) {
        Some(Access { level: held, .. }) if held >= level => Ok(()),
        Some(_) | None => Err(OperationError::Denied),
    }
}

/// Who acts; `None` is the operator, who may do everything.
fn caller(state: &AppState, context: &CommandContext) -> Result<Option<Caller>, OperationError> {
    let actor = match &context.actor {
        Actor::Operator { .. } => return Ok(None),
        Actor::Anonymous | Actor::Worker { .. } => return Err(OperationError::Denied),
        Actor::User(user) => user,
    };
    let user = identity::find_user_by_id(&state.views.reader()?, actor)?.ok_or(OperationError::Denied)?;
    let user = Caller::User { user: user.user, account: user.account, administrator: user.administrator };
    match &context.on_behalf_of {
        None => Ok(Some(user)),
        Some(account) => delegate(&state.views, &user, account, state.clock.now()).map(Some).ok_or(OperationError::Denied),
    }
}
