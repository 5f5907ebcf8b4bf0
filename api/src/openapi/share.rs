//! Answers that many operations of a surface give alike stand in the document once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// So many operations of a surface must give an answer alike.
const MANY: usize = 3;

/// Puts the answer that most operations of a surface give with a status among the components, and refers to it.
pub(super) fn share_answers(document: &mut Value) {
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for_each_answer(document, |name, answer| *counts.entry(name).or_default().entry(answer.to_string()).or_default() += 1);
    let most = counts.into_iter().filter_map(|(name, answers)| {
        let (answer, _) = answers.into_iter().filter(|(_, count)| *count >= MANY).max_by_key(|(_, count)| *count)?;
        Some((name, answer))
    });
    let most: BTreeMap<String, String> = most.collect();
    let mut shared = Map::new();
    for_each_answer(document, |name, answer| {
        if most.get(&name) == Some(&answer.to_string()) {
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            shared.insert(name, std::mem::replace(answer, reference));
        }
    });
    document["components"]["responses"] = Value::Object(shared);
}

/// With the name that it has if it is shared, such as `Identity404`.
fn for_each_answer(document: &mut Value, mut each: impl FnMut(String, &mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let surface = operation["tags"][0].as_str().unwrap_or_default().replace(' ', "");
        for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
            each(format!("{surface}{status}"), answer);
        }
    }
}
