//! What a repository changes about what it holds.

use std::collections::BTreeMap;

use ambar_domain::digest::Digest;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::repository::{Category, Description, RepositoryEvent};
use ambar_domain::tag::Tag;
use rusqlite::params;

use crate::fold::{ApplyError, Fold, size};

/// What a manifest refers to.
const CONFIG: i64 = 1;
const LAYER: i64 = 2;
pub(crate) const CHILD: i64 = 3;

/// How many of the manifests that an index lists count for its size.
pub(crate) const MAX_CHILDREN: i64 = 128;

pub(crate) fn apply(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    let repository = fold.repository_id(name)?;
    match event {
        RepositoryEvent::Created { account, .. } => create(fold, repository, account),
        RepositoryEvent::ManifestPushed { digest, manifest } => push_manifest(fold, repository, digest, manifest),
        RepositoryEvent::VersionPushed { tag, digest, previous_digest } => {
            if previous_digest.is_some() {
                end_tag(fold, repository, tag)?;
            }
            begin_tag(fold, repository, tag, digest)
        }
        RepositoryEvent::VersionDeleted { tag, .. } => end_tag(fold, repository, tag),
        RepositoryEvent::ManifestDeleted { digest } => delete_manifest(fold, repository, digest),
        RepositoryEvent::Deleted {} => delete(fold, repository),
        RepositoryEvent::CategoryChanged { category } => change_category(fold, repository, *category),
        RepositoryEvent::DescriptionChanged { description } => change_description(fold, repository, description),
        // The access view's.
        RepositoryEvent::VisibilityChanged { .. }
        | RepositoryEvent::AccessGranted { .. }
        | RepositoryEvent::AccessRevoked { .. }
        | RepositoryEvent::ShareCreated { .. }
        | RepositoryEvent::ShareChanged { .. }
        | RepositoryEvent::ShareEnded { .. }
        | RepositoryEvent::ShareExpired { .. }
        // That of use.
        | RepositoryEvent::DownloadsCounted { .. } => Ok(()),
    }
}

fn create(fold: &Fold<'_>, repository: i64, account: &AccountId) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO repositories (repository, account, creator, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![repository, account.as_str(), fold.user().as_ref().map(UserId::as_str), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn delete_manifest(fold: &mut Fold<'_>, repository: i64, digest: &Digest) -> Result<(), ApplyError> {
    let digest = fold.digest_id(digest)?;
    fold.end(
        "manifest",
        "UPDATE manifests SET until_position = ?3, until_at = ?4 WHERE repository = ?1 AND digest = ?2 AND until_position IS NULL",
        params![repository, digest, fold.place.position, fold.place.at],
    )
}

// The first of either ends none: what nobody has said yet has no row.
fn change_category(fold: &Fold<'_>, repository: i64, category: Category) -> Result<(), ApplyError> {
    let at = fold.place;
    fold.change(
        "UPDATE repository_categories SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, at.position, at.at],
    )?;
    fold.insert(
        "INSERT INTO repository_categories (repository, category, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
        params![repository, category.as_str(), at.position, at.at],
    )?;
    Ok(())
}

fn change_description(fold: &Fold<'_>, repository: i64, description: &Description) -> Result<(), ApplyError> {
    let at = fold.place;
    fold.change(
        "UPDATE repository_descriptions SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, at.position, at.at],
    )?;
    fold.insert(
        "INSERT INTO repository_descriptions (repository, description, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
        params![repository, description.as_str(), at.position, at.at],
    )?;
    Ok(())
}

/// One a line, each once, in their order. What a client has put a line break into is no name of a platform.
fn platforms(facts: &ManifestFacts) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for platform in &facts.platforms {
        let parts = [Some(&platform.os), Some(&platform.architecture), platform.variant.as_ref()];
        let line = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("/");
        if !line.contains(char::is_control) && !lines.contains(&line) {
            lines.push(line);
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn push_manifest(fold: &mut Fold<'_>, repository: i64, digest: &Digest, facts: &ManifestFacts) -> Result<(), ApplyError> {
    let at = fold.place;
    let digest = fold.digest_id(digest)?;
    let subject = facts.subject.as_ref().map(|subject| fold.digest_id(subject)).transpose()?;
    let manifest = fold.insert(
        "INSERT INTO manifests
            (repository, digest, media_type, size_bytes, content_bytes, artifact_type, subject, from_position, from_at, platforms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            repository,
            digest,
            facts.media_type,
            size(facts.size_bytes)?,
            content_bytes(facts)?,
            facts.artifact_type,
            subject,
            at.position,
            at.at,
            platforms(facts)
        ],
    )?;
    refer(fold, repository, manifest, facts)
}

/// What the manifest is made of, in its own order.
fn refer(fold: &mut Fold<'_>, repository: i64, manifest: i64, facts: &ManifestFacts) -> Result<(), ApplyError> {
    let config = facts.config.iter().map(|config| (CONFIG, config));
    let layers = facts.layers.iter().map(|layer| (LAYER, layer));
    let children = facts.children.iter().map(|child| (CHILD, child));
    for (ordinal, (kind, descriptor)) in (0_i64..).zip(config.chain(layers).chain(children)) {
        let referenced = fold.digest_id(&descriptor.digest)?;
        fold.insert(
            "INSERT INTO manifest_references (manifest, ordinal, kind, repository, digest, size_bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![manifest, ordinal, kind, repository, referenced, size(descriptor.size_bytes)?],
        )?;
    }
    Ok(())
}

/// The size of its config and layers, each counted once.
fn content_bytes(facts: &ManifestFacts) -> Result<i64, ApplyError> {
    let sizes: BTreeMap<&Digest, u64> = facts.required_blobs().map(|blob| (&blob.digest, blob.size_bytes)).collect();
    size(sizes.into_values().fold(0, u64::saturating_add))
}

fn begin_tag(fold: &mut Fold<'_>, repository: i64, tag: &Tag, digest: &Digest) -> Result<(), ApplyError> {
    let digest = fold.digest_id(digest)?;
    let manifest = fold.find_number(
        "manifest",
        "SELECT id FROM manifests WHERE repository = ?1 AND digest = ?2 AND until_position IS NULL",
        params![repository, digest],
    )?;
    fold.insert(
        "INSERT INTO tags (repository, name, manifest, pushed_by, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![repository, tag.as_str(), manifest, fold.user().as_ref().map(UserId::as_str), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_tag(fold: &Fold<'_>, repository: i64, tag: &Tag) -> Result<(), ApplyError> {
    fold.end(
        "tag",
        "UPDATE tags SET until_position = ?3, until_at = ?4, ended_by = ?5
          WHERE repository = ?1 AND name = ?2 AND until_position IS NULL",
        params![repository, tag.as_str(), fold.place.position, fold.place.at, fold.user().as_ref().map(UserId::as_str)],
    )
}

fn delete(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    let row = || (repository, fold.place.position, fold.place.at);
    fold.end(
        "repository",
        "UPDATE repositories SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        row(),
    )?;
    fold.change(
        "UPDATE tags SET until_position = ?2, until_at = ?3, ended_by = ?4 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, fold.place.position, fold.place.at, fold.user().as_ref().map(UserId::as_str)],
    )?;
    fold.change("UPDATE manifests SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL", row())?;
    fold.change(
        "UPDATE repository_categories SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        row(),
    )?;
    fold.change(
        "UPDATE repository_descriptions SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        row(),
    )?;
    Ok(())
}
