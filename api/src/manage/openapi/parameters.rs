//! What operations are told: the parts of their paths, and the parameters of lists.

use ambar_domain::repository::Category;
use ambar_domain::tag::Tag;

use crate::openapi::{Parameter, Shape};

/// The header of a page.
pub(super) const RANGE: &str = "`<offset>-<how many>/<how many in all>`, where both `limit` and `offset` were given.";

/// A part of a path.
pub(super) fn named(name: &str) -> Option<Parameter> {
    Some(match name {
        "namespace" => Parameter::path("namespace", Shape::text(), "The organization.", "team"),
        "repository" => {
            Parameter::path("repository", Shape::text(), "The image's name in the organization; a `/` in it is written `$`.", "web$front")
        }
        "tag" => Parameter::path("tag", Shape::read::<Tag>(), "The version.", "v1"),
        "domain" => Parameter::path("domain", Shape::text(), "The name of the other account.", "acme"),
        "resource" => Parameter::path("resource", Shape::one_of(&["downflow", "store"]), "What was downloaded, or stored.", "store"),
        "frequency" => Parameter::path("frequency", Shape::one_of(&["daily"]), "From day to day.", "daily"),
        "project_id" => Parameter::path("project_id", Shape::text(), "Any: an account has one project.", "project"),
        _ => return None,
    })
}

pub(super) fn filter() -> Parameter {
    let text = "The other parameters as `key::value` pairs with `|` between them; where it is given, it alone counts.";
    Parameter::query("filter", Shape::text(), text)
}

pub(super) fn of_images() -> Vec<Parameter> {
    vec![
        Parameter::query("namespace", Shape::text(), "Those of this organization."),
        Parameter::query("name", Shape::text(), "Those whose name has this in it."),
        Parameter::query("category", Shape::read::<Category>(), "Those of this category."),
        Parameter::query("is_public", Shape::one_of(&["true", "false"]), "Those that everybody may pull, or the others."),
        filter(),
    ]
}

pub(super) fn order(columns: &[&str]) -> Vec<Parameter> {
    vec![
        Parameter::query("order_column", Shape::one_of(columns), "What they are sorted by; the newest first if nothing is said."),
        Parameter::query("order_type", Shape::one_of(&["asc", "desc"]), "Upwards or downwards."),
    ]
}

pub(super) fn offset() -> Parameter {
    Parameter::query("offset", Shape::number(0, i64::MAX.unsigned_abs()), "How many come before the page.")
}

pub(super) fn page() -> Vec<Parameter> {
    let limit = "The most that the page has; counts only together with `offset`.";
    vec![Parameter::query("limit", Shape::number(1, 1000), limit), offset()]
}

pub(super) fn markers() -> Vec<Parameter> {
    vec![
        Parameter::query("limit", Shape::number(1, 1000), "The most that the page has; 100 if nothing is said."),
        Parameter::query("marker", Shape::text(), "What the page before gave."),
    ]
}
