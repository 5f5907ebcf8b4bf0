//! Scopes of tokens: one survives the query it is asked in, the token it is kept in, and being written again.
#![no_main]

use ambar_api::extract::{Actions, Query, Scope};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    asked(text);
    let Some(scope) = Scope::parse(text) else { return };
    assert!(!scope.repository.is_empty() && Actions::ALL.contains(scope.actions), "{text:?}: {scope:?}");
    assert!(!scope.actions.contains(Actions::PUSH) || scope.actions.contains(Actions::PULL), "{text:?}: {scope:?}");
    let kept = serde_json::to_value(&scope).expect("JSON");
    let names: Vec<&str> = kept["actions"].as_array().expect("names").iter().map(|name| name.as_str().expect("a name")).collect();
    let written = format!("repository:{}:{}", scope.repository, names.join(","));
    assert_eq!(Scope::parse(&written).as_ref(), Some(&scope), "{text:?} and {written:?}");
    assert_eq!(serde_json::from_value::<Scope>(kept).expect("a scope"), scope, "{text:?}");
});

fn asked(text: &str) {
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let query = format!("service=ambar&scope={escaped}&scope=second");
    let asked: Vec<_> = Query::new(Some(&query)).all("scope").collect();
    assert_eq!(asked, [text, "second"]);
    // As a whole query, it may say anything.
    let _ = Query::new(Some(text)).first("scope");
}
