//! Listing referrers.

use serde_json::{Value, json};

use crate::support::{Image, TestRegistry, image};

fn referrer(name: &str, subject: &Image, kind: Option<&str>) -> Image {
    let descriptor = json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": subject.digest(), "size": subject.bytes().len(),
    });
    let referrer = image(name).with("subject", descriptor).with("annotations", json!({ "name": name }));
    match kind {
        Some(kind) => referrer.with("artifactType", json!(kind)),
        None => referrer,
    }
}

async fn list(registry: &TestRegistry, query: &str) -> Value {
    let answer = registry.get(&format!("/v2/team/web/referrers/{query}")).login(&registry.administrator).send().await;
    answer.assert(200);
    assert_eq!(answer.header("content-type"), "application/vnd.oci.image.index.v1+json");
    let index = answer.json();
    assert_eq!((&index["schemaVersion"], &index["mediaType"]), (&json!(2), &json!("application/vnd.oci.image.index.v1+json")));
    index
}

#[tokio::test]
async fn referrers_are_listed_with_kind_and_annotations() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    // The subject may come later.
    let sbom = referrer("sbom", &web, Some("application/vnd.example.sbom"));
    let pushed = registry.push(admin, "team/web", &sbom.digest(), &sbom).await;
    pushed.assert(201);
    assert_eq!(pushed.header("oci-subject"), web.digest());
    let plain = referrer("plain", &web, None);
    registry.push(admin, "team/web", "plain", &plain).await.assert(201);
    registry.push(admin, "team/web", "v1", &web).await.assert(201);

    let index = list(&registry, &web.digest()).await;
    let expected = json!([
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": sbom.digest(), "size": sbom.bytes().len(),
            "artifactType": "application/vnd.example.sbom", "annotations": { "name": "sbom" },
        },
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": plain.digest(), "size": plain.bytes().len(),
            "artifactType": "application/vnd.oci.image.config.v1+json", "annotations": { "name": "plain" },
        },
    ]);
    assert_eq!(index["manifests"], expected);

    let query = format!("{}?artifactType=application/vnd.example.sbom", web.digest());
    let answer = registry.get(&format!("/v2/team/web/referrers/{query}")).login(admin).send().await;
    assert_eq!(answer.header("oci-filters-applied"), "artifactType");
    assert_eq!(answer.json()["manifests"], json!([expected[0]]));
    assert_eq!(list(&registry, &format!("{}?artifactType=other", web.digest())).await["manifests"], json!([]));

    registry.delete(&format!("/v2/team/web/manifests/{}", sbom.digest())).login(admin).send().await.assert(202);
    assert_eq!(list(&registry, &web.digest()).await["manifests"], json!([expected[1]]));
}

#[tokio::test]
async fn nothing_refers_to_what_nobody_knows() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    assert_eq!(list(&registry, &web.digest()).await["manifests"], json!([]));
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    assert_eq!(list(&registry, &web.digest()).await["manifests"], json!([]));
    let refused = registry.get("/v2/team/web/referrers/sha256:x").login(&registry.administrator).send().await;
    refused.assert_refused(400, "DIGEST_INVALID");
}

#[tokio::test]
async fn many_referrers_come_in_pages() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    let fill = "x".repeat(1 << 20);
    for name in ["a", "b", "c", "d"] {
        let large = referrer(name, &web, Some("k")).with("annotations", json!({ "name": name, "fill": fill }));
        registry.push(&registry.administrator, "team/web", name, &large).await.assert(201);
    }
    let mut path = format!("/v2/team/web/referrers/{}?artifactType=k", web.digest());
    let mut names = Vec::new();
    loop {
        let answer = registry.get(&path).login(&registry.administrator).send().await;
        assert!(answer.body.len() < 4 << 20);
        let page = answer.json()["manifests"].as_array().unwrap().clone();
        names.push(page.iter().map(|entry| entry["annotations"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().concat());
        let Some(link) = answer.headers.get("link") else { break };
        path = link.to_str().unwrap().split_once(">; ").unwrap().0.trim_start_matches('<').to_owned();
        assert!(path.contains("artifactType=k"));
        // The link names what the reader has seen, and no number that tells of others' pushes.
        let last = page.last().unwrap()["digest"].as_str().unwrap();
        assert!(path.contains(&format!("?last={last}&")), "{path}");
        // The one that the page ended with goes, and the next page goes on where it was.
        let gone = format!("/v2/team/web/manifests/{last}");
        registry.delete(&gone).login(&registry.administrator).send().await.assert(202);
    }
    assert_eq!(names, ["ab", "cd"]);
    // What was never here is no place to go on from, be it elsewhere or nowhere.
    registry.push(&registry.administrator, "team/other", "v1", &image("other")).await.assert(201);
    for last in ["x", "7", &image("other").digest(), &image("nowhere").digest()] {
        let path = format!("/v2/team/web/referrers/{}?last={last}", web.digest());
        registry.get(&path).login(&registry.administrator).send().await.assert_refused(400, "PAGINATION_NUMBER_INVALID");
    }
}
