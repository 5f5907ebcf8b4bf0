//! Publishing schemas: what was published once stays, and is only ever widened.
//!
//! `events/published.json` holds the canonical schema of every type and version that was ever published. It is the memory that a rebuilt
//! schema is compared with, so a change to a Rust type that would break the log of a running registry fails a test, and the generator too.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use super::canonical::canonical;
use super::compatibility::{Incompatibility, Reason, compatibility};
use super::schema::Schemas;

/// The schemas cannot be published: they break what is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("published events would break; give them a new version and an upcaster: {}", list(.0))]
pub struct Breaking(pub Vec<(String, Incompatibility)>);

fn list(broken: &[(String, Incompatibility)]) -> String {
    broken.iter().map(|(file, incompatibility)| format!("{file}: {incompatibility}")).collect::<Vec<_>>().join("; ")
}

/// The stem of the files of a type and version.
#[must_use]
pub fn stem(event_type: &str, version: u32) -> String {
    format!("{event_type}.v{version}")
}

/// What is published once `generated` is: the newest version of every type replaces or joins what was published before.
///
/// # Errors
/// Lists every incompatible change, and every type or version that is no longer there.
pub fn publish(published: &Schemas, generated: &Schemas) -> Result<Schemas, Breaking> {
    let mut broken = Vec::new();
    for (event_type, versions) in published {
        let newest = generated.get(event_type).and_then(|versions| versions.keys().next_back());
        for (version, old) in versions {
            let file = stem(event_type, *version);
            let gone = newest.is_none_or(|newest| version > newest);
            match generated.get(event_type).and_then(|versions| versions.get(version)) {
                Some(new) => broken.extend(compatibility(old, new).into_iter().map(|found| (file.clone(), found))),
                None if gone => broken.push((file, Incompatibility { path: String::new(), reason: Reason::Unpublished })),
                None => {}
            }
        }
    }
    if !broken.is_empty() {
        return Err(Breaking(broken));
    }
    let mut all = published.clone();
    for (event_type, versions) in generated {
        let canonical = versions.iter().map(|(version, schema)| (*version, canonical(schema)));
        all.entry(event_type.clone()).or_default().extend(canonical);
    }
    Ok(all)
}

/// The text of every file in `events/`, by name, once `generated` is published.
///
/// # Errors
/// As [`publish`].
pub fn files(published: &Schemas, generated: &Schemas) -> Result<BTreeMap<String, String>, Breaking> {
    let all = publish(published, generated)?;
    let schemas = generated.iter().flat_map(|(event_type, versions)| {
        versions.iter().map(move |(version, schema)| (format!("{}.json", stem(event_type, *version)), text(schema)))
    });
    let all = serde_json::json!(all);
    Ok(schemas.chain([("published.json".to_owned(), text(&all))]).collect())
}

/// As it stands in a file: indented, in one order of keys, with a newline at the end.
fn text(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    format!("{value:#}\n")
}
