//! Manifests: push, pull, delete.

use serde_json::{Value, json};

use crate::support::{TestRegistry, digest, image, index, sha512};

#[tokio::test]
async fn what_was_pushed_is_pulled_unchanged() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    let pushed = registry.push(admin, "team/web", "v1", &web).await;
    pushed.assert(201);
    assert_eq!(pushed.header("docker-content-digest"), web.digest());
    assert_eq!(pushed.header("location"), format!("/v2/team/web/manifests/{}", web.digest()));

    for reference in ["v1", &web.digest()] {
        let path = format!("/v2/team/web/manifests/{reference}");
        let pulled = registry.get(&path).login(admin).header("accept", "application/vnd.oci.image.manifest.v1+json").send().await;
        pulled.assert(200);
        assert_eq!(pulled.body, web.bytes());
        let head = registry.head(&path).login(admin).send().await;
        head.assert(200);
        assert!(head.body.is_empty());
        for answer in [&pulled, &head] {
            assert_eq!(answer.header("content-type"), "application/vnd.oci.image.manifest.v1+json");
            assert_eq!(answer.header("content-length"), web.bytes().len().to_string());
            assert_eq!(answer.header("docker-content-digest"), web.digest());
            assert_eq!(answer.header("etag"), format!("\"{}\"", web.digest()));
        }
        let known = registry.get(&path).login(admin).header("if-none-match", &format!("\"{}\"", web.digest())).send().await;
        known.assert(304);
        assert!(known.body.is_empty());
    }
}

#[tokio::test]
async fn the_same_push_again_is_no_event() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let before = registry.head_of_log().await;
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    assert_eq!(registry.head_of_log().await, before);
}

#[tokio::test]
async fn a_tag_moves_and_the_old_digest_stays() {
    let registry = TestRegistry::start().await;
    let (admin, old, new) = (&registry.administrator, image("old"), image("new"));
    registry.push(admin, "team/web", "v1", &old).await.assert(201);
    registry.push(admin, "team/web", "v1", &new).await.assert(201);
    let tagged = registry.get("/v2/team/web/manifests/v1").login(admin).send().await;
    assert_eq!(tagged.header("docker-content-digest"), new.digest());
    registry.get(&format!("/v2/team/web/manifests/{}", old.digest())).login(admin).send().await.assert(200);
}

#[tokio::test]
async fn a_push_by_digest_may_set_several_tags() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    for digest in [web.digest(), sha512(&web.bytes())] {
        let reference = format!("{digest}?tag=a&tag=b&tag=a");
        let pushed = registry.push(admin, "team/web", &reference, &web).await;
        pushed.assert(201);
        let tags: Vec<_> = pushed.headers.get_all("oci-tag").iter().map(|tag| tag.to_str().unwrap()).collect();
        assert_eq!(tags, ["a", "b"]);
        let tagged = registry.head("/v2/team/web/manifests/b").login(admin).send().await;
        assert_eq!(tagged.header("docker-content-digest"), digest);
    }
    let many: String = (0..101).map(|number| format!("&tag=t{number}")).collect();
    registry.push(admin, "team/web", &format!("{}?x{many}", web.digest()), &web).await.assert_refused(414, "TAG_INVALID");
    registry.push(admin, "team/web", &format!("{}?tag=-bad", web.digest()), &web).await.assert_refused(400, "TAG_INVALID");
}

#[tokio::test]
async fn the_digest_in_the_path_must_be_that_of_the_bytes() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    for digest in [digest(b"other"), sha512(b"other"), "sha256:baddigeststring".to_owned(), "md5:00".to_owned()] {
        registry.push(&registry.administrator, "team/web", &digest, &web).await.assert_refused(400, "DIGEST_INVALID");
    }
    registry.get("/v2/team/web/tags/list").login(&registry.administrator).send().await.assert_refused(404, "NAME_UNKNOWN");
}

#[tokio::test]
async fn missing_blobs_are_named_one_by_one() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    let refused = registry.put_manifest(admin, "team/web", "v1", &web.bytes()).await;
    refused.assert_refused(400, "MANIFEST_BLOB_UNKNOWN");
    let mut named: Vec<_> =
        refused.json()["errors"].as_array().unwrap().iter().map(|error| error["detail"]["digest"].as_str().unwrap().to_owned()).collect();
    let mut expected = [digest(&web.config), digest(&web.layer)];
    named.sort();
    expected.sort();
    assert_eq!(named, expected);

    // A blob of another repository does not count.
    registry.push_blob(admin, "team/web", &web.config).await.assert(201);
    registry.push_blob(admin, "team/other", &web.layer).await.assert(201);
    let refused = registry.put_manifest(admin, "team/web", "v1", &web.bytes()).await;
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_size_that_is_not_true_is_refused() {
    let registry = TestRegistry::start().await;
    let mut web = image("web");
    web.manifest["layers"][0]["size"] = json!(1);
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert_refused(400, "MANIFEST_INVALID");
}

#[tokio::test]
async fn malformed_manifests_are_refused() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    for bytes in [&b""[..], b"{", b"[]", b"null", b"{\"schemaVersion\":2}", &[0xff, 0xfe]] {
        registry.put_manifest(admin, "team/web", "v1", bytes).await.assert_refused(400, "MANIFEST_INVALID");
    }
    let schema1 = json!({ "schemaVersion": 1, "fsLayers": [] }).to_string();
    let refused = registry.put_manifest(admin, "team/web", "v1", schema1.as_bytes()).await;
    refused.assert_refused(400, "MANIFEST_INVALID");
    assert!(refused.message().contains("schema 1"));

    let wrong_type = registry.put("/v2/team/web/manifests/v1").login(admin).header("content-type", "text/plain").body(image("web").bytes());
    wrong_type.send().await.assert_refused(400, "MANIFEST_INVALID");
}

#[tokio::test]
async fn a_manifest_of_4_mib_is_taken_and_a_larger_one_is_not() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let base = image("large").with("annotations", json!({ "a": "" }));
    let fill = (4 << 20) - base.bytes().len();
    let largest = base.clone().with("annotations", json!({ "a": "x".repeat(fill) }));
    registry.push(admin, "team/web", "v1", &largest).await.assert(201);
    assert_eq!(registry.get("/v2/team/web/manifests/v1").login(admin).send().await.body, largest.bytes());

    let larger = base.with("annotations", json!({ "a": "x".repeat(fill + 1) })).bytes();
    registry.put_manifest(admin, "team/web", "v2", &larger).await.assert_refused(413, "MANIFEST_INVALID");
    let pieces = larger.chunks(100_000).map(|piece| Ok(bytes::Bytes::copy_from_slice(piece))).collect();
    let streamed = registry.put("/v2/team/web/manifests/v2").login(admin).stream(pieces).send().await;
    streamed.assert_refused(413, "MANIFEST_INVALID");
}

#[tokio::test]
async fn an_index_may_have_missing_children() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    registry.push(admin, "team/web", &web.digest(), &web).await.assert(201);
    let sparse = index(&[&web.bytes(), b"never pushed"]);
    registry.put_manifest(admin, "team/web", "multi", &sparse).await.assert(201);
    registry.put_manifest(admin, "team/web", "nested", &index(&[&sparse])).await.assert(201);
    registry.put_manifest(admin, "team/web", "empty", &index(&[])).await.assert(201);
    let pulled = registry.get("/v2/team/web/manifests/multi").login(admin).send().await;
    assert_eq!(pulled.header("content-type"), "application/vnd.oci.image.index.v1+json");
}

#[tokio::test]
async fn unknown_fields_and_foreign_layers_are_kept() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let foreign = json!({
        "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "digest": digest(b"elsewhere"), "size": 12,
        "urls": ["https://example.com/layer"],
    });
    let web = image("web").with("x-custom", json!({ "a": [1, 2] })).with("layers", json!([foreign]));
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    assert_eq!(registry.get("/v2/team/web/manifests/v1").login(admin).send().await.body, web.bytes());
}

#[tokio::test]
async fn docker_manifests_keep_their_type() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let web = image("web").with("mediaType", json!(docker));
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let pulled = registry.get("/v2/team/web/manifests/v1").login(admin).send().await;
    assert_eq!(pulled.header("content-type"), docker);
    let old = registry.get("/v2/team/web/manifests/v1").login(admin);
    let old = old.header("accept", "application/vnd.docker.distribution.manifest.v1+prettyjws").send().await;
    old.assert_refused(404, "MANIFEST_UNKNOWN");
    assert!(old.message().contains("schema 1"));
}

#[tokio::test]
async fn what_is_not_there_is_unknown() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.get("/v2/team/web/manifests/v1").login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.push(admin, "team/web", "v1", &image("web")).await.assert(201);
    let missing = digest(b"missing");
    for reference in ["v2", &missing] {
        let path = format!("/v2/team/web/manifests/{reference}");
        registry.get(&path).login(admin).send().await.assert_refused(404, "MANIFEST_UNKNOWN");
        registry.head(&path).login(admin).send().await.assert(404);
        registry.delete(&path).login(admin).send().await.assert_refused(404, "MANIFEST_UNKNOWN");
    }
    registry.delete("/v2/team/none/manifests/v2").login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.get("/v2/team/web/manifests/sha256:short").login(admin).send().await.assert_refused(400, "DIGEST_INVALID");
    registry.get("/v2/team/web/manifests/.bad").login(admin).send().await.assert_refused(400, "TAG_INVALID");
}

#[tokio::test]
async fn a_deleted_tag_leaves_the_manifest_and_a_deleted_manifest_no_tag() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    for tag in ["a", "b", "c"] {
        registry.push(admin, "team/web", tag, &web).await.assert(201);
    }
    let by_digest = format!("/v2/team/web/manifests/{}", web.digest());
    registry.delete("/v2/team/web/manifests/a").login(admin).send().await.assert(202);
    registry.head("/v2/team/web/manifests/a").login(admin).send().await.assert(404);
    registry.head(&by_digest).login(admin).send().await.assert(200);

    registry.delete(&by_digest).login(admin).send().await.assert(202);
    registry.head(&by_digest).login(admin).send().await.assert(404);
    registry.head("/v2/team/web/manifests/b").login(admin).send().await.assert(404);
    let tags = registry.get("/v2/team/web/tags/list").login(admin).send().await;
    assert_eq!(tags.json(), json!({ "name": "team/web", "tags": Value::Array(vec![]) }));
    registry.push(admin, "team/web", "a", &web).await.assert(201);
    registry.head(&by_digest).login(admin).send().await.assert(200);
}
