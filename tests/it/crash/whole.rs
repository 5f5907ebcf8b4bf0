//! Everything that a registry serves is whole: looked at from outside, tag by tag.

use std::collections::BTreeSet;

use ambar_load::client::{Client, Refusal};
use ambar_load::content::digest_of;
use anyhow::Result;
use serde_json::Value;

/// Tags that have been found whole, as `(repository, tag)`.
pub(super) type Seen = BTreeSet<(String, String)>;

/// The status that a request was refused with, and the refusal's code.
pub(super) fn refusal(answer: &anyhow::Error) -> (u16, String) {
    let refusal = answer.downcast_ref::<Refusal>().unwrap_or_else(|| panic!("no answer: {answer:#}"));
    let body: Value = serde_json::from_str(&refusal.body).unwrap();
    (refusal.status, body["errors"][0]["code"].as_str().unwrap().to_owned())
}

/// All tags of a repository; none if nothing has been pushed to it yet.
async fn tags(client: &mut Client, repository: &str) -> Vec<String> {
    match client.expect("GET", &format!("/v2/{repository}/tags/list"), 200).await {
        Ok(list) => serde_json::from_value(serde_json::from_slice::<Value>(&list.body).unwrap()["tags"].take()).unwrap(),
        Err(error) => {
            assert_eq!(refusal(&error), (404, "NAME_UNKNOWN".to_owned()), "{repository}");
            Vec::new()
        }
    }
}

/// Fetches a manifest or blob and compares it with the digest that it goes by.
async fn fetch(client: &mut Client, target: &str, digest: Option<&str>) -> Result<Vec<u8>> {
    let answer = client.expect("GET", target, 200).await?;
    let named = digest.or(answer.head.field("docker-content-digest")).unwrap();
    assert_eq!(digest_of(&answer.body), named, "{target}");
    Ok(answer.body)
}

/// Walks every tag of a repository that is not in `seen`: its manifest, and each blob that the manifest names.
///
/// Whoever was not answered may have pushed the tag or not, but what is listed is there, and so is all that was listed before.
pub(super) async fn walk(client: &mut Client, repository: &str, seen: &mut Seen) {
    let listed = tags(client, repository).await;
    let lost: Vec<_> = seen.iter().filter(|(of, tag)| of == repository && !listed.contains(tag)).collect();
    assert!(lost.is_empty(), "tags were listed and are gone: {lost:?}");
    for tag in listed {
        let known = (repository.to_owned(), tag);
        if seen.contains(&known) {
            continue;
        }
        let manifest = fetch(client, &format!("/v2/{repository}/manifests/{}", known.1), None).await.unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        for blob in std::iter::once(&manifest["config"]).chain(manifest["layers"].as_array().unwrap()) {
            let digest = blob["digest"].as_str().unwrap();
            let bytes = fetch(client, &format!("/v2/{repository}/blobs/{digest}"), Some(digest)).await.unwrap();
            assert_eq!(bytes.len() as u64, blob["size"].as_u64().unwrap(), "{digest}");
        }
        seen.insert(known);
    }
}
