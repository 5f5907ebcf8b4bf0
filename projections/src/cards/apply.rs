//! What a repository changes about its card.

use ambar_domain::event::Event;
use ambar_domain::ids::AccountId;
use ambar_domain::level::Visibility;
use ambar_domain::repository::{Category, ManifestPulls, RepositoryEvent};
use ambar_domain::tag::Tag;
use rusqlite::{ToSql, params};

use super::names::{self, Place};
use super::stretches::{self, Card};
use super::{contents, counts};
use crate::fold::{ApplyError, Fold, size};

pub(crate) fn apply(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    let repository = fold.repository_id(name)?;
    match event {
        RepositoryEvent::Created { account, visibility } => create(fold, name, account, *visibility),
        RepositoryEvent::VisibilityChanged { visibility } => {
            let sql = "UPDATE repository_cards SET public = ?2, updated_at = ?3 WHERE repository = ?1";
            change_kind(fold, repository, sql, *visibility == Visibility::Public)
        }
        RepositoryEvent::CategoryChanged { category } => {
            let sql = "UPDATE repository_cards SET category = ?2, updated_at = ?3 WHERE repository = ?1";
            change_kind(fold, repository, sql, category.as_str())
        }
        RepositoryEvent::DescriptionChanged { .. } => change(fold, repository, 0, 0),
        RepositoryEvent::ManifestPushed { digest, .. } => {
            let digest = fold.digest_id(digest)?;
            let bytes = contents::hold(fold, repository, digest)?;
            // A push by tag is both events: the second, right behind, says when the last change was.
            if bytes == 0 && is_followed_by_a_version(fold) { Ok(()) } else { change(fold, repository, bytes, 0) }
        }
        RepositoryEvent::VersionPushed { tag, previous_digest, .. } => push_version(fold, repository, tag, previous_digest.is_none()),
        RepositoryEvent::VersionDeleted { tag, .. } => {
            let manifest = just_left(fold, repository, tag)?;
            let bytes = contents::unname(fold, repository, manifest)?;
            change(fold, repository, bytes, -1)
        }
        RepositoryEvent::ManifestDeleted { digest } => {
            let digest = fold.digest_id(digest)?;
            let bytes = contents::release(fold, repository, digest)?;
            change(fold, repository, bytes, 0)
        }
        RepositoryEvent::DownloadsCounted { pulls, .. } => count_pulls(fold, repository, pulls),
        RepositoryEvent::Deleted {} => delete(fold, repository),
        RepositoryEvent::AccessGranted { .. }
        | RepositoryEvent::AccessRevoked { .. }
        | RepositoryEvent::ShareCreated { .. }
        | RepositoryEvent::ShareChanged { .. }
        | RepositoryEvent::ShareEnded { .. }
        | RepositoryEvent::ShareExpired { .. } => Ok(()),
    }
}

fn create(fold: &mut Fold<'_>, name: &str, account: &AccountId, visibility: Visibility) -> Result<(), ApplyError> {
    let no_name = || ApplyError::StreamId { stream_id: name.to_owned(), expected: "repository" };
    let (organization, path) = name.split_once('/').ok_or_else(no_name)?;
    let (repository, organization) = (fold.repository_id(name)?, fold.organization_id(organization)?);
    let account = fold.term_id(account.as_str())?;
    let creator = fold.user().map(|user| fold.term_id(user.as_str())).transpose()?;
    fold.insert(
        "INSERT INTO repository_cards
            (repository, organization, account, path, category, public, size_bytes, tag_count, pull_count, created_at, updated_at, creator)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, ?7, ?7, ?8)",
        params![
            repository,
            organization,
            account,
            path,
            Category::default().as_str(),
            visibility == Visibility::Public,
            fold.place.at,
            creator
        ],
    )?;
    count(fold, repository)?;
    names::add(fold, account, Place { repository, organization }, path)
}

/// Counts as something else from now on: the statement sets what, and when.
fn change_kind(fold: &Fold<'_>, repository: i64, sql: &'static str, value: impl ToSql) -> Result<(), ApplyError> {
    count_no_more(fold, repository)?;
    fold.end("card", sql, params![repository, value, fold.place.at])?;
    count(fold, repository)
}

/// The card counts from now on, as what it is and where it stands.
fn count(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    counts::join(fold, repository)?;
    stretches::join(fold, repository)
}

/// The card counts no more as what it still is.
fn count_no_more(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    counts::leave(fold, repository)?;
    stretches::leave(fold, repository)
}

fn is_followed_by_a_version(fold: &Fold<'_>) -> bool {
    matches!(fold.next, Some(Event::Repository(RepositoryEvent::VersionPushed { .. })))
}

fn push_version(fold: &Fold<'_>, repository: i64, tag: &Tag, is_new: bool) -> Result<(), ApplyError> {
    let named = fold.find_number(
        "tag",
        "SELECT manifest FROM tags WHERE repository = ?1 AND name = ?2 AND until_position IS NULL",
        params![repository, tag.as_str()],
    )?;
    // In this order, so that what both hold is counted on and not anew.
    let mut bytes = contents::name(fold, repository, named)?;
    if !is_new {
        let manifest = just_left(fold, repository, tag)?;
        bytes += contents::unname(fold, repository, manifest)?;
    }
    change(fold, repository, bytes, i64::from(is_new))
}

fn delete(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    contents::release_all(fold, repository)?;
    count_no_more(fold, repository)?;
    let delete = "DELETE FROM repository_cards WHERE repository = ?1 RETURNING account";
    let account = fold.find_number("card", delete, [repository])?;
    names::remove(fold, account, repository)
}

/// The manifest that the tag named until this event.
fn just_left(fold: &Fold<'_>, repository: i64, tag: &Tag) -> Result<i64, ApplyError> {
    fold.find_number(
        "tag",
        "SELECT manifest FROM tags WHERE repository = ?1 AND name = ?2 AND until_position = ?3",
        params![repository, tag.as_str(), fold.place.position],
    )
}

/// So many bytes and tags more or less, and changed now.
fn change(fold: &Fold<'_>, repository: i64, bytes: i64, tags: i64) -> Result<(), ApplyError> {
    let before = Card::find(fold, repository)?;
    fold.end(
        "card",
        "UPDATE repository_cards SET size_bytes = size_bytes + ?4, tag_count = tag_count + ?5, updated_at = ?6
          WHERE account = ?1 AND organization = ?2 AND repository = ?3",
        params![before.account, before.organization, repository, bytes, tags, fold.place.at],
    )?;
    let (tag_count, size_bytes) = (before.tag_count + tags, before.size_bytes + bytes);
    stretches::shift(fold, &before, &Card { updated_at: fold.place.at, tag_count, size_bytes, ..before.clone() })
}

/// So many pulls more, which are no change of the repository.
fn count_pulls(fold: &Fold<'_>, repository: i64, pulls: &[ManifestPulls]) -> Result<(), ApplyError> {
    let pulls = size(pulls.iter().map(|pulled| pulled.count).fold(0, u64::saturating_add))?;
    let before = Card::find(fold, repository)?;
    let sql = "UPDATE repository_cards SET pull_count = pull_count + ?2 WHERE repository = ?1";
    fold.end("card", sql, [repository, pulls])?;
    stretches::shift(fold, &before, &Card { pull_count: before.pull_count + pulls, ..before.clone() })
}
