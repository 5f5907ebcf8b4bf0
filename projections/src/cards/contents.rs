//! How large a repository is: counting who names what, so that a change costs what it touches and not what the repository holds.
//!
//! A held manifest has as many uses as tags name it and as held indexes with uses list it, one for each time it is listed. The blobs of a
//! manifest with uses have one from it for each time it names them. Every function returns by how many bytes the repository has grown.

use rusqlite::params;

use crate::fold::{ApplyError, Fold};
use crate::repositories::CHILD;

/// A manifest was pushed: indexes that count may have listed it before it came.
pub(super) fn hold(fold: &Fold<'_>, repository: i64, digest: i64) -> Result<i64, ApplyError> {
    let listed = fold.list(
        "SELECT manifest.id
           FROM manifests AS manifest
           JOIN manifest_references AS reference
             ON reference.digest = manifest.digest AND reference.repository = manifest.repository AND reference.kind = ?3
           JOIN manifests AS parent ON parent.id = reference.manifest AND parent.until_position IS NULL
           JOIN counted_manifests AS counted ON counted.manifest = parent.id
          WHERE manifest.repository = ?1 AND manifest.digest = ?2 AND manifest.until_position IS NULL",
        params![repository, digest, CHILD],
        |row| row.get(0),
    )?;
    add_uses(fold, repository, listed)
}

/// A tag names the manifest from now on.
pub(super) fn name(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    add_uses(fold, repository, vec![manifest])
}

/// A tag names the manifest no more.
pub(super) fn unname(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    take_uses(fold, repository, vec![manifest])
}

/// The manifest was deleted; indexes may still list it.
pub(super) fn release(fold: &Fold<'_>, repository: i64, digest: i64) -> Result<i64, ApplyError> {
    let manifest = fold.find_number(
        "manifest",
        "SELECT id FROM manifests WHERE repository = ?1 AND digest = ?2 AND until_position = ?3",
        params![repository, digest, fold.place.position],
    )?;
    if fold.change("DELETE FROM counted_manifests WHERE manifest = ?1", [manifest])? == 0 {
        return Ok(0);
    }
    let mut children = Vec::new();
    let bytes = take_from_contents(fold, repository, manifest, &mut children)?;
    Ok(bytes + take_uses(fold, repository, children)?)
}

/// The repository was deleted.
pub(super) fn release_all(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    fold.change(
        "DELETE FROM counted_manifests WHERE manifest IN (SELECT id FROM manifests WHERE repository = ?1 AND until_position = ?2)",
        params![repository, fold.place.position],
    )?;
    fold.change("DELETE FROM counted_blobs WHERE repository = ?1", [repository])?;
    Ok(())
}

/// One use more for each of them. With its first, a manifest's contents begin to count. A list of its own and no recursion: an index may list
/// indexes, as deep as somebody likes to push them.
fn add_uses(fold: &Fold<'_>, repository: i64, mut manifests: Vec<i64>) -> Result<i64, ApplyError> {
    let mut bytes = 0;
    while let Some(manifest) = manifests.pop() {
        let uses = fold.find_number(
            "manifest",
            "INSERT INTO counted_manifests (manifest, uses) VALUES (?1, 1)
             ON CONFLICT (manifest) DO UPDATE SET uses = uses + 1 RETURNING uses",
            [manifest],
        )?;
        if uses == 1 {
            bytes += add_to_contents(fold, repository, manifest, &mut manifests)?;
        }
    }
    Ok(bytes)
}

/// One use less for each of them. With its last, a manifest's contents count no more.
fn take_uses(fold: &Fold<'_>, repository: i64, mut manifests: Vec<i64>) -> Result<i64, ApplyError> {
    let mut bytes = 0;
    while let Some(manifest) = manifests.pop() {
        let uses = fold.find_number(
            "use of a manifest",
            "UPDATE counted_manifests SET uses = uses - 1 WHERE manifest = ?1 RETURNING uses",
            [manifest],
        )?;
        if uses == 0 {
            fold.change("DELETE FROM counted_manifests WHERE manifest = ?1", [manifest])?;
            bytes += take_from_contents(fold, repository, manifest, &mut manifests)?;
        }
    }
    Ok(bytes)
}

/// What a manifest names.
enum Content {
    /// A config or layer, and its size.
    Blob(i64, i64),
    /// A manifest that the repository holds.
    Child(i64),
}

fn contents(fold: &Fold<'_>, manifest: i64) -> Result<Vec<Content>, ApplyError> {
    let listed = fold.list(
        "SELECT reference.kind, reference.digest, reference.size_bytes, child.id
           FROM manifest_references AS reference
           LEFT JOIN manifests AS child
             ON reference.kind = ?2 AND child.repository = reference.repository AND child.digest = reference.digest
                AND child.until_position IS NULL
          WHERE reference.manifest = ?1",
        params![manifest, CHILD],
        |row| {
            let child: Option<i64> = row.get(3)?;
            let blob = Content::Blob(row.get(1)?, row.get(2)?);
            Ok(if row.get::<_, i64>(0)? == CHILD { child.map(Content::Child) } else { Some(blob) })
        },
    )?;
    Ok(listed.into_iter().flatten().collect())
}

fn add_to_contents(fold: &Fold<'_>, repository: i64, manifest: i64, children: &mut Vec<i64>) -> Result<i64, ApplyError> {
    let mut bytes = 0;
    for content in contents(fold, manifest)? {
        match content {
            Content::Child(child) => children.push(child),
            Content::Blob(digest, size_bytes) => {
                let uses = fold.find_number(
                    "blob",
                    "INSERT INTO counted_blobs (repository, digest, size_bytes, uses) VALUES (?1, ?2, ?3, 1)
                     ON CONFLICT (repository, digest) DO UPDATE SET uses = uses + 1 RETURNING uses",
                    params![repository, digest, size_bytes],
                )?;
                bytes += if uses == 1 { size_bytes } else { 0 };
            }
        }
    }
    Ok(bytes)
}

fn take_from_contents(fold: &Fold<'_>, repository: i64, manifest: i64, children: &mut Vec<i64>) -> Result<i64, ApplyError> {
    let mut bytes = 0;
    for content in contents(fold, manifest)? {
        match content {
            Content::Child(child) => children.push(child),
            Content::Blob(digest, _) => {
                let uses = fold.find_number(
                    "use of a blob",
                    "UPDATE counted_blobs SET uses = uses - 1 WHERE repository = ?1 AND digest = ?2 RETURNING uses",
                    params![repository, digest],
                )?;
                if uses == 0 {
                    // The size that was added is taken away, whatever this manifest says of it.
                    bytes -= fold.find_number(
                        "use of a blob",
                        "DELETE FROM counted_blobs WHERE repository = ?1 AND digest = ?2 RETURNING size_bytes",
                        params![repository, digest],
                    )?;
                }
            }
        }
    }
    Ok(bytes)
}
