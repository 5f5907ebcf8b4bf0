//! The keys that one master key gives (HKDF-SHA256), one for each purpose, and the secrets of access keys sealed with one of them.

use ambar_domain::access_key::{AccessKeyId, SealedSecret};
use ambar_domain::ids::IdSource;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{aead, hkdf, hmac};

use super::CannotOpen;
use super::master_key::{MasterKey, MasterKeyId};

/// Begins sealed secrets that do not say which master key they were sealed under: all of them until master keys could be changed.
const UNNAMED: &str = "v1.";
/// Begins those that do: `v2.<id of the master key>.<nonce and ciphertext>`.
const NAMED: &str = "v2.";

/// The keys of one master key.
pub(crate) struct DerivedKeys {
    id: MasterKeyId,
    token: hmac::Key,
    upload: hmac::Key,
    iam_token: hmac::Key,
    security_token: hmac::Key,
    temporary_secret: hmac::Key,
    sealing: aead::LessSafeKey,
}

impl DerivedKeys {
    pub(super) fn of(master: &MasterKey) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"ambar").extract(master.as_bytes());
        let mac = |purpose: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, purpose));
        let sealing = aead::UnboundKey::new(&aead::AES_256_GCM, &derive(&root, b"access key secrets"));
        Self {
            id: MasterKeyId::of(&derive(&root, b"master key id")[..8]),
            token: mac(b"bearer tokens"),
            upload: mac(b"upload ids"),
            iam_token: mac(b"iam tokens"),
            security_token: mac(b"security tokens"),
            temporary_secret: mac(b"secrets of temporary access keys"),
            sealing: aead::LessSafeKey::new(sealing.expect("AES-256 takes a key of 32 bytes")),
        }
    }

    /// Which master key these are of.
    pub(super) fn id(&self) -> &MasterKeyId {
        &self.id
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

    pub(super) fn seal(&self, ids: &dyn IdSource, access_key: &AccessKeyId, secret: &str) -> SealedSecret {
        let mut nonce = [0; aead::NONCE_LEN];
        ids.fill_random(&mut nonce);
        let mut sealed = secret.as_bytes().to_vec();
        self.sealing
            .seal_in_place_append_tag(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(access_key.as_str()), &mut sealed)
            .expect("a secret is far shorter than what AES-GCM may encrypt at once");
        let mut bytes = nonce.to_vec();
        bytes.append(&mut sealed);
        SealedSecret::new(format!("{NAMED}{}.{}", self.id, URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(super) fn open(&self, access_key: &AccessKeyId, sealed: &SealedSecret) -> Result<String, CannotOpen> {
        let (by, code) = parse(sealed).ok_or(CannotOpen)?;
        if by.is_some_and(|by| by != self.id.as_str()) {
            return Err(CannotOpen);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(code).map_err(|_| CannotOpen)?;
        let (nonce, sealed) = bytes.split_first_chunk_mut().ok_or(CannotOpen)?;
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let secret = self.sealing.open_in_place(nonce, aead::Aad::from(access_key.as_str()), sealed).map_err(|_| CannotOpen)?;
        String::from_utf8(secret.to_vec()).map_err(|_| CannotOpen)
    }

    /// Whether the secret says that it was sealed with these.
    pub(super) fn has_sealed(&self, sealed: &SealedSecret) -> bool {
        parse(sealed).is_some_and(|(by, _)| by == Some(self.id.as_str()))
    }
}

/// By which master key it was sealed, if it says so, and the code itself.
fn parse(sealed: &SealedSecret) -> Option<(Option<&str>, &str)> {
    match sealed.as_str().strip_prefix(NAMED) {
        Some(rest) => rest.split_once('.').map(|(by, code)| (Some(by), code)),
        None => Some((None, sealed.as_str().strip_prefix(UNNAMED)?)),
    }
}

fn derive(root: &hkdf::Prk, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    root.expand(&[purpose], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).expect("HKDF-SHA256 gives 32 bytes");
    key
}
