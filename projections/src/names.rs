//! The small numbers that stand for long names in the rows: digests, organizations, repositories, and the words and ids of events.
//!
//! A number is given when an event first names the thing, in the order of the log, and never taken back: a rebuild gives the same.
//! That a name has a number says nothing about whether the thing exists.

use std::collections::HashMap;
use std::hash::Hash;

use ambar_domain::digest::{Algorithm, Digest, DigestHash};
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, ToSql};

/// How many numbers of each kind are remembered; a push names a handful of things, several times each.
const REMEMBERED: usize = 2_000;

/// The numbers given lately, to spare look-ups while events are applied.
#[derive(Debug, Default)]
pub(crate) struct Names {
    digests: HashMap<DigestKey, i64>,
    organizations: HashMap<String, i64>,
    repositories: HashMap<String, i64>,
    hours: HashMap<i64, i64>,
    terms: HashMap<String, i64>,
}

impl Names {
    pub(crate) fn digest(&mut self, connection: &Connection, digest: &Digest) -> rusqlite::Result<i64> {
        let key = DigestKey::new(digest);
        if let Some(id) = self.digests.get(&key) {
            return Ok(*id);
        }
        const FIND: &str = "SELECT id FROM digests WHERE hash = ?1";
        const ADD: &str = "INSERT INTO digests (hash) VALUES (?1)";
        let id = find_or_add(connection, FIND, ADD, &key)?;
        remember(&mut self.digests, key, id);
        Ok(id)
    }

    pub(crate) fn organization(&mut self, connection: &Connection, name: &str) -> rusqlite::Result<i64> {
        const FIND: &str = "SELECT id FROM organization_names WHERE name = ?1";
        const ADD: &str = "INSERT INTO organization_names (name) VALUES (?1)";
        text(&mut self.organizations, connection, FIND, ADD, name)
    }

    pub(crate) fn repository(&mut self, connection: &Connection, name: &str) -> rusqlite::Result<i64> {
        const FIND: &str = "SELECT id FROM repository_names WHERE name = ?1";
        const ADD: &str = "INSERT INTO repository_names (name) VALUES (?1)";
        text(&mut self.repositories, connection, FIND, ADD, name)
    }

    pub(crate) fn term(&mut self, connection: &Connection, term: &str) -> rusqlite::Result<i64> {
        const FIND: &str = "SELECT id FROM event_terms WHERE term = ?1";
        const ADD: &str = "INSERT INTO event_terms (term) VALUES (?1)";
        text(&mut self.terms, connection, FIND, ADD, term)
    }

    /// Whether the account's newest event before this one was of another hour, as far as is remembered.
    pub(crate) fn is_new_hour(&mut self, account: i64, hour: i64) -> bool {
        let new = self.hours.get(&account) != Some(&hour);
        if new {
            remember(&mut self.hours, account, hour);
        }
        new
    }

    /// Forgets everything: numbers given in a transaction that was rolled back are not given.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn text(remembered: &mut HashMap<String, i64>, connection: &Connection, find: &str, add: &str, name: &str) -> rusqlite::Result<i64> {
    if let Some(id) = remembered.get(name) {
        return Ok(*id);
    }
    let id = find_or_add(connection, find, add, &name)?;
    remember(remembered, name.to_owned(), id);
    Ok(id)
}

fn find_or_add(connection: &Connection, find: &str, add: &str, key: &dyn ToSql) -> rusqlite::Result<i64> {
    if let Some(id) = connection.prepare_cached(find)?.query_row([key], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    connection.prepare_cached(add)?.insert([key])
}

/// All are forgotten when there are too many, which costs less than keeping an order of use.
fn remember<K: Eq + Hash>(remembered: &mut HashMap<K, i64>, key: K, id: i64) {
    if remembered.len() >= REMEMBERED {
        remembered.clear();
    }
    remembered.insert(key, id);
}

/// A digest as the rows have it: the bytes of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DigestKey(DigestHash);

impl DigestKey {
    pub(crate) fn new(digest: &Digest) -> Self {
        Self(digest.hash())
    }
}

impl ToSql for DigestKey {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_ref()))
    }
}

/// The digest that a stored hash stands for.
pub(crate) fn digest_of(hash: &[u8]) -> Result<Digest, ambar_domain::digest::InvalidDigest> {
    let algorithm = if hash.len() == 64 { Algorithm::Sha512 } else { Algorithm::Sha256 };
    Digest::from_hash(algorithm, hash)
}

#[cfg(test)]
mod tests {
    use ambar_domain::digest::Digest;

    use super::digest_of;

    #[test]
    fn a_digest_of_either_algorithm_survives_as_its_hash() {
        for text in [format!("sha256:{}", "0af9".repeat(16)), format!("sha512:{}", "f09a".repeat(32))] {
            let digest: Digest = text.parse().unwrap();
            assert_eq!(digest_of(digest.hash().as_ref()), Ok(digest));
        }
    }
}
