//! What is pushed: images of random bytes, and large layers that are known without being held.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Media type of the manifests pushed.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// Media type of the configs pushed.
pub const CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";
/// Media type of the layers pushed.
pub const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar";
/// Size of each of the two layers of a small image.
const SMALL_LAYER: usize = 1024;
/// A large layer is this many bytes over and over again: the client compares out of its cache.
const PATTERN: usize = 1024 * 1024;
/// The end of a large layer, which makes it different from all others.
const TAIL: usize = 16;

/// `SplitMix64`: random enough to be incompressible, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Bytes, as many as asked for.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }
}

/// The digest of some bytes, as `sha256:<hex>`.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> String {
    written(Sha256::new_with_prefix(bytes))
}

fn written(hash: Sha256) -> String {
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in hash.finalize() {
        // Writing into a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// Bytes and their digest.
#[derive(Debug, Clone)]
pub struct Blob {
    /// `sha256:<hex>`.
    pub digest: String,
    /// All of them.
    pub bytes: Vec<u8>,
}

impl Blob {
    /// Computes the digest.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { digest: digest_of(&bytes), bytes }
    }

    /// Random bytes.
    pub fn random(random: &mut Random, size: usize) -> Self {
        Self::new(random.bytes(size))
    }
}

/// A small image: a config, two layers and the manifest that names them.
#[derive(Debug, Clone)]
pub struct Image {
    /// Config, then layers, in the order they are pushed.
    pub blobs: [Blob; 3],
    /// The manifest.
    pub manifest: Blob,
}

impl Image {
    /// An image like no other.
    pub fn random(random: &mut Random) -> Self {
        let layers = [Blob::random(random, SMALL_LAYER), Blob::random(random, SMALL_LAYER)];
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":["{}","{}"]}}}}"#,
            layers[0].digest, layers[1].digest
        );
        let [first, second] = layers;
        let blobs = [Blob::new(config.into_bytes()), first, second];
        let manifest = manifest_of(&blobs);
        Self { blobs, manifest }
    }
}

fn manifest_of(blobs: &[Blob; 3]) -> Blob {
    let descriptor =
        |media_type: &str, blob: &Blob| format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{}}}"#, blob.digest, blob.bytes.len());
    let [config, first, second] = blobs;
    let text = format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST_TYPE}","config":{},"layers":[{},{}]}}"#,
        descriptor(CONFIG_TYPE, config),
        descriptor(LAYER_TYPE, first),
        descriptor(LAYER_TYPE, second),
    );
    Blob::new(text.into_bytes())
}

/// Makes large layers of one size, each with a digest of its own.
#[derive(Debug, Clone)]
pub struct LargeLayers {
    pattern: Vec<u8>,
    size: usize,
    state: Sha256,
    random: Random,
}

/// One large layer; its bytes come from the pattern that all of them share.
#[derive(Debug, Clone)]
pub struct LargeLayer {
    /// `sha256:<hex>`.
    pub digest: String,
    tail: [u8; TAIL],
}

impl LargeLayers {
    /// Layers of `size` bytes; takes the time to hash one.
    #[must_use]
    pub fn new(size: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let pattern = random.bytes(PATTERN);
        let mut state = Sha256::new();
        pieces(&pattern, size - TAIL).iter().for_each(|piece| state.update(piece));
        Self { pattern, size, state, random }
    }

    /// Size of each layer.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// A layer like no other.
    pub fn next_layer(&mut self) -> LargeLayer {
        let mut tail = [0; TAIL];
        tail.copy_from_slice(&self.random.bytes(TAIL));
        let mut state = self.state.clone();
        state.update(tail);
        LargeLayer { digest: written(state), tail }
    }

    /// The bytes of a layer, in pieces.
    #[must_use]
    pub fn pieces<'a>(&'a self, layer: &'a LargeLayer) -> Vec<&'a [u8]> {
        let mut all = pieces(&self.pattern, self.size - TAIL);
        all.push(&layer.tail);
        all
    }

    /// Whether `received` is what stands at `offset` of a layer.
    #[must_use]
    pub fn matches(&self, layer: &LargeLayer, mut offset: usize, mut received: &[u8]) -> bool {
        while !received.is_empty() {
            let expected = if offset < self.size - TAIL {
                let start = offset % PATTERN;
                &self.pattern[start..PATTERN.min(start + self.size - TAIL - offset)]
            } else if offset < self.size {
                &layer.tail[offset - (self.size - TAIL)..]
            } else {
                return false;
            };
            let count = expected.len().min(received.len());
            if expected[..count] != received[..count] {
                return false;
            }
            offset += count;
            received = &received[count..];
        }
        true
    }
}

fn pieces(pattern: &[u8], size: usize) -> Vec<&[u8]> {
    let mut all = vec![pattern; size / pattern.len()];
    all.push(&pattern[..size % pattern.len()]);
    all
}
