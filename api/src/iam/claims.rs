//! What a token of the identity service says, and whether it still holds: that is looked up in the views at every use.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, ProjectId, UserId};
use ambar_projections::ViewsError;
use ambar_projections::identity::{self, Account, User};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::state::AppState;
use crate::token::jwt;

/// What a token says. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Who signed in.
    #[serde(rename = "sub")]
    pub(super) user: UserId,
    /// The account that the user belongs to.
    #[serde(rename = "dom")]
    pub(super) account: AccountId,
    /// The project that was asked for; none for a token of the whole account.
    #[serde(rename = "prj", default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<ProjectId>,
    /// Which of the user's passwords proved it.
    #[serde(rename = "pwd")]
    pub(super) password: String,
    /// When it was made, in seconds.
    #[serde(rename = "iat")]
    pub(super) issued: i64,
    /// When it ends, in seconds.
    #[serde(rename = "exp")]
    pub(super) expires: i64,
    /// Unique.
    #[serde(rename = "jti")]
    pub(super) id: Uuid,
}

impl Claims {
    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp(self.expires, 0)
    }

    pub(super) fn issued_at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp(self.issued, 0)
    }
}

/// Who holds a token that is good now.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) user: User,
    pub(super) account: Account,
    pub(super) claims: Claims,
}

/// Makes a token.
pub(super) fn sign(state: &AppState, claims: &Claims) -> String {
    jwt::sign(state.keys.iam_token(), claims)
}

/// Who holds the token. `None` if it is none of ours or has run out, or if its user is gone, may not sign in any more, or has got another
/// password since.
pub(crate) fn find_holder(state: &AppState, token: &[u8]) -> Result<Option<Holder>, ViewsError> {
    let claims = std::str::from_utf8(token).ok().and_then(|token| jwt::verify::<Claims>(state.keys.iam_token(), token));
    let Some(claims) = claims.filter(|claims| claims.expires_at().is_some_and(|ends| state.clock.now() < ends)) else { return Ok(None) };
    let reader = state.views.reader()?;
    let reader = reader.snapshot()?;
    let user = identity::find_user_by_id(&reader, &claims.user)?.filter(|user| user.console_access && user.account == claims.account);
    let password = identity::find_password(&reader, &claims.user)?.filter(|password| password.version == claims.password);
    let account = identity::find_account(&reader, &claims.account)?;
    Ok(user.zip(account).filter(|_| password.is_some()).map(|(user, account)| Holder { user, account, claims }))
}
