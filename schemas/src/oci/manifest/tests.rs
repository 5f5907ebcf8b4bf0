use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn digest(byte: char) -> String {
    format!("sha256:{}", byte.to_string().repeat(64))
}

fn image() -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": media_type::OCI_MANIFEST,
        "config": { "mediaType": media_type::OCI_CONFIG, "digest": digest('a'), "size": 2 },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "digest": digest('b'), "size": 10 }],
    })
}

fn index() -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": media_type::OCI_INDEX,
        "manifests": [
            { "mediaType": media_type::OCI_MANIFEST, "digest": digest('c'), "size": 5, "platform": { "os": "linux", "architecture": "amd64" } },
            { "mediaType": media_type::OCI_MANIFEST, "digest": digest('d'), "size": 5, "platform": { "os": "linux", "architecture": "arm", "variant": "v7" } },
        ],
    })
}

fn read(content_type: Option<&str>, manifest: &Value) -> Result<ManifestFacts, ManifestError> {
    parse(content_type, manifest.to_string().as_bytes())
}

fn with(mut manifest: Value, field: &str, value: Value) -> Value {
    manifest[field] = value;
    manifest
}

#[test]
fn an_image_gives_its_config_layers_and_kind() {
    let facts = read(Some(media_type::OCI_MANIFEST), &image()).unwrap();
    assert_eq!(facts.config.unwrap().digest.as_str(), digest('a'));
    assert_eq!(facts.layers.len(), 1);
    assert_eq!(facts.artifact_type.as_deref(), Some(media_type::OCI_CONFIG));
    assert_eq!(facts.size_bytes, image().to_string().len() as u64);
}

#[test]
fn an_index_gives_its_children_and_platforms() {
    let facts = read(Some("application/vnd.oci.image.index.v1+json; charset=utf-8"), &index()).unwrap();
    assert_eq!(facts.children.len(), 2);
    assert_eq!(facts.platforms[1].variant.as_deref(), Some("v7"));
    assert_eq!(facts.required_blobs().count(), 0);
    assert_eq!(facts.artifact_type, None);
}

#[test]
fn an_artifact_says_its_kind_itself() {
    let facts = read(None, &with(image(), "artifactType", json!("application/vnd.example.sbom"))).unwrap();
    assert_eq!(facts.artifact_type.as_deref(), Some("application/vnd.example.sbom"));
}

#[test]
fn a_subject_is_remembered_by_its_digest() {
    let subject = json!({ "mediaType": media_type::OCI_MANIFEST, "digest": digest('e'), "size": 1 });
    let facts = read(None, &with(image(), "subject", subject)).unwrap();
    assert_eq!(facts.subject.unwrap().as_str(), digest('e'));
}

#[test]
fn foreign_layers_are_not_asked_for() {
    let foreign = json!({ "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "digest": digest('f'), "size": 9, "urls": ["https://example.com"] });
    let facts = read(None, &with(image(), "layers", json!([foreign]))).unwrap();
    assert_eq!(facts.layers, []);
}

#[test]
fn unknown_fields_and_inline_data_are_fine() {
    let mut manifest = with(image(), "x-custom", json!({ "deep": [1, { "er": null }] }));
    manifest["config"]["data"] = json!("e30=");
    manifest["config"]["custom"] = json!(7);
    assert!(read(None, &manifest).is_ok());
}

#[test]
fn an_image_may_have_no_layers_and_an_index_no_children() {
    assert!(read(None, &with(image(), "layers", json!([]))).is_ok());
    assert!(read(None, &with(index(), "manifests", json!([]))).is_ok());
}

#[test]
fn docker_kinds_are_taken() {
    let docker = with(image(), "mediaType", json!(media_type::DOCKER_MANIFEST));
    assert_eq!(read(Some(media_type::DOCKER_MANIFEST), &docker).unwrap().media_type, media_type::DOCKER_MANIFEST);
    let list = with(index(), "mediaType", json!(media_type::DOCKER_MANIFEST_LIST));
    assert_eq!(read(None, &list).unwrap().media_type, media_type::DOCKER_MANIFEST_LIST);
}

#[test]
fn schema_1_is_refused_by_name() {
    let schema1 = json!({ "schemaVersion": 1, "name": "a", "fsLayers": [] });
    for announced in [None, Some(media_type::DOCKER_SCHEMA1), Some(media_type::DOCKER_SCHEMA1_SIGNED), Some(media_type::OCI_MANIFEST)] {
        assert!(matches!(read(announced, &schema1), Err(ManifestError::Schema1)), "{announced:?}");
    }
}

#[test]
fn types_must_be_known_and_agree() {
    assert!(matches!(read(Some(media_type::OCI_INDEX), &image()), Err(ManifestError::MediaTypeMismatch { .. })));
    assert!(matches!(read(Some("application/json"), &image()), Err(ManifestError::MediaTypeUnsupported { .. })));
    assert!(matches!(read(None, &with(image(), "mediaType", Value::Null)), Err(ManifestError::MediaTypeMissing)));
    assert!(read(Some(media_type::OCI_MANIFEST), &with(image(), "mediaType", Value::Null)).is_ok());
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    assert!(matches!(read(None, &with(image(), "manifests", json!([]))), Err(ManifestError::FieldForeign { field: "manifests" })));
    assert!(matches!(read(None, &with(index(), "layers", json!([]))), Err(ManifestError::FieldForeign { field: "layers" })));
    let twice = image().to_string().replacen('{', "{\"layers\":[],", 1);
    assert!(matches!(parse(None, twice.as_bytes()), Err(ManifestError::Malformed { .. })));
}

#[test]
fn an_array_is_not_taken_for_an_object() {
    let fields = json!([2, media_type::OCI_MANIFEST, null, image()["config"], [], null, null]);
    assert!(matches!(read(None, &fields), Err(ManifestError::Malformed { .. })));
    let config = json!([media_type::OCI_CONFIG, digest('a'), 2, null]);
    assert!(matches!(read(None, &with(image(), "config", config)), Err(ManifestError::Malformed { .. })));
    let mut manifest = index();
    manifest["manifests"][0]["platform"] = json!(["linux", "amd64", null]);
    assert!(matches!(read(None, &manifest), Err(ManifestError::Malformed { .. })));
    assert_eq!(config_platform(br#"["linux","arm64",null]"#), None);
    assert!(annotations(br#"[{"a":"1"}]"#).is_empty());
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    assert!(matches!(read(None, &with(image(), "config", Value::Null)), Err(ManifestError::FieldMissing { field: "config" })));
    assert!(matches!(read(None, &with(image(), "layers", Value::Null)), Err(ManifestError::FieldMissing { field: "layers" })));
    assert!(matches!(read(None, &with(image(), "schemaVersion", json!(3))), Err(ManifestError::SchemaVersion)));
    let mut manifest = image();
    manifest["config"]["size"] = json!(-1);
    assert!(matches!(read(None, &manifest), Err(ManifestError::Size { field: "config" })));
    manifest["config"]["size"] = json!(1.5);
    assert!(matches!(read(None, &manifest), Err(ManifestError::Malformed { .. })));
    let mut manifest = image();
    manifest["layers"][0]["digest"] = json!("sha256:short");
    assert!(matches!(read(None, &manifest), Err(ManifestError::Digest { field: "layers", .. })));
}

#[test]
fn more_layers_or_children_than_any_image_has_are_refused() {
    for (manifest, field) in [(image(), "layers"), (index(), "manifests")] {
        let some = vec![manifest[field][0].clone(); MAX_DESCRIPTORS];
        assert!(read(None, &with(manifest.clone(), field, json!(some))).is_ok());
        let many = vec![manifest[field][0].clone(); MAX_DESCRIPTORS + 2];
        let refused = read(None, &with(manifest, field, json!(many)));
        assert!(matches!(refused, Err(ManifestError::TooManyDescriptors { count, .. }) if count == MAX_DESCRIPTORS + 2), "{refused:?}");
    }
}

#[test]
fn texts_that_are_too_long_to_be_names_are_refused() {
    let long = "x".repeat(256);
    let mut layers = image();
    layers["layers"][0]["mediaType"] = json!(long);
    let mut platform = index();
    platform["manifests"][0]["platform"]["os"] = json!(long);
    for manifest in [layers, platform, with(image(), "artifactType", json!(long))] {
        let refused = read(None, &manifest);
        assert!(matches!(refused, Err(ManifestError::TextTooLong { .. })), "{refused:?}");
    }
    assert_eq!(config_platform(json!({ "os": long, "architecture": "arm64" }).to_string().as_bytes()), None);
}

#[test]
fn deep_nesting_breaks_nothing() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"schemaVersion\":2,\"x\":{}1{}}}", open.repeat(200_000), close.repeat(200_000));
        assert!(parse(Some(media_type::OCI_MANIFEST), deep.as_bytes()).is_err());
        assert!(annotations(deep.as_bytes()).is_empty());
        assert_eq!(config_platform(deep.as_bytes()), None);
    }
}

#[test]
fn error_texts_quote_no_content() {
    let error = parse(Some(media_type::OCI_MANIFEST), br#"{"schemaVersion":"s3cret"}"#).unwrap_err();
    assert!(!error.to_string().contains("s3cret"));
}

#[test]
fn annotations_are_read_apart() {
    let manifest = with(image(), "annotations", json!({ "a": "1" }));
    assert_eq!(annotations(manifest.to_string().as_bytes()).get("a").map(String::as_str), Some("1"));
    assert!(annotations(b"[]").is_empty());
}

#[test]
fn a_config_names_its_platform() {
    let platform = config_platform(br#"{"os":"linux","architecture":"arm64","variant":"v8","rootfs":{}}"#).unwrap();
    assert_eq!((platform.os.as_str(), platform.architecture.as_str(), platform.variant.as_deref()), ("linux", "arm64", Some("v8")));
    assert_eq!(config_platform(b"{}"), None);
}

proptest! {
    #[test]
    fn no_bytes_break_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..400), content_type in proptest::option::of(".{0,40}")) {
        let _ = parse(content_type.as_deref(), &bytes);
        let _ = annotations(&bytes);
        let _ = config_platform(&bytes);
    }

    #[test]
    fn no_change_of_a_byte_breaks_the_parser(at in 0_usize..300, byte: u8) {
        let mut bytes = image().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = parse(None, &bytes);
    }
}
