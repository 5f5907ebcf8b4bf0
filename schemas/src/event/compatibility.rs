//! Whether a schema may replace one that is published under the same type and version (requirement E4).
//!
//! Payloads that were written stay in the log for ever, and others read the log by its published schemas. So the new schema must accept
//! every payload of the old one, and promise no less about what is in it:
//!
//! - allowed: an optional field more; a wider range, a longer enumeration, a restriction dropped; other words in titles and descriptions.
//! - refused: a field removed (a renamed one is one removed), its type changed, a required field more or fewer, a narrower range, pattern
//!   or enumeration, and every other change: what cannot be shown to be safe is not. Such a change is a new version, with an upcaster.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::canonical::canonical;

/// One reason why a schema may not replace another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incompatibility {
    /// Where: the names of the fields from the outside in, such as `manifest.layers[].digest`; empty for the payload itself.
    pub path: String,
    /// What is wrong there.
    pub reason: Reason,
}

/// Why a change is incompatible.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The field is not there any more.
    Removed,
    /// The field has another type.
    Retyped,
    /// A field that is new, or was optional, is required.
    NowRequired,
    /// A field that was required is optional.
    NoLongerRequired,
    /// This keyword accepts less than before, or cannot be shown to accept as much.
    Narrowed(String),
    /// This keyword is different, in a way that cannot be shown to be safe.
    Changed(String),
    /// The type or version itself is gone.
    Unpublished,
}

impl fmt::Display for Incompatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the payload" } else { &self.path };
        match &self.reason {
            Reason::Removed => write!(f, "{path} is removed"),
            Reason::Retyped => write!(f, "{path} has another type"),
            Reason::NowRequired => write!(f, "{path} is required now"),
            Reason::NoLongerRequired => write!(f, "{path} is no longer required"),
            Reason::Narrowed(keyword) => write!(f, "{path} accepts less: '{keyword}'"),
            Reason::Changed(keyword) => write!(f, "{path} is different: '{keyword}'"),
            Reason::Unpublished => write!(f, "{path} is no longer there"),
        }
    }
}

/// Every reason why `new` may not replace `old`; none if it may.
#[must_use]
pub fn compatibility(old: &Value, new: &Value) -> Vec<Incompatibility> {
    let mut found = Vec::new();
    compare("", &canonical(old), &canonical(new), &mut found);
    found.sort();
    found
}

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<Incompatibility>) {
    let mut report = |reason| found.push(Incompatibility { path: path.to_owned(), reason });
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        if old != new {
            report(Reason::Retyped);
        }
        return;
    };
    if old.get("type") != new.get("type") {
        return report(Reason::Retyped);
    }
    let keywords: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for keyword in keywords {
        match (keyword.as_str(), old.get(keyword), new.get(keyword)) {
            ("properties" | "required", _, _) => {}
            ("items", Some(old), Some(new)) => compare(&format!("{path}[]"), old, new, found),
            (_, old, new) => found.extend(judge(keyword, old, new).map(|reason| Incompatibility { path: path.to_owned(), reason })),
        }
    }
    compare_fields(path, old, new, found);
}

/// Judges a keyword that stands for itself.
fn judge(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Option<Reason> {
    let wider = match (keyword, old, new) {
        (_, old, new) if old == new => return None,
        ("enum" | "pattern" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems", _, None) => true,
        ("enum", Some(Value::Array(old)), Some(Value::Array(new))) => old.iter().all(|value| new.contains(value)),
        ("minimum" | "minLength" | "minItems", Some(old), Some(new)) => new.as_f64() <= old.as_f64(),
        ("maximum" | "maxLength" | "maxItems", Some(old), Some(new)) => new.as_f64() >= old.as_f64(),
        ("format", Some(old), Some(new)) => is_wider_format(old, new),
        ("enum" | "pattern" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" | "format", _, _) => false,
        _ => return Some(Reason::Changed(keyword.to_owned())),
    };
    (!wider).then(|| Reason::Narrowed(keyword.to_owned()))
}

/// Whether every number of the one format is one of the other.
fn is_wider_format(old: &Value, new: &Value) -> bool {
    const FORMATS: [&str; 4] = ["uint8", "uint16", "uint32", "uint64"];
    let rank = |format: &Value| FORMATS.iter().position(|known| format == known);
    matches!((rank(old), rank(new)), (Some(old), Some(new)) if old <= new)
}

fn compare_fields(path: &str, old: &Map<String, Value>, new: &Map<String, Value>, found: &mut Vec<Incompatibility>) {
    let (old_required, new_required) = (required(old), required(new));
    let (old_fields, new_fields) = (properties(old), properties(new));
    let place = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, old) in &old_fields {
        match new_fields.iter().find(|(other, _)| other == name) {
            Some((_, new)) => compare(&place(name), old, new, found),
            None => found.push(Incompatibility { path: place(name), reason: Reason::Removed }),
        }
    }
    for name in new_required.difference(&old_required) {
        found.push(Incompatibility { path: place(name), reason: Reason::NowRequired });
    }
    for name in old_required.difference(&new_required).filter(|name| new_fields.iter().any(|(other, _)| other == *name)) {
        found.push(Incompatibility { path: place(name), reason: Reason::NoLongerRequired });
    }
}

fn properties(schema: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let fields = schema.get("properties").and_then(Value::as_object);
    fields.into_iter().flatten().map(|(name, field)| (name.as_str(), field)).collect()
}

fn required(schema: &Map<String, Value>) -> BTreeSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests;
