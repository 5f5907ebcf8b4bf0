//! One row for each event that belongs to an account.

use ambar_domain::account::AccountEvent;
use ambar_domain::blob_link::parse_stream_id;
use ambar_domain::event::Event;
use ambar_domain::group::GroupEvent;
use ambar_domain::name_claim::NameClaimEvent;
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::RepositoryEvent;
use ambar_domain::user::UserEvent;
use rusqlite::params;

use super::queries::hour_of;
use crate::fold::{ApplyError, Fold};
use crate::usage;

/// Whose an event is and what it is about, as numbers.
#[derive(Debug, Clone, Copy)]
struct About {
    account: i64,
    subject: Option<i64>,
    organization: Option<i64>,
    repository: Option<i64>,
}

/// Must come before the other views have taken the event in: what it ends is still there then.
pub(crate) fn apply(fold: &mut Fold<'_>, stream_id: &str, event: &Event) -> Result<(), ApplyError> {
    let Some(about) = about(fold, stream_id, event)? else { return Ok(()) };
    let actor = fold.actor().map(|actor| fold.term_id(&actor)).transpose()?;
    let (event_type, stream_type) = (fold.term_id(event.event_type())?, fold.term_id(event.aggregate_type())?);
    let at = fold.place;
    fold.insert(
        "INSERT INTO account_events (account, position, previous, at, actor, type, stream_type, subject, organization, repository)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            about.account,
            at.position,
            at.previous,
            at.at,
            actor,
            event_type,
            stream_type,
            about.subject,
            about.organization,
            about.repository
        ],
    )?;
    let hour = hour_of(at.at);
    if !fold.is_new_hour(about.account, hour) {
        return Ok(());
    }
    usage::begin_day(fold, about.account)?;
    fold.change(
        "INSERT INTO account_event_hours (account, behind, hour)
         SELECT ?1, ?2, ?3
          WHERE ?3 IS NOT (SELECT hour FROM account_event_hours WHERE account = ?1 ORDER BY behind DESC LIMIT 1)",
        params![about.account, at.previous, hour],
    )?;
    Ok(())
}

fn about(fold: &mut Fold<'_>, stream_id: &str, event: &Event) -> Result<Option<About>, ApplyError> {
    match event {
        Event::Account(event) => of_account(fold, stream_id, event).map(Some),
        Event::User(UserEvent::Created { account, .. })
        | Event::Group(GroupEvent::Created { account, .. } | GroupEvent::CreationAbandoned { account }) => {
            of_member(fold, Some(account.to_string()), stream_id)
        }
        Event::User(_) => {
            let account = fold.find_text("SELECT account FROM users WHERE user = ?1", [stream_id])?;
            of_member(fold, account, stream_id)
        }
        Event::Group(_) => {
            let account = fold.find_text("SELECT account FROM user_groups WHERE user_group = ?1", [stream_id])?;
            of_member(fold, account, stream_id)
        }
        Event::NameClaim(event) => {
            let account = holder_account(stream_id, event).to_owned();
            of_member(fold, Some(account), stream_id)
        }
        Event::Organization(event) => of_organization(fold, stream_id, event),
        Event::Repository(event) => of_repository(fold, stream_id, event),
        Event::BlobLink(_) => of_link(fold, stream_id),
        // Of no account: only the operator sees them.
        Event::Blob(_) | Event::Address(_) => Ok(None),
    }
}

fn of_account(fold: &mut Fold<'_>, stream_id: &str, event: &AccountEvent) -> Result<About, ApplyError> {
    let account = fold.term_id(stream_id)?;
    let organization = match event {
        AccountEvent::OrganizationSlotClaimed { organization } | AccountEvent::OrganizationSlotReleased { organization } => {
            Some(fold.organization_id(organization.as_str())?)
        }
        AccountEvent::Opened { .. }
        | AccountEvent::DelegationGranted { .. }
        | AccountEvent::DelegationChanged { .. }
        | AccountEvent::DelegationRevoked { .. }
        | AccountEvent::DelegationExpired { .. }
        | AccountEvent::Closed {} => None,
    };
    Ok(About { account, subject: Some(account), organization, repository: None })
}

fn of_member(fold: &mut Fold<'_>, account: Option<String>, stream_id: &str) -> Result<Option<About>, ApplyError> {
    let Some(account) = account else { return Ok(None) };
    let (account, subject) = (fold.term_id(&account)?, Some(fold.term_id(stream_id)?));
    Ok(Some(About { account, subject, organization: None, repository: None }))
}

/// The account in which a name is unique, or the one whose own name it is.
fn holder_account<'a>(stream_id: &'a str, event: &'a NameClaimEvent) -> &'a str {
    let mut parts = stream_id.split(':');
    match (parts.next(), parts.next()) {
        (Some("user" | "group"), Some(account)) => account,
        _ => match event {
            NameClaimEvent::Claimed { holder } | NameClaimEvent::Released { holder } => holder,
        },
    }
}

fn of_organization(fold: &mut Fold<'_>, name: &str, event: &OrganizationEvent) -> Result<Option<About>, ApplyError> {
    let organization = fold.organization_id(name)?;
    let owner = match event {
        OrganizationEvent::Created { account } => Some(account.to_string()),
        OrganizationEvent::AccessGranted { .. }
        | OrganizationEvent::AccessRevoked { .. }
        | OrganizationEvent::RepositoryAdmitted { .. }
        | OrganizationEvent::RepositoryReleaseBegun { .. }
        | OrganizationEvent::RepositoryReleased { .. }
        | OrganizationEvent::Deleted {} => owner_of(fold, organization)?,
    };
    let repository = match event {
        OrganizationEvent::RepositoryAdmitted { repository }
        | OrganizationEvent::RepositoryReleaseBegun { repository }
        | OrganizationEvent::RepositoryReleased { repository } => Some(fold.repository_id(repository.as_str())?),
        OrganizationEvent::Created { .. }
        | OrganizationEvent::AccessGranted { .. }
        | OrganizationEvent::AccessRevoked { .. }
        | OrganizationEvent::Deleted {} => None,
    };
    let Some(owner) = owner else { return Ok(None) };
    Ok(Some(About { account: fold.term_id(&owner)?, subject: None, organization: Some(organization), repository }))
}

/// What a repository does belongs to the account that it was created for, even where another has taken the organization's name over since.
fn of_repository(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<Option<About>, ApplyError> {
    let organization = match name.split_once('/') {
        Some((organization, _)) => Some(fold.organization_id(organization)?),
        None => None,
    };
    let repository = fold.repository_id(name)?;
    let owner = if let RepositoryEvent::Created { account, .. } = event {
        Some(account.to_string())
    } else {
        fold.find_text("SELECT account FROM repositories WHERE repository = ?1 ORDER BY from_position DESC LIMIT 1", [repository])?
    };
    let Some(owner) = owner else { return Ok(None) };
    Ok(Some(About { account: fold.term_id(&owner)?, subject: None, organization, repository: Some(repository) }))
}

/// A blob is linked before its repository is created and released after it is gone, so the organization tells whose it is.
fn of_link(fold: &mut Fold<'_>, stream_id: &str) -> Result<Option<About>, ApplyError> {
    let (repository, digest) = parse_stream_id(stream_id)
        .ok_or_else(|| ApplyError::StreamId { stream_id: stream_id.to_owned(), expected: "repository and digest" })?;
    let organization = fold.organization_id(repository.organization_str())?;
    let (repository, digest) = (fold.repository_id(repository.as_str())?, fold.digest_id(&digest)?);
    let Some(owner) = owner_of(fold, organization)? else { return Ok(None) };
    let account = fold.term_id(&owner)?;
    Ok(Some(About { account, subject: Some(digest), organization: Some(organization), repository: Some(repository) }))
}

/// The account that owns the organization, or did last.
fn owner_of(fold: &Fold<'_>, organization: i64) -> Result<Option<String>, ApplyError> {
    fold.find_text("SELECT account FROM organizations WHERE organization = ?1 ORDER BY from_position DESC LIMIT 1", [organization])
}
