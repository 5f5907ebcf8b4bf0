//! `ambar tag accessories` and `ambar tag references`: what belongs to a version, and which indexes list it.

use anyhow::Result;
use http::Method;
use serde_json::json;

use super::people::list as members;
use super::tag::TaggedImage;
use crate::admin::Reply;
use crate::client::{Client, Request};

/// The most that one answer has.
const MOST: usize = 100;

/// Signatures, SBOMs and other manifests whose subject the version is.
pub(super) fn list(client: &Client, image: &TaggedImage) -> Result<Reply> {
    let mut listed = Vec::new();
    loop {
        let offset = listed.len().to_string();
        let page = client.ask(request(image, "accessories").with("offset", Some(offset)))?;
        let accessories = members(&page, "/accessories");
        let is_empty = accessories.is_empty();
        listed.extend(accessories);
        if is_empty || page["total"].as_u64().is_none_or(|total| listed.len() as u64 >= total) {
            break;
        }
    }
    let columns = [("digest", "sig_digest"), ("type", "type"), ("size_bytes", "size"), ("pushed_at", "created_at")];
    Ok(Reply::rows_of(&columns, &listed))
}

/// Tags of the indexes that list the version's manifest.
pub(super) fn list_references(client: &Client, image: &TaggedImage) -> Result<Reply> {
    let (mut listed, mut marker) = (Vec::new(), None::<String>);
    loop {
        let page = client.ask(request(image, "references").with("marker", marker.as_deref()))?;
        listed.extend(members(&page, "/tags").into_iter().map(|tag| json!({ "tag": tag })));
        marker = page["next_marker"].as_str().map(str::to_owned);
        if page["has_more"] != true || marker.is_none() {
            return Ok(Reply::rows_of(&[("tag", "tag")], &listed));
        }
    }
}

fn request(image: &TaggedImage, what: &str) -> Request {
    let TaggedImage { repository, tag } = image;
    Request::on_repository(Method::GET, repository, &[tag.as_str(), what]).with("limit", Some(MOST.to_string()))
}
