//! What a command answers: a table or a record for people, the same as JSON for programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The answer to an administrator's command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// It was done.
    Done {
        /// What was done, for people.
        message: String,
    },
    /// One thing, field by field.
    Record {
        /// Names and values.
        fields: Vec<(String, Value)>,
    },
    /// Many things.
    Table {
        /// Names of the columns.
        columns: Vec<String>,
        /// As many values as columns in each.
        rows: Vec<Vec<Value>>,
    },
    /// Events, each a JSON object, and the position to go on from.
    Events {
        /// JSON objects.
        events: Vec<Value>,
        /// The text form of the position behind the last one.
        next: String,
        /// The log had no event behind it.
        at_head: bool,
    },
}

impl Reply {
    pub(crate) fn done(message: impl Into<String>) -> Self {
        Self::Done { message: message.into() }
    }

    pub(crate) fn record<const N: usize>(fields: [(&str, impl Into<Value>); N]) -> Self {
        Self::Record { fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect() }
    }

    pub(crate) fn table<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [impl Into<Value>; N]>) -> Self {
        let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
        Self::Table { columns: columns.map(str::to_owned).to_vec(), rows }
    }

    /// For programs: an object, or a list of objects.
    pub(crate) fn to_json(&self) -> Value {
        let object = |names: &[String], values: &[Value]| Value::Object(names.iter().cloned().zip(values.iter().cloned()).collect());
        match self {
            Self::Done { message } => Value::Object(Map::from_iter([("message".to_owned(), Value::from(message.as_str()))])),
            Self::Record { fields } => {
                let (names, values): (Vec<_>, Vec<_>) = fields.iter().cloned().unzip();
                object(&names, &values)
            }
            Self::Table { columns, rows } => rows.iter().map(|row| object(columns, row)).collect(),
            Self::Events { events, .. } => events.iter().cloned().collect(),
        }
    }

    /// For people: aligned columns, without a line end behind the last line.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Done { message } => message.clone(),
            Self::Record { fields } => {
                let rows: Vec<_> = fields.iter().map(|(name, value)| vec![format!("{name}:"), in_words(value)]).collect();
                aligned(&rows)
            }
            Self::Table { columns, rows } => {
                let titles = columns.iter().map(|name| name.to_uppercase()).collect();
                let rows = rows.iter().map(|row| row.iter().map(in_words).collect());
                aligned(&std::iter::once(titles).chain(rows).collect::<Vec<_>>())
            }
            Self::Events { events, .. } => events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// A value as people read it.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        Value::Array(values) => values.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|value| value.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (value, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{value:width$}  ");
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_for_people_and_a_list_of_objects_for_programs() {
        let table = Reply::table(
            ["name", "may", "groups"],
            [[Value::from("anna"), true.into(), vec!["a", "b"].into()], ["o".into(), false.into(), Value::Array(Vec::new())]],
        );
        assert_eq!(table.to_text(), "NAME  MAY  GROUPS\nanna  yes  a, b\no     no");
        assert_eq!(table.to_json().to_string(), r#"[{"groups":["a","b"],"may":true,"name":"anna"},{"groups":[],"may":false,"name":"o"}]"#);
    }
}
