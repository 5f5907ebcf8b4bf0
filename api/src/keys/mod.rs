//! The keys of the process, all derived from one master key (HKDF-SHA256), and the secrets of access keys.
//!
//! Deriving one key per purpose means that what is signed for one purpose can never be taken for another.

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use ambar_domain::digest::{Algorithm, Digest};
use ambar_domain::ids::IdSource;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{aead, digest, hkdf, hmac};
use thiserror::Error;

/// Marks the one form that sealed secrets have had so far.
const SEALED_PREFIX: &str = "v1.";

/// Keys for tokens, upload ids and sealed secrets.
pub struct Keys {
    token: hmac::Key,
    upload: hmac::Key,
    iam_token: hmac::Key,
    security_token: hmac::Key,
    temporary_secret: hmac::Key,
    sealing: aead::LessSafeKey,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// The sealed secret was not sealed by these keys for this access key, or was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sealed secret cannot be opened")]
pub struct CannotOpen;

impl Keys {
    /// Derives every key from the master key.
    #[must_use]
    pub fn from_master(master: &[u8; 32]) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"ambar").extract(master);
        let sealing = derive(&root, b"access key secrets");
        let sealing = aead::UnboundKey::new(&aead::AES_256_GCM, &sealing).expect("AES-256 takes a key of 32 bytes");
        Self {
            token: hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, b"bearer tokens")),
            upload: hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, b"upload ids")),
            iam_token: hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, b"iam tokens")),
            security_token: hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, b"security tokens")),
            temporary_secret: hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, b"secrets of temporary access keys")),
            sealing: aead::LessSafeKey::new(sealing),
        }
    }

    /// Signs bearer tokens.
    pub(crate) fn token(&self) -> &hmac::Key {
        &self.token
    }

    /// Signs upload ids.
    pub(crate) fn upload(&self) -> &hmac::Key {
        &self.upload
    }

    /// Signs tokens of the identity service.
    pub(crate) fn iam_token(&self) -> &hmac::Key {
        &self.iam_token
    }

    /// Signs the tokens that go with temporary access keys.
    pub(crate) fn security_token(&self) -> &hmac::Key {
        &self.security_token
    }

    /// The secret of a temporary access key, which is kept nowhere.
    pub(crate) fn temporary_secret(&self, access_key: &AccessKeyId) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.temporary_secret, access_key.as_str().as_bytes()))
    }

    /// Encrypts the secret of an access key; it opens for no other access key.
    #[must_use]
    pub fn seal(&self, ids: &dyn IdSource, access_key: &AccessKeyId, secret: &str) -> SealedSecret {
        let mut nonce = [0; aead::NONCE_LEN];
        ids.fill_random(&mut nonce);
        let mut sealed = secret.as_bytes().to_vec();
        self.sealing
            .seal_in_place_append_tag(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(access_key.as_str()), &mut sealed)
            .expect("a secret is far shorter than what AES-GCM may encrypt at once");
        let mut bytes = nonce.to_vec();
        bytes.append(&mut sealed);
        SealedSecret::new(format!("{SEALED_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Decrypts the secret of an access key.
    ///
    /// # Errors
    /// [`CannotOpen`] if it was sealed otherwise or for another access key.
    pub fn open(&self, access_key: &AccessKeyId, sealed: &SealedSecret) -> Result<String, CannotOpen> {
        let text = sealed.as_str().strip_prefix(SEALED_PREFIX).ok_or(CannotOpen)?;
        let mut bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CannotOpen)?;
        let (nonce, sealed) = bytes.split_first_chunk_mut().ok_or(CannotOpen)?;
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let secret = self.sealing.open_in_place(nonce, aead::Aad::from(access_key.as_str()), sealed).map_err(|_| CannotOpen)?;
        String::from_utf8(secret.to_vec()).map_err(|_| CannotOpen)
    }
}

fn derive(root: &hkdf::Prk, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    root.expand(&[purpose], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).expect("HKDF-SHA256 gives 32 bytes");
    key
}

/// The password of a registry login: lower-case hex of HMAC-SHA256 with the secret key as key and the access key's id as message (L1).
#[must_use]
pub fn login_key(access_key: &AccessKeyId, secret_key: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret_key.as_bytes());
    hex(hmac::sign(&key, access_key.as_str().as_bytes()).as_ref())
}

/// What a login key is checked with.
#[must_use]
pub fn login_key_hash(login_key: &str) -> LoginKeyHash {
    LoginKeyHash::new(hex(digest::digest(&digest::SHA256, login_key.as_bytes()).as_ref()))
}

/// A new access key id: 20 upper-case letters and digits.
#[must_use]
pub fn new_access_key_id(ids: &dyn IdSource) -> AccessKeyId {
    random_text::<20>(ids, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789").parse().expect("made of what an access key id is made of")
}

/// A new secret key: 40 letters and digits, 238 random bits.
#[must_use]
pub fn new_secret_key(ids: &dyn IdSource) -> String {
    random_text::<40>(ids, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}

/// Every letter equally likely: random bytes behind the last whole multiple of the alphabet are thrown away.
fn random_text<const LEN: usize>(ids: &dyn IdSource, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(LEN);
    let mut bytes = [0_u8; 64];
    while text.len() < LEN {
        ids.fill_random(&mut bytes);
        let letters = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(letters.take(LEN - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}

/// The digest of bytes in memory.
pub(crate) fn digest_of(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    let function = match algorithm {
        Algorithm::Sha256 => &digest::SHA256,
        Algorithm::Sha512 => &digest::SHA512,
    };
    Digest::from_hash(algorithm, digest::digest(function, bytes).as_ref()).expect("the hash has the length of its algorithm")
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use ambar_domain::ids::IdSource;
    use uuid::Uuid;

    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl IdSource for Counting {
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill_with(|| self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn ids() -> Counting {
        Counting(std::sync::atomic::AtomicU8::new(0))
    }

    #[test]
    fn a_sealed_secret_opens_for_its_access_key_only() {
        let (keys, ids) = (Keys::from_master(&[7; 32]), ids());
        let access_key = new_access_key_id(&ids);
        let sealed = keys.seal(&ids, &access_key, "secret");
        assert!(!sealed.as_str().contains("secret"));
        assert_eq!(keys.open(&access_key, &sealed).as_deref(), Ok("secret"));
        assert_eq!(keys.open(&"A".repeat(20).parse().unwrap(), &sealed), Err(CannotOpen));
        assert_eq!(Keys::from_master(&[8; 32]).open(&access_key, &sealed), Err(CannotOpen));
        for broken in ["", "v1.", "v1.AAAA", "v2.abc", "v1.!!"] {
            assert_eq!(keys.open(&access_key, &SealedSecret::new(broken.to_owned())), Err(CannotOpen), "{broken}");
        }
    }

    #[test]
    fn a_login_key_is_the_hmac_of_the_access_key_id() {
        // Computed with another implementation.
        let access_key: AccessKeyId = "RVHVMX3H6NNSZTQUKKN7".parse().unwrap();
        assert_eq!(login_key(&access_key, "Jefe"), "cf4718dec31b95d42b9f9f0d53bef4716634039ab746d1c3450325bd151c78c2");
        assert_eq!(login_key_hash("abc").as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn new_keys_have_the_agreed_lengths() {
        let ids = ids();
        assert_eq!(new_access_key_id(&ids).as_str().len(), 20);
        assert_eq!(new_secret_key(&ids).len(), 40);
    }
}
