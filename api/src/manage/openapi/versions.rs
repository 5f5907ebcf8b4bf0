//! Versions of an image.

use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::tag::{Accessories, CreateTag, References, Tag, TagItem, TagsV3};

use super::parameters::{RANGE, filter, markers, offset, order, page};
use super::{ON_REPOSITORY, row};
use crate::openapi::{Operation, Parameter, Shape};

/// What a call about a version may be refused with besides.
const ON_TAG: &[SwrCode] = &[SwrCode::TagInvalid, SwrCode::TagNotFound];

pub(super) fn operations() -> Vec<Operation> {
    [versions(), about_a_version()].concat()
}

fn versions() -> Vec<Operation> {
    let all = "/v2/manage/namespaces/{namespace}/repos/{repository}/tags";
    let one = "/v2/manage/namespaces/{namespace}/repos/{repository}/tags/{tag}";
    vec![
        row("GET", all, "ListTags", "Lists versions of an image")
            .with(Parameter::query("tag", Shape::text(), "Those whose name has this in it."))
            .with_all(order(&["updated_at", "tag"]))
            .with_all(page())
            .with(filter())
            .gives::<Vec<TagItem>>(200, "The versions; behind 8 MiB of manifests, manifests are left out")
            .header_if(200, "Content-Range", false, RANGE)
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::ParameterInvalid, SwrCode::OrderInvalid]),
        row("POST", all, "CreateTag", "Gives a version another name")
            .takes::<CreateTag>()
            .done(201, "It is there")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(ON_TAG)
            .refuses_with(&[SwrCode::ParameterMissing, SwrCode::TagExists, SwrCode::Busy]),
        row("GET", one, "ShowTag", "Shows a version").gives::<Tag>(200, "The version").refuses_with(ON_REPOSITORY).refuses_with(ON_TAG),
        row("DELETE", one, "DeleteTag", "Deletes a version")
            .done(204, "It is gone")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(ON_TAG)
            .refuses_with(&[SwrCode::Busy]),
        row("GET", "/v3/manage/namespaces/{namespace}/repos/{repository}/tags", "ListTagsV3", "Lists versions of an image by markers")
            .with(Parameter::query("tag", Shape::text(), "Those whose name has this in it."))
            .with(Parameter::query("with_manifest", Shape::one_of(&["true", "false"]), "Whether each comes with its manifest."))
            .with_all(order(&["updated_at", "tag"]))
            .with_all(markers())
            .with(filter())
            .gives::<TagsV3>(200, "A page of versions")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::ParameterInvalid, SwrCode::OrderInvalid]),
    ]
}

fn about_a_version() -> Vec<Operation> {
    let few = || Parameter::query("limit", Shape::number(1, 100), "The most that the page has; 10 if nothing is said.");
    vec![
        row(
            "GET",
            "/v2/manage/namespaces/{namespace}/repos/{repository}/{tag}/accessories",
            "ListAccessories",
            "Lists what belongs to a version, such as signatures",
        )
        .with(few())
        .with(offset())
        .with(filter())
        .gives::<Accessories>(200, "A page of them")
        .refuses_with(ON_REPOSITORY)
        .refuses_with(ON_TAG)
        .refuses_with(&[SwrCode::ParameterInvalid]),
        row(
            "GET",
            "/v2/manage/namespaces/{namespace}/repos/{repository}/{tag}/references",
            "ListReferences",
            "Lists versions that are indexes and list this one",
        )
        .with(few())
        .with(Parameter::query("marker", Shape::text(), "What the page before gave."))
        .with(filter())
        .gives::<References>(200, "A page of tags")
        .refuses_with(ON_REPOSITORY)
        .refuses_with(ON_TAG)
        .refuses_with(&[SwrCode::ParameterInvalid]),
    ]
}
