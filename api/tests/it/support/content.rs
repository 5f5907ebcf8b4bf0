//! Images and blobs to push.

use ring::digest as hash;
use serde_json::{Value, json};

use super::{Answer, Login, TestRegistry};

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(hash::digest(&hash::SHA256, bytes).as_ref()))
}

pub(crate) fn sha512(bytes: &[u8]) -> String {
    format!("sha512:{}", hex(hash::digest(&hash::SHA512, bytes).as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An image of a config and one layer.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) config: Vec<u8>,
    pub(crate) layer: Vec<u8>,
    pub(crate) manifest: Value,
}

/// An image that differs from others by its name.
pub(crate) fn image(name: &str) -> Image {
    let config = json!({ "os": "linux", "architecture": "arm64", "name": name }).to_string().into_bytes();
    let layer = format!("layer of {name}").into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(&config), "size": config.len() },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(&layer), "size": layer.len() }],
    });
    Image { config, layer, manifest }
}

/// An index of manifests.
pub(crate) fn index(children: &[&[u8]]) -> Vec<u8> {
    let child = |bytes: &&[u8]| json!({ "mediaType": OCI_MANIFEST, "digest": digest(bytes), "size": bytes.len() });
    json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children.iter().map(child).collect::<Vec<_>>() })
        .to_string()
        .into_bytes()
}

impl Image {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.manifest.to_string().into_bytes()
    }

    pub(crate) fn digest(&self) -> String {
        digest(&self.bytes())
    }

    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.manifest[field] = value;
        self
    }
}

impl TestRegistry {
    /// Pushes a blob in two requests.
    pub(crate) async fn push_blob(&self, login: &Login, repository: &str, bytes: &[u8]) -> Answer {
        let started = self.post(&format!("/v2/{repository}/blobs/uploads/")).login(login).send().await;
        if started.status != 202 {
            return started;
        }
        let finish = format!("{}?digest={}", started.header("location"), digest(bytes));
        self.put(&finish).login(login).body(bytes.to_vec()).send().await
    }

    /// Pushes an image with its blobs.
    pub(crate) async fn push(&self, login: &Login, repository: &str, reference: &str, image: &Image) -> Answer {
        for blob in [&image.config, &image.layer] {
            let pushed = self.push_blob(login, repository, blob).await;
            if pushed.status != 201 {
                return pushed;
            }
        }
        self.put_manifest(login, repository, reference, &image.bytes()).await
    }

    pub(crate) async fn put_manifest(&self, login: &Login, repository: &str, reference: &str, bytes: &[u8]) -> Answer {
        let media_type = serde_json::from_slice::<Value>(bytes).ok().and_then(|manifest| Some(manifest["mediaType"].as_str()?.to_owned()));
        self.put(&format!("/v2/{repository}/manifests/{reference}"))
            .login(login)
            .header("content-type", media_type.as_deref().unwrap_or(OCI_MANIFEST))
            .body(bytes.to_vec())
            .send()
            .await
    }
}
