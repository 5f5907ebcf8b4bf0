//! Holds every answer that a test gets against the OpenAPI document: status, type of the body and headers must stand there (requirement B2).
//!
//! What is asked at an address or by a method that is not described is passed over: its refusal is described as a whole.

use std::sync::OnceLock;

use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

/// What says nothing about an operation: any answer may have it.
const ANYWHERE: [&str; 9] = [
    "accept-ranges",
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "docker-distribution-api-version",
    "referrer-policy",
    "x-accel-buffering",
    "x-content-type-options",
];

/// A row of the document.
struct Row {
    method: String,
    path: Vec<String>,
    responses: Map<String, Value>,
}

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(&ambar_api::openapi::document().unwrap()).unwrap())
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    let each = |(path, methods): (&String, &'static Value)| {
        let path: Vec<_> = path.split('/').map(str::to_owned).collect();
        let row = |(method, operation): (&String, &Value)| Row {
            method: method.to_ascii_uppercase(),
            path: path.clone(),
            responses: operation["responses"].as_object().unwrap().clone(),
        };
        methods.as_object().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    ROWS.get_or_init(|| document()["paths"].as_object().unwrap().iter().flat_map(each).collect())
}

impl Row {
    fn is_at(&self, path: &[&str]) -> bool {
        let is_segment = |(expected, segment): (&String, &&str)| expected == segment || (expected.starts_with('{') && !segment.is_empty());
        // The name of a repository may have further segments, which a template cannot say.
        let further =
            if self.path.iter().any(|segment| segment == "{organization}") { path.len().saturating_sub(self.path.len()) } else { 0 };
        let (head, tail) = self.path.split_at(self.path.len().min(4));
        path.len() == self.path.len() + further
            && head.iter().zip(path).all(is_segment)
            && tail.iter().zip(&path[head.len() + further..]).all(is_segment)
    }

    fn literals(&self) -> usize {
        self.path.iter().filter(|segment| !segment.starts_with('{')).count()
    }
}

/// Methods and paths of the document below one of these, each with whether a call is of it.
pub(crate) fn documented_operations(below: &[&str]) -> Vec<(String, impl Fn(&str, &str) -> bool)> {
    let wanted = |row: &&Row| below.iter().any(|below| row.path.join("/").starts_with(below));
    let is_of = |row: &'static Row| {
        move |method: &str, path: &str| {
            let path: Vec<_> = path.split('?').next().unwrap().split('/').collect();
            find(method, &path).is_some_and(|found| std::ptr::eq(found, row))
        }
    };
    rows().iter().filter(wanted).map(|row| (format!("{} {}", row.method, row.path.join("/")), is_of(row))).collect()
}

/// The row that a call is of.
fn find(method: &str, path: &[&str]) -> Option<&'static Row> {
    rows().iter().filter(|row| row.method == method && row.is_at(path)).max_by_key(|row| row.literals())
}

/// What stands at a place, or where that refers to.
fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

/// What the document says that the answer must not be.
fn find_fault(row: &'static Row, method: &Method, status: u16, headers: &HeaderMap) -> Option<String> {
    let Some(answer) = row.responses.get(&status.to_string()).map(resolve) else { return Some("its status".to_owned()) };
    let described = answer["headers"].as_object().unwrap();
    let is_described = |name: &str| described.keys().any(|known| known.eq_ignore_ascii_case(name));
    if let Some(name) = headers.keys().find(|name| !ANYWHERE.contains(&name.as_str()) && !is_described(name.as_str())) {
        return Some(format!("its header {name}"));
    }
    let always = described.iter().filter(|(_, header)| resolve(header)["required"] == true);
    if let Some((name, _)) = always.into_iter().find(|(name, _)| !headers.contains_key(name.as_str())) {
        return Some(format!("that it has no header {name}"));
    }
    let media_type = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().split(';').next().unwrap().to_owned());
    let content = answer["content"].as_object();
    let is_right = match (&media_type, content) {
        (Some(media_type), Some(content)) => content.contains_key(media_type),
        (media_type, content) => media_type.is_none() && content.is_none(),
    };
    (method != Method::HEAD && !is_right).then(|| format!("the type of its body, {media_type:?}"))
}

/// What is not in the document of an answer to a request.
fn fault(method: &Method, path: &str, status: u16, headers: &HeaderMap) -> Option<String> {
    let segments: Vec<_> = path.split('/').collect();
    let fault = find_fault(find(method.as_str(), &segments)?, method, status, headers)?;
    Some(format!("the document does not know of {method} {path}, answered {status}: {fault}"))
}

/// Fails on an answer that is not in the document.
pub(super) fn require_documented(method: &Method, path: &str, answer: &Parts) {
    if let Some(fault) = fault(method, path, answer.status.as_u16(), &answer.headers) {
        panic!("{fault}: {answer:?}");
    }
}

#[test]
fn an_answer_that_the_document_does_not_have_is_noticed() {
    let of = |path, status, headers: &[(&'static str, &'static str)]| {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        fault(&Method::GET, path, status, &headers).map(|fault| fault.split(": ").nth(1).unwrap().to_owned())
    };
    let json = [("content-type", "application/json"), ("x-request-id", "1")];
    let with = |header| [json[0], json[1], header];
    assert_eq!(of("/v1/delegations/received", 200, &json), None);
    assert_eq!(of("/v1/delegations/received", 418, &json).as_deref(), Some("its status"));
    assert_eq!(of("/v1/delegations/received", 200, &with(("link", "x"))).as_deref(), Some("its header link"));
    assert_eq!(of("/v1/delegations/received", 200, &json[..1]).as_deref(), Some("that it has no header X-Request-Id"));
    assert_eq!(of("/v1/delegations/received", 200, &json[1..]).as_deref(), Some("the type of its body, None"));
    assert_eq!(of("/v2/team/web/front/tags/list", 418, &json).as_deref(), Some("its status"));
    assert_eq!(of("/v2/team/web/front/nothing/list", 418, &json), None);
    assert_eq!(of("/v1/delegations/received/", 418, &json), None);
}
