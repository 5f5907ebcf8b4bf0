//! Manifests: facts are what any other JSON reader sees in the bytes, whatever way the type was announced, and they survive the log.
#![no_main]

use ambar_domain::manifest::{Descriptor, ManifestFacts};
use ambar_schemas::oci::manifest::{annotations, config_platform, parse};
use ambar_schemas::oci::media_type::{DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST, is_nondistributable};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const KINDS: [&str; 4] = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_MANIFEST_LIST];

fuzz_target!(|bytes: &[u8]| {
    let _ = annotations(bytes);
    if let Some(platform) = config_platform(bytes) {
        assert!(!platform.os.is_empty() && !platform.architecture.is_empty(), "{platform:?}");
    }
    let unannounced = parse(None, bytes);
    for kind in KINDS {
        match (parse(Some(kind), bytes), &unannounced) {
            (Ok(facts), Ok(unannounced)) => assert!(facts == *unannounced && facts.media_type == kind),
            (Ok(facts), Err(_)) => check(&facts, bytes),
            (Err(_), Ok(unannounced)) => assert_ne!(unannounced.media_type, kind),
            (Err(error), Err(_)) => assert!(error.to_string().len() < 600, "{error}"),
        }
    }
    if let Ok(facts) = unannounced {
        check(&facts, bytes);
    }
});

fn check(facts: &ManifestFacts, bytes: &[u8]) {
    assert_eq!(facts.size_bytes, bytes.len() as u64);
    let is_index = facts.media_type == OCI_INDEX || facts.media_type == DOCKER_MANIFEST_LIST;
    assert_eq!(facts.config.is_none(), is_index);
    assert!(if is_index { facts.layers.is_empty() } else { facts.children.is_empty() && facts.platforms.is_empty() });
    let kept = serde_json::to_string(facts).expect("JSON");
    assert_eq!(serde_json::from_str::<ManifestFacts>(&kept).expect("facts"), *facts);
    // Other readers look into what the parser skips, and may refuse a number or an escape there.
    if let Ok(json) = serde_json::from_slice(bytes) {
        seen_by_others(facts, &json);
    }
    written_again(facts, is_index);
}

/// Compares the facts with the bytes as a reader sees them who knows nothing of manifests.
fn seen_by_others(facts: &ManifestFacts, json: &Value) {
    assert!(json.is_object(), "{json}");
    assert_eq!(facts.config, json.get("config").and_then(descriptor));
    let layers: Vec<Descriptor> = descriptors(json, "layers").filter(|layer| !is_nondistributable(&layer.media_type)).collect();
    assert_eq!(facts.layers, layers);
    assert_eq!(facts.children, descriptors(json, "manifests").collect::<Vec<_>>());
    assert_eq!(facts.subject, json.get("subject").and_then(descriptor).map(|subject| subject.digest));
}

fn descriptors<'a>(json: &'a Value, field: &str) -> impl Iterator<Item = Descriptor> + use<'a> {
    json.get(field).and_then(Value::as_array).into_iter().flatten().map(|item| descriptor(item).expect("a descriptor"))
}

fn descriptor(json: &Value) -> Option<Descriptor> {
    let text = |field: &str| json.get(field)?.as_str();
    Some(Descriptor {
        media_type: text("mediaType")?.to_owned(),
        digest: text("digest")?.parse().ok()?,
        size_bytes: json.get("size")?.as_u64().filter(|size| i64::try_from(*size).is_ok())?,
    })
}

/// Makes a manifest of the facts and reads that.
fn written_again(facts: &ManifestFacts, is_index: bool) {
    let descriptor =
        |content: &Descriptor| json!({ "mediaType": content.media_type, "digest": content.digest, "size": content.size_bytes });
    let list = |contents: &[Descriptor]| contents.iter().map(descriptor).collect::<Vec<_>>();
    let mut manifest = json!({ "schemaVersion": 2, "mediaType": facts.media_type, "artifactType": facts.artifact_type });
    if is_index {
        manifest["manifests"] = json!(list(&facts.children));
    } else {
        manifest["config"] = json!(facts.config.as_ref().map(descriptor));
        manifest["layers"] = json!(list(&facts.layers));
    }
    if let Some(digest) = &facts.subject {
        manifest["subject"] = json!({ "mediaType": OCI_MANIFEST, "digest": digest, "size": 1 });
    }
    let again = parse(None, manifest.to_string().as_bytes()).expect("a manifest");
    assert_eq!(ManifestFacts { size_bytes: facts.size_bytes, platforms: facts.platforms.clone(), ..again }, *facts);
}
