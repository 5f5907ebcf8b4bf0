//! What a command answers: a table or a record for people, the same as JSON for programs.
//!
//! Names tell what a value is: people read `…_bytes` in larger units, `…_at`, `from` and `…until` to the second, and in a table `…_name` in the place
//! of the id beside it, and no `…_id` beside the name that it belongs to; programs get what the server said.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// It was done.
    Done {
        /// What was done, for people.
        message: String,
    },
    /// In words of its own for people, and as the server said it for programs.
    Said {
        /// For people.
        text: String,
        /// For programs.
        value: Value,
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

    /// A row for each object of a list: pairs of a column's name and where its value stands in the object.
    pub(crate) fn rows_of(columns: &[(&str, &str)], objects: &[Value]) -> Self {
        let row = |object: &Value| columns.iter().map(|(_, pointer)| value_at(object, pointer)).collect();
        Self::Table { columns: columns.iter().map(|(name, _)| (*name).to_owned()).collect(), rows: objects.iter().map(row).collect() }
    }

    /// The same of one object, as a record.
    pub(crate) fn record_of(fields: &[(&str, &str)], object: &Value) -> Self {
        Self::Record { fields: fields.iter().map(|(name, pointer)| ((*name).to_owned(), value_at(object, pointer))).collect() }
    }

    /// For programs: an object, or a list of objects.
    pub(crate) fn to_json(&self) -> Value {
        let object = |names: &[String], values: &[Value]| Value::Object(names.iter().cloned().zip(values.iter().cloned()).collect());
        match self {
            Self::Done { message } => Value::Object(Map::from_iter([("message".to_owned(), Value::from(message.as_str()))])),
            Self::Said { value, .. } => value.clone(),
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
            Self::Said { text, .. } => text.clone(),
            Self::Record { fields } => {
                let rows: Vec<_> = fields.iter().map(|(name, value)| vec![format!("{}:", title(name)), shown(name, value)]).collect();
                aligned(&rows)
            }
            Self::Table { columns, rows } => {
                let columns = for_people(columns);
                let titles = columns.iter().map(|column| title(column.name).to_uppercase()).collect();
                let rows = rows.iter().map(|row| columns.iter().map(|column| shown(column.name, column.value(row))).collect());
                aligned(&std::iter::once(titles).chain(rows).collect::<Vec<_>>())
            }
            Self::Events { events, .. } => events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// A column that people read.
struct Column<'a> {
    name: &'a str,
    place: usize,
    /// Where the name stands to whose id this is.
    name_place: Option<usize>,
}

impl Column<'_> {
    /// The name; the id of who has none.
    fn value<'a>(&self, row: &'a [Value]) -> &'a Value {
        let at = |place: usize| row.get(place).filter(|value| !value.is_null());
        self.name_place.and_then(at).or_else(|| at(self.place)).unwrap_or(&Value::Null)
    }
}

/// All columns, but for those with the names to ids, and with the ids to names.
fn for_people(columns: &[String]) -> Vec<Column<'_>> {
    let place_of = |wanted: &str| columns.iter().position(|name| name == wanted);
    let is_beside = |name: &str, suffix| name.strip_suffix(suffix).is_some_and(|other| place_of(other).is_some());
    let shown = columns.iter().enumerate().filter(|(_, name)| !is_beside(name, "_name") && !is_beside(name, "_id"));
    shown.map(|(place, name)| Column { name, place, name_place: place_of(&format!("{name}_name")) }).collect()
}

/// The value under a name of an object, or at a JSON pointer in it; null if there is none.
fn value_at(object: &Value, pointer: &str) -> Value {
    let found = if pointer.starts_with('/') { object.pointer(pointer) } else { object.get(pointer) };
    found.cloned().unwrap_or_default()
}

/// A column's name as people read it: what kind of value it is, the value shows.
fn title(name: &str) -> &str {
    name.strip_suffix("_bytes").or_else(|| name.strip_suffix("_at")).unwrap_or(name)
}

/// A value as people read it under this name.
fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::Number(bytes) if name.ends_with("_bytes") => bytes.as_f64().map_or_else(String::new, in_larger_units),
        Value::String(time) if name.ends_with("_at") || name == "from" || name.ends_with("until") => to_the_second(time),
        value => in_words(value),
    }
}

/// Without the fraction, where it is a time.
fn to_the_second(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) if rest.ends_with('Z') => format!("{seconds}Z"),
        _ => time.to_owned(),
    }
}

/// Bytes in units of a thousand, as registry clients show them.
fn in_larger_units(bytes: f64) -> String {
    let mut value = bytes;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            return if unit == "B" { format!("{value} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1000.0;
    }
    format!("{value:.1} PB")
}

/// A value as people read it, whatever its name.
pub(crate) fn in_words(value: &Value) -> String {
    match value {
        // Whatever somebody wrote into a description, it must not move the cursor.
        Value::String(text) => text.replace(char::is_control, " "),
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
    use serde_json::json;

    use super::*;

    #[test]
    fn people_read_sizes_in_larger_units_and_times_to_the_second_and_programs_what_the_server_said() {
        let said = [json!({ "name": "web", "size": 1_234_567, "updated": "2026-01-02T03:04:05.678901Z", "by": { "name": "anna" } })];
        let columns = [("image", "name"), ("size_bytes", "size"), ("updated_at", "updated"), ("by", "/by/name"), ("none", "none")];
        let table = Reply::rows_of(&columns, &said);
        assert_eq!(table.to_text(), "IMAGE  SIZE    UPDATED               BY    NONE\nweb    1.2 MB  2026-01-02T03:04:05Z  anna");
        assert_eq!((&table.to_json()[0]["size_bytes"], &table.to_json()[0]["none"]), (&json!(1_234_567), &Value::Null));
        assert_eq!(Reply::record_of(&columns[..2], &said[0]).to_text(), "image:  web\nsize:   1.2 MB");
        assert_eq!([0.0, 999.0, 1000.0, 2.5e15].map(in_larger_units), ["0 B", "999 B", "1.0 kB", "2.5 PB"]);
    }

    #[test]
    fn people_read_names_where_programs_get_ids_too() {
        let rows = [["v1", "id-1", "anna"], ["v2", "id-2", ""]].map(|row| row.map(|text| Some(text).filter(|text| !text.is_empty())));
        let table = Reply::table(["tag", "pushed_by", "pushed_by_name"], rows);
        assert_eq!(table.to_text(), "TAG  PUSHED_BY\nv1   anna\nv2   id-2");
        assert_eq!(table.to_json()[0], json!({ "tag": "v1", "pushed_by": "id-1", "pushed_by_name": "anna" }));
        let table = Reply::table(["account", "account_id", "other_id"], [["acme", "id-1", "id-2"]]);
        assert_eq!(table.to_text(), "ACCOUNT  OTHER_ID\nacme     id-2");
        assert_eq!(table.to_json()[0], json!({ "account": "acme", "account_id": "id-1", "other_id": "id-2" }));
    }

    #[test]
    fn what_others_wrote_moves_no_cursor() {
        let record = Reply::record([("description", "a\u{1b}[2Jb\nc\td")]);
        assert_eq!(record.to_text(), "description:  a [2Jb c d");
        assert_eq!(record.to_json()["description"], "a\u{1b}[2Jb\nc\td");
    }

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
