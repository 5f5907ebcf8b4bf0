//! How large a repository is: counting who names what, so that a change costs what it touches and not what the repository holds.
//!
//! A held manifest counts while a tag names it or an index that has a tag lists it, and its config and layers count with it; each of them
//! once, however many name it. An index in an index counts with nothing of its own. Every function returns by how many bytes the repository
//! has grown.
//!
//! No manifest counts for more than [`MAX_BLOBS`] blobs and [`MAX_CHILDREN`] manifests: a tag that is moved to and fro must not hold up the
//! views, whatever somebody has pushed. Docker builds no image of more than 127 layers.

use rusqlite::{Params, Row, params};

use crate::fold::{ApplyError, Fold};
use crate::repositories::{CHILD, MAX_CHILDREN};

/// How many of a manifest's config and layers count.
const MAX_BLOBS: i64 = 512;

/// A manifest was pushed: indexes that have a tag may have listed it before it came.
pub(super) fn hold(fold: &Fold<'_>, repository: i64, digest: i64) -> Result<i64, ApplyError> {
    let listed: Vec<i64> = fold.list(
        "SELECT manifest.id
           FROM manifests AS manifest
           JOIN manifest_references AS reference
             ON reference.digest = manifest.digest AND reference.repository = manifest.repository
                AND reference.kind = ?3 AND reference.ordinal < ?4
           JOIN manifests AS parent ON parent.id = reference.manifest AND parent.until_position IS NULL
           JOIN counted_manifests AS counted ON counted.manifest = parent.id AND counted.tags > 0
          WHERE manifest.repository = ?1 AND manifest.digest = ?2 AND manifest.until_position IS NULL",
        params![repository, digest, CHILD, MAX_CHILDREN],
        |row| row.get(0),
    )?;
    listed.into_iter().try_fold(0, |bytes, manifest| Ok(bytes + list(fold, repository, manifest)?))
}

/// A tag names the manifest from now on.
pub(super) fn name(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let (tags, uses) = count(
        fold,
        "INSERT INTO counted_manifests (manifest, tags, listings) VALUES (?1, 1, 0)
         ON CONFLICT (manifest) DO UPDATE SET tags = tags + 1 RETURNING tags, tags + listings",
        [manifest],
    )?;
    let mut bytes = if uses == 1 { add_blobs(fold, repository, manifest)? } else { 0 };
    if tags == 1 {
        for child in children(fold, manifest)? {
            bytes += list(fold, repository, child)?;
        }
    }
    Ok(bytes)
}

/// A tag names the manifest no more.
pub(super) fn unname(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let (tags, uses) =
        count(fold, "UPDATE counted_manifests SET tags = tags - 1 WHERE manifest = ?1 RETURNING tags, tags + listings", [manifest])?;
    let mut bytes = if uses == 0 { forget(fold, repository, manifest)? } else { 0 };
    if tags == 0 {
        for child in children(fold, manifest)? {
            bytes += unlist(fold, repository, child)?;
        }
    }
    Ok(bytes)
}

/// The manifest was deleted, and its tags before it; indexes may still list it.
pub(super) fn release(fold: &Fold<'_>, repository: i64, digest: i64) -> Result<i64, ApplyError> {
    let counted: Vec<i64> = fold.list(
        "SELECT counted.manifest
           FROM manifests AS manifest
           JOIN counted_manifests AS counted ON counted.manifest = manifest.id
          WHERE manifest.repository = ?1 AND manifest.digest = ?2 AND manifest.until_position = ?3",
        params![repository, digest, fold.place.position],
        |row| row.get(0),
    )?;
    counted.into_iter().try_fold(0, |bytes, manifest| Ok(bytes + forget(fold, repository, manifest)?))
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

/// An index that has a tag lists the manifest from now on.
fn list(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let (_, uses) = count(
        fold,
        "INSERT INTO counted_manifests (manifest, tags, listings) VALUES (?1, 0, 1)
         ON CONFLICT (manifest) DO UPDATE SET listings = listings + 1 RETURNING tags, tags + listings",
        [manifest],
    )?;
    if uses == 1 { add_blobs(fold, repository, manifest) } else { Ok(0) }
}

/// An index that has a tag lists the manifest no more.
fn unlist(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let (_, uses) = count(
        fold,
        "UPDATE counted_manifests SET listings = listings - 1 WHERE manifest = ?1 RETURNING tags, tags + listings",
        [manifest],
    )?;
    if uses == 0 { forget(fold, repository, manifest) } else { Ok(0) }
}

/// The two numbers that a change leaves.
fn count(fold: &Fold<'_>, sql: &'static str, parameters: impl Params) -> Result<(i64, i64), ApplyError> {
    fold.find("use of a manifest", sql, parameters, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The manifests of an index that the repository holds, one as many times as it is listed.
fn children(fold: &Fold<'_>, manifest: i64) -> Result<Vec<i64>, ApplyError> {
    fold.list(
        "SELECT child.id
           FROM manifest_references AS reference
           JOIN manifests AS child
             ON child.repository = reference.repository AND child.digest = reference.digest AND child.until_position IS NULL
          WHERE reference.manifest = ?1 AND reference.kind = ?2 AND reference.ordinal < ?3",
        params![manifest, CHILD, MAX_CHILDREN],
        |row| row.get(0),
    )
}

/// The manifest begins to count, and its config and layers with it.
fn add_blobs(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let uses = fold.list(
        "INSERT INTO counted_blobs (repository, digest, size_bytes, uses)
         SELECT ?1, digest, size_bytes, 1 FROM manifest_references WHERE manifest = ?2 AND kind <> ?3 AND ordinal < ?4
         ON CONFLICT (repository, digest) DO UPDATE SET uses = uses + 1
         RETURNING uses, size_bytes",
        params![repository, manifest, CHILD, MAX_BLOBS],
        uses_and_size,
    )?;
    Ok(uses.into_iter().filter(|(uses, _)| *uses == 1).map(|(_, size_bytes)| size_bytes).sum())
}

/// The manifest counts no more, and its config and layers not for it.
fn forget(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    fold.end("manifest", "DELETE FROM counted_manifests WHERE manifest = ?1", [manifest])?;
    // Every row is there, so nothing is inserted: an UPDATE ... FROM would walk over all blobs of the repository.
    let uses = fold.list(
        "INSERT INTO counted_blobs (repository, digest, size_bytes, uses)
         SELECT ?1, digest, size_bytes, 0 FROM manifest_references WHERE manifest = ?2 AND kind <> ?3 AND ordinal < ?4
         ON CONFLICT (repository, digest) DO UPDATE SET uses = uses - 1
         RETURNING uses, size_bytes",
        params![repository, manifest, CHILD, MAX_BLOBS],
        uses_and_size,
    )?;
    let gone: Vec<i64> = uses.into_iter().filter(|(uses, _)| *uses == 0).map(|(_, size_bytes)| size_bytes).collect();
    if !gone.is_empty() {
        fold.change(
            "DELETE FROM counted_blobs
              WHERE repository = ?1 AND uses = 0 AND digest IN (SELECT digest FROM manifest_references WHERE manifest = ?2)",
            params![repository, manifest],
        )?;
    }
    Ok(-gone.iter().sum::<i64>())
}

fn uses_and_size(row: &Row<'_>) -> rusqlite::Result<(i64, i64)> {
    Ok((row.get(0)?, row.get(1)?))
}
