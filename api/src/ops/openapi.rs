//! The table of what operators watch, for the OpenAPI document; with the versions of the API and the document itself.

use ambar_schemas::swr::version::{Version, Versions};
use serde_json::json;

use crate::openapi::{Operation, Proof, Shape, Surface};

pub(crate) fn operations() -> Vec<Operation> {
    let all = [watched(), versions(), documents()].into_iter().flatten();
    all.flat_map(|(operation, head)| [operation.head(head), operation]).collect()
}

fn watched() -> Vec<(Operation, &'static str)> {
    let text = "text/plain";
    let shape = || Some(Shape::text());
    vec![
        (row("/healthz", "ShowHealth", "Says that the process answers").gives_as(200, "It does", text, shape()), "CheckHealth"),
        (
            row("/readyz", "ShowReadiness", "Says whether the registry can serve").gives_as(200, "It can", text, shape()).gives_as(
                503,
                "It cannot now, and why",
                text,
                shape(),
            ),
            "CheckReadiness",
        ),
        (
            row("/metrics", "ShowMetrics", "Says what the registry measures, in Prometheus' text format").gives_as(
                200,
                "The metrics",
                text,
                shape(),
            ),
            "CheckMetrics",
        ),
    ]
}

fn versions() -> Vec<(Operation, &'static str)> {
    vec![
        (row("/", "ListVersions", "Lists the versions of the management API").gives::<Versions>(200, "The versions"), "CheckVersions"),
        (row("/v2", "ShowV2", "Shows a version of the management API").gives::<Version>(200, "The version"), "CheckV2"),
        (row("/v3", "ShowV3", "Shows a version of the management API").gives::<Version>(200, "The version"), "CheckV3"),
    ]
}

/// Whatever is served as it is.
fn documents() -> Vec<(Operation, &'static str)> {
    let tag = "Stays the same as long as the content does.";
    let cached = |operation: Operation| operation.header(200, "ETag", tag).done(304, "The client has it").header(304, "ETag", tag);
    vec![
        (
            cached(row("/openapi.json", "ShowApi", "Gives this document").gives_as(
                200,
                "The document",
                "application/json",
                Some(Shape::Plain(json!({ "type": "object" }))),
            )),
            "CheckApiDocument",
        ),
        (
            cached(row("/docs", "ShowDocs", "Gives the page that shows this document").gives_as(200, "The page", "text/html", None)),
            "CheckDocs",
        ),
        (
            cached(row("/docs/page.css", "ShowDocsStyle", "Gives a part of the page").gives_as(200, "It", "text/css", None)),
            "CheckDocsStyle",
        ),
        (
            cached(row("/docs/page.js", "ShowDocsScript", "Gives a part of the page").gives_as(200, "It", "text/javascript", None)),
            "CheckDocsScript",
        ),
    ]
}

fn row(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new("GET", path, id, summary).of(Surface::Operators, Proof::Nothing)
}
