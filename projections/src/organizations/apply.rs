//! What an organization changes about its owner.

use ambar_domain::ids::UserId;
use ambar_domain::organization::OrganizationEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

pub(crate) fn apply(fold: &mut Fold<'_>, name: &str, event: &OrganizationEvent) -> Result<(), ApplyError> {
    let organization = fold.organization_id(name)?;
    let at = fold.place;
    match event {
        OrganizationEvent::Created { account } => {
            fold.insert(
                "INSERT INTO organizations (organization, account, creator, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![organization, account.as_str(), fold.user().as_ref().map(UserId::as_str), at.position, at.at],
            )?;
            Ok(())
        }
        OrganizationEvent::Deleted {} => fold.end(
            "organization",
            "UPDATE organizations SET until_position = ?2, until_at = ?3 WHERE organization = ?1 AND until_position IS NULL",
            params![organization, at.position, at.at],
        ),
        // Grants are the access view's; a repository tells of itself.
        OrganizationEvent::AccessGranted { .. }
        | OrganizationEvent::AccessRevoked { .. }
        | OrganizationEvent::RepositoryAdmitted { .. }
        | OrganizationEvent::RepositoryReleaseBegun { .. }
        | OrganizationEvent::RepositoryReleased { .. } => Ok(()),
    }
}
