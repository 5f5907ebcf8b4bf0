//! What a token of the identity service says, and whether it still holds: that is looked up in the views at every use.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, DelegationId, ProjectId, UserId};
use ambar_domain::policy::access::Caller;
use ambar_projections::delegations::Delegation;
use ambar_projections::identity::{self, Account, User};
use ambar_projections::{Reader, ViewsError};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::delegate_under;
use crate::operations::Issued;
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
    #[serde(rename = "pwd", default, skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    /// The access key that proved it instead.
    #[serde(rename = "key", default, skip_serializing_if = "Option::is_none")]
    pub(super) access_key: Option<AccessKeyId>,
    /// Whom the user acts for, if for another account than its own.
    #[serde(rename = "act", default, skip_serializing_if = "Option::is_none")]
    pub(super) acting: Option<Acting>,
    /// When the temporary access key ends that proved it, in seconds.
    #[serde(rename = "due", default, skip_serializing_if = "Option::is_none")]
    pub(super) temporary_until: Option<i64>,
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

/// Another account that a token is for, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acting {
    /// The account.
    #[serde(rename = "dom")]
    pub(super) account: AccountId,
    /// What that has entrusted to the user's. The token is of no use for one that comes later.
    #[serde(rename = "agc")]
    pub(super) delegation: DelegationId,
}

impl Claims {
    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp(self.expires, 0)
    }

    /// What goes on record of it.
    pub(super) fn to_record(&self) -> Issued {
        Issued {
            user: self.user.clone(),
            on_behalf_of: self.acting.as_ref().map(|acting| acting.account.clone()),
            until: self.expires_at().unwrap_or_default(),
        }
    }

    pub(super) fn issued_at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp(self.issued, 0)
    }
}

/// Who holds a token that is good now.
#[derive(Debug)]
pub(crate) struct Holder {
    /// As what: a user in its account, or acting for another one.
    pub(crate) caller: Caller,
    pub(super) user: User,
    /// The user's own account.
    pub(super) account: Account,
    /// The account that the user acts for, and what that has entrusted.
    pub(super) entrusted: Option<(Account, Delegation)>,
    pub(super) claims: Claims,
}

impl Holder {
    /// The access key that the token was got with.
    pub(crate) fn access_key(&self) -> Option<&AccessKeyId> {
        self.claims.access_key.as_ref()
    }

    /// When the token ends.
    pub(crate) fn ends_at(&self) -> Option<Timestamp> {
        self.claims.expires_at()
    }

    /// When the temporary access key ends that the token was got with, if it was one.
    pub(crate) fn temporary_until(&self) -> Option<Timestamp> {
        self.claims.temporary_until.and_then(|until| DateTime::from_timestamp(until, 0))
    }

    /// Until when the user is kept out, if it is.
    pub(crate) fn blocked_until(&self) -> Option<Timestamp> {
        self.user.blocked_until
    }

    /// The account that the token is for.
    pub(super) fn acts_in(&self) -> &Account {
        self.entrusted.as_ref().map_or(&self.account, |(account, _)| account)
    }
}

/// Makes a token.
pub(super) fn sign(state: &AppState, claims: &Claims) -> String {
    jwt::sign(state.keys.current().iam_token(), claims)
}

/// Who holds the token. `None` if it is none of ours or has run out; if its user is gone, may not sign in any more, or has got another password
/// since; if the access key that it was got with works no more; or if the account that it is for entrusts nothing to the user's any more.
pub(crate) fn find_holder(state: &AppState, token: &[u8]) -> Result<Option<Holder>, ViewsError> {
    let Ok(token) = std::str::from_utf8(token) else { return Ok(None) };
    let claims = state.keys.all().find_map(|keys| jwt::verify::<Claims>(keys.iam_token(), token));
    claims.map_or(Ok(None), |claims| holder_of(state, claims))
}

/// The same for what a genuine token says.
pub(super) fn holder_of(state: &AppState, claims: Claims) -> Result<Option<Holder>, ViewsError> {
    if claims.expires_at().is_none_or(|ends| ends <= state.clock.now()) {
        return Ok(None);
    }
    let reader = state.views.reader()?;
    let reader = reader.snapshot()?;
    let user = identity::find_user_by_id(&reader, &claims.user)?.filter(|user| user.account == claims.account);
    let Some((user, account)) = user.zip(identity::find_account(&reader, &claims.account)?) else { return Ok(None) };
    if !is_still_proved(&reader, &claims, &user)? {
        return Ok(None);
    }
    let own = Caller::User { user: user.user.clone(), account: account.account.clone(), administrator: user.administrator };
    let Some(Acting { account: other, delegation }) = &claims.acting else {
        return Ok(Some(Holder { caller: own, user, account, entrusted: None, claims }));
    };
    let found = delegate_under(&reader, &own, other, delegation, state.clock.now())?.zip(identity::find_account(&reader, other)?);
    Ok(found.map(|((caller, delegation), other)| Holder { caller, user, account, entrusted: Some((other, delegation)), claims }))
}

/// Whether what the token was got with is still good.
fn is_still_proved(reader: &Reader, claims: &Claims, user: &User) -> Result<bool, ViewsError> {
    if let Some(access_key) = &claims.access_key {
        return Ok(identity::find_signing_key(reader, access_key)?.is_some_and(|key| key.login.enabled && key.login.user == user.user));
    }
    let password = identity::find_password(reader, &user.user)?.map(|password| password.version);
    Ok(user.console_access && password.is_some() && password == claims.password)
}
