//! What belongs to a version, and what lists it.

use ambar_load::content::{Blob, Image, Random};
use serde_json::{Value, json};

use super::{Person, front, push};
use crate::raw::Raw;
use crate::registry::{Login, Registry};

/// An SBOM of an image, in a manifest whose blobs are the image's own.
fn sbom(of: &Image, number: usize) -> Blob {
    let mut manifest: Value = serde_json::from_slice(&of.manifest.bytes).unwrap();
    let descriptor = json!({ "mediaType": manifest["mediaType"], "digest": of.manifest.digest, "size": of.manifest.bytes.len() });
    manifest["artifactType"] = "application/spdx+json".into();
    manifest["subject"] = descriptor;
    manifest["annotations"] = json!({ "number": number.to_string() });
    Blob::new(manifest.to_string().into_bytes())
}

/// Puts an index that lists the image under a tag.
fn put_index(registry: &Registry, login: &Login, tag: &str, of: &Image) {
    let manifest: Value = serde_json::from_slice(&of.manifest.bytes).unwrap();
    let child = json!({ "mediaType": manifest["mediaType"], "digest": of.manifest.digest, "size": of.manifest.bytes.len() });
    let index = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [child] }).to_string();
    let (mut client, login) = (Raw::connect(registry), Registry::authorization(login));
    let (path, length) = (format!("/v2/{}/manifests/{tag}", front()), index.len());
    client.send(format!("PUT {path} HTTP/1.1\r\nHost: x\r\n{login}Content-Length: {length}\r\n\r\n{index}"));
    assert_eq!(client.head().unwrap().status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_a_version_and_the_indexes_that_list_it_are_listed_to_the_last_one() {
    let registry = Registry::start_plain(&[]);
    push(&registry, "v1", 1).await;
    let (person, tag, image) = (Person::logged_in(&registry, "admin"), format!("{}:v1", front()), Image::random(&mut Random::new(1)));
    for list in ["accessories", "references"] {
        assert_eq!(person.json(&["tag", list, &tag]), json!([]));
        let (code, said) = person.refused(&["tag", list, &format!("{}:none", front())]);
        assert!(code == 3 && said.contains("SVCSTG.SWR."), "{code} {said}");
    }

    // More than one answer has.
    let administrator = registry.administrator();
    let mut client = registry.subject(&administrator).basic_clients(1).await.unwrap().remove(0);
    let sboms: Vec<_> = (0..101).map(|number| sbom(&image, number)).collect();
    for sbom in &sboms {
        client.put_manifest(&front(), &sbom.digest, sbom).await.unwrap();
    }
    let tags: Vec<_> = (0..101).map(|number| format!("index{number:03}")).collect();
    for tag in &tags {
        put_index(&registry, &administrator, tag, &image);
    }
    let listed = person.json(&["tag", "accessories", &tag]);
    let mut digests: Vec<_> = listed.as_array().unwrap().iter().map(|accessory| accessory["digest"].as_str().unwrap()).collect();
    let mut pushed: Vec<_> = sboms.iter().map(|sbom| sbom.digest.as_str()).collect();
    digests.sort_unstable();
    pushed.sort_unstable();
    assert_eq!(digests, pushed);
    assert_eq!(listed[0]["type"], "application/spdx+json");
    assert!(listed[0]["size_bytes"].as_u64().unwrap() > 0 && listed[0]["pushed_at"].as_str().unwrap().ends_with('Z'), "{listed}");
    assert!(person.text(&["tag", "accessories", &tag]).starts_with("DIGEST"));
    let references: Vec<_> = tags.iter().map(|tag| json!({ "tag": tag })).collect();
    assert_eq!(person.json(&["tag", "references", &tag]), json!(references));
}
