//! `GET /v1/center/images`: the public images of all accounts, for every user (requirement M5).
//!
//! A search that finds little reads all of their names, so it is made where lists are: on threads that may be kept busy.

use ambar_projections::center::{self as views, CenterQuery, list_public_images};
use ambar_schemas::v1::image::{NewestVersion, PublicImage};
use axum::response::Response;

use super::error::V1Error;
use super::parameters::{cursor, cut, limit, parsed, text};
use super::pull;
use super::respond::page;
use crate::aside;
use crate::call::Call;

/// How much of a description is listed; whole ones have up to 30,000 characters.
const SUMMARY_CHARACTERS: usize = 500;

/// By name, page by page.
pub(super) async fn list(call: &Call) -> Result<Response, V1Error> {
    aside::make(call, make).await.map_err(V1Error::Failed)?
}

fn make(call: &Call) -> Result<Response, V1Error> {
    let query = CenterQuery {
        name_contains: text(call, "name"),
        organization: parsed(call, "organization", "the name of an organization")?,
        category: parsed(call, "category", "one of the categories")?,
    };
    let (after, limit) = (cursor(call)?, limit(call)?);
    let reader = call.state().views.reader()?;
    let (listed, more) = cut(list_public_images(&reader.snapshot()?, &query, after.as_ref(), limit + 1)?, limit);
    // The name and not the number, which tells how many images there are in all.
    let next = listed.last().filter(|_| more).map(|image| image.card.name.to_string());
    Ok(page(listed.into_iter().map(|image| item(call, image)).collect(), next))
}

fn item(call: &Call, image: views::PublicImage) -> PublicImage {
    let views::PublicImage { card, newest } = image;
    let newest = newest.map(|version| {
        let (docker_pull, containerd_pull) = pull::commands(call, &card.name, &version.tag);
        NewestVersion { tag: version.tag, architectures: version.platforms, docker_pull, containerd_pull }
    });
    PublicImage {
        name: card.name,
        account_name: card.account_name,
        category: card.category,
        summary: card.description.as_str().chars().take(SUMMARY_CHARACTERS).collect(),
        size_bytes: card.size_bytes,
        version_count: card.tag_count,
        pull_count: card.pull_count,
        updated_at: card.updated_at,
        newest,
    }
}
