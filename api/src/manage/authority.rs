//! What a caller has to prove before a call of the management API does anything.
//!
//! Whoever has no level on an organization or image gets the same answer whether it exists or not.

use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::policy::access::{Access, access as effective};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::access;
use ambar_projections::organizations::list_visible_organizations;
use ambar_schemas::swr::error::SwrCode;

use super::error::ManageError;
use super::route::Named;
use crate::auth::Member;
use crate::call::Call;

/// A user with a level on an organization that exists.
#[derive(Debug)]
pub(super) struct OnOrganization {
    pub(super) member: Member,
    pub(super) name: OrganizationName,
    pub(super) level: Level,
}

impl OnOrganization {
    /// Proves at least `level`.
    pub(super) async fn prove(call: &Call, member: &Member, namespace: &str, level: Level) -> Result<Self, ManageError> {
        let name: OrganizationName = namespace.parse()?;
        let (views, now) = (&call.state().views, call.state().clock.now());
        let held = views
            .find(|reader| {
                let facts = access::organization_facts(reader, Some(&member.user), &name)?;
                Ok(effective(&member.caller(), &facts, false, now))
            })
            .await?;
        let Some(Access { level: held, .. }) = held else { return Err(Self::refusal(call, member, &name)?.into()) };
        if held < level {
            return Err(SwrCode::Denied.into());
        }
        Ok(Self { member: member.clone(), name, level: held })
    }

    /// Who has a level on some image of the organization knows that it is there.
    fn refusal(call: &Call, member: &Member, name: &OrganizationName) -> Result<SwrCode, ManageError> {
        let (reader, name) = (call.state().views.reader()?, Some(name.as_str()));
        let seen = list_visible_organizations(&reader, &member.account, &member.user, member.sees_everything(), true, name)?;
        Ok(if seen.is_empty() { SwrCode::OrganizationNotFound } else { SwrCode::Denied })
    }
}

/// A user with a level on an image that exists.
#[derive(Debug)]
pub(super) struct OnRepository {
    pub(super) member: Member,
    pub(super) name: RepositoryName,
    pub(super) level: Level,
    /// The account that owns it.
    pub(super) owner: AccountId,
}

impl OnRepository {
    /// Proves at least `level`.
    pub(super) async fn prove(call: &Call, member: &Member, named: &Named<'_>, level: Level) -> Result<Self, ManageError> {
        let name = repository_name(named)?;
        let (views, now) = (&call.state().views, call.state().clock.now());
        let held = views
            .find(|reader| {
                let facts = access::access_facts(reader, Some(&member.user), &name)?;
                if facts.visibility.is_none() {
                    return Ok(None);
                }
                let held = effective(&member.caller(), &facts, false, now);
                Ok(held.zip(facts.owner))
            })
            .await?;
        let (held, owner) = held.ok_or(SwrCode::RepositoryNotFound)?;
        if held.level < level {
            return Err(SwrCode::Denied.into());
        }
        Ok(Self { member: member.clone(), name, level: held.level, owner })
    }
}

/// The whole name of a repository that a path names.
pub(super) fn repository_name(named: &Named<'_>) -> Result<RepositoryName, ManageError> {
    Ok(format!("{}/{}", named.namespace, named.repository).parse()?)
}
