//! What accounts change.

use ambar_domain::account::AccountEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

pub(crate) fn apply_account(fold: &mut Fold<'_>, account: &str, event: &AccountEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    match event {
        AccountEvent::Opened { name, project_name, project_id } => {
            fold.insert(
                "INSERT INTO accounts (account, name, project_name, project_id, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![account, name.as_str(), project_name.as_str(), project_id.as_str(), at.position, at.at],
            )?;
            Ok(())
        }
        // The organizations themselves tell who owns them, and delegations have a view of their own.
        AccountEvent::OrganizationSlotClaimed { .. }
        | AccountEvent::OrganizationSlotReleased { .. }
        | AccountEvent::DelegationGranted { .. }
        | AccountEvent::DelegationChanged { .. }
        | AccountEvent::DelegationRevoked { .. }
        | AccountEvent::DelegationExpired { .. } => Ok(()),
        AccountEvent::Closed {} => fold.end(
            "account",
            "UPDATE accounts SET until_position = ?2, until_at = ?3 WHERE account = ?1 AND until_position IS NULL",
            params![account, at.position, at.at],
        ),
    }
}
