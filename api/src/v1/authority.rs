//! What a caller has to prove before a call of the own API does anything.
//!
//! Whoever has no level on an image gets the same answer whether it exists or not.

use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_domain::login::{LoginRepository, LoginRight};
use ambar_domain::policy::access::{access as effective, may_create};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::access;

use super::error::V1Error;
use crate::auth::Member;
use crate::call::Call;

/// An administrator of the account.
#[derive(Debug)]
pub(super) struct Auditor {
    pub(super) account: AccountId,
}

impl Auditor {
    pub(super) fn prove(member: &Member) -> Result<Self, V1Error> {
        if member.administrator { Ok(Self { account: member.account.clone() }) } else { Err(V1Error::Denied) }
    }
}

/// A user with a level on an image that exists.
#[derive(Debug)]
pub(super) struct OnRepository {
    pub(super) name: RepositoryName,
    /// The account that owns it.
    pub(super) owner: AccountId,
}

impl OnRepository {
    /// Proves at least `level`.
    pub(super) async fn prove(call: &Call, member: &Member, name: &str, level: Level) -> Result<Self, V1Error> {
        let name: RepositoryName = name.parse().map_err(|_| V1Error::RepositoryNotFound)?;
        let (views, now) = (&call.state().views, call.state().clock.now());
        let held = views
            .find(|reader| {
                let facts = access::access_facts(reader, Some(&member.user), &name)?;
                let held = effective(&member.caller(), &facts, false, now).filter(|_| facts.visibility.is_some());
                Ok(held.zip(facts.owner))
            })
            .await?;
        let (held, owner) = held.ok_or(V1Error::RepositoryNotFound)?;
        if held.level >= level { Ok(Self { name, owner }) } else { Err(V1Error::Denied) }
    }

    /// The same, for users of the owning account: who did what is not for those that it is shared with.
    pub(super) async fn prove_at_home(call: &Call, member: &Member, name: &str, level: Level) -> Result<Self, V1Error> {
        let holder = Self::prove(call, member, name, level).await?;
        if holder.owner == member.account { Ok(holder) } else { Err(V1Error::Denied) }
    }
}

/// Proves that a login that is limited to a repository would be of use there: the repository is there, or the login is to push and its user may
/// make it by that.
pub(super) async fn prove_login_right(call: &Call, member: &Member, limit: &LoginRepository) -> Result<(), V1Error> {
    let (views, now) = (&call.state().views, call.state().clock.now());
    let held = views
        .find(|reader| {
            let facts = access::access_facts(reader, Some(&member.user), &limit.repository)?;
            if facts.visibility.is_some() {
                return Ok(effective(&member.caller(), &facts, false, now).map(|held| held.level));
            }
            let makes_it = limit.right == LoginRight::Push && may_create(&member.caller(), &facts, now);
            Ok(makes_it.then_some(Level::Edit))
        })
        .await?;
    let held = held.ok_or(V1Error::RepositoryNotFound)?;
    if held >= limit.right.level() { Ok(()) } else { Err(V1Error::Denied) }
}
