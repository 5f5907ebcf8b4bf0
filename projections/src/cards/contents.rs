//! How large a repository is: counting who names what, so that a change costs what it touches and not what the repository holds.
//!
//! A held manifest counts while a tag names it or an index that has a tag lists it, and its config and layers count with it; each of them
//! once, however many name it. An index in an index counts with nothing of its own. Every function returns by how many bytes the repository
//! has grown.
//!
//! No manifest counts for more than [`MAX_BLOBS`] blobs and [`MAX_CHILDREN`] manifests: a tag that is moved to and fro must not hold up the
//! views, whatever somebody has pushed. Docker builds no image of more than 127 layers.

use rusqlite::{Params, params};

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
    fold.find("use that is counted", sql, parameters, |row| Ok((row.get(0)?, row.get(1)?)))
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

/// The config and layers that count, one as many times as the manifest names it: digest and size.
fn blobs(fold: &Fold<'_>, manifest: i64) -> Result<Vec<(i64, i64)>, ApplyError> {
    fold.list(
        "SELECT digest, size_bytes FROM manifest_references WHERE manifest = ?1 AND kind <> ?2 AND ordinal < ?3",
        params![manifest, CHILD, MAX_BLOBS],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn add_blobs(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    let mut bytes = 0;
    for (digest, size_bytes) in blobs(fold, manifest)? {
        let uses = fold.find_number(
            "blob",
            "INSERT INTO counted_blobs (repository, digest, size_bytes, uses) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (repository, digest) DO UPDATE SET uses = uses + 1 RETURNING uses",
            params![repository, digest, size_bytes],
        )?;
        bytes += if uses == 1 { size_bytes } else { 0 };
    }
    Ok(bytes)
}

/// The manifest counts no more, and its config and layers not for it.
fn forget(fold: &Fold<'_>, repository: i64, manifest: i64) -> Result<i64, ApplyError> {
    fold.end("manifest", "DELETE FROM counted_manifests WHERE manifest = ?1", [manifest])?;
    let mut bytes = 0;
    for (digest, _) in blobs(fold, manifest)? {
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
    Ok(bytes)
}
