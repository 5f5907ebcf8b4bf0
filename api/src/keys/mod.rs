//! The keys of the process, all derived from one master key, and the secrets of access keys.
//!
//! Deriving one key per purpose means that what is signed for one purpose can never be taken for another. While the master key is being
//! changed there are two of them (ADR 13).

mod derived;
mod master_key;

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use ambar_domain::digest::{Algorithm, Digest};
use ambar_domain::ids::IdSource;
use ring::{digest, hmac};
use thiserror::Error;

pub(crate) use self::derived::DerivedKeys;
pub use self::master_key::{MasterKey, MasterKeyId, NoMasterKey};

/// The keys of the process: those of the master key, and those of the one before it while that is given as well.
///
/// Whatever is signed or sealed is so by the master key. What the one before has signed or sealed is still read.
pub struct Keys {
    current: DerivedKeys,
    previous: Option<DerivedKeys>,
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
    /// Derives every key from the master key, and from the one before it if that is still needed.
    #[must_use]
    pub fn new(master: &MasterKey, previous: Option<&MasterKey>) -> Self {
        Self { current: DerivedKeys::of(master), previous: previous.map(DerivedKeys::of) }
    }

    /// What is signed with now.
    pub(crate) fn current(&self) -> &DerivedKeys {
        &self.current
    }

    /// Whatever may have signed what is good now; what signs now comes first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &DerivedKeys> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Which master key seals and signs.
    #[must_use]
    pub fn master_key(&self) -> &MasterKeyId {
        self.current.id()
    }

    /// Which master key was before, if it is given.
    #[must_use]
    pub fn previous_master_key(&self) -> Option<&MasterKeyId> {
        self.previous.as_ref().map(DerivedKeys::id)
    }

    /// Encrypts the secret of an access key; it opens for no other access key.
    #[must_use]
    pub fn seal(&self, ids: &dyn IdSource, access_key: &AccessKeyId, secret: &str) -> SealedSecret {
        self.current.seal(ids, access_key, secret)
    }

    /// Decrypts the secret of an access key.
    ///
    /// # Errors
    /// [`CannotOpen`] if it was sealed otherwise or for another access key.
    pub fn open(&self, access_key: &AccessKeyId, sealed: &SealedSecret) -> Result<String, CannotOpen> {
        self.all().find_map(|keys| keys.open(access_key, sealed).ok()).ok_or(CannotOpen)
    }

    /// Whether a secret says that it is sealed under the master key, not under the one before.
    pub(crate) fn is_sealed_now(&self, sealed: &SealedSecret) -> bool {
        self.current.has_sealed(sealed)
    }
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

    fn keys(master: u8, previous: Option<u8>) -> Keys {
        let key = |byte| MasterKey::new([byte; 32]);
        Keys::new(&key(master), previous.map(key).as_ref())
    }

    #[test]
    fn a_sealed_secret_opens_for_its_access_key_only() {
        let (keys, ids) = (keys(7, None), ids());
        let access_key = new_access_key_id(&ids);
        let sealed = keys.seal(&ids, &access_key, "secret");
        assert!(!sealed.as_str().contains("secret"));
        assert_eq!(keys.open(&access_key, &sealed).as_deref(), Ok("secret"));
        assert_eq!(keys.open(&"A".repeat(20).parse().unwrap(), &sealed), Err(CannotOpen));
        let id = keys.master_key().as_str();
        for broken in ["", "v1.", "v1.AAAA", "v2.abc", "v2.abc.AAAA", "v3.AAAA", "v1.!!", &format!("v2.{id}"), &format!("v2.{id}.AAAA")] {
            assert_eq!(keys.open(&access_key, &SealedSecret::new(broken.to_owned())), Err(CannotOpen), "{broken}");
        }
    }

    #[test]
    fn what_another_master_key_has_sealed_opens_only_while_that_is_given() {
        let (ids, old, new, both) = (ids(), keys(7, None), keys(8, None), keys(8, Some(7)));
        let access_key = new_access_key_id(&ids);
        let (by_old, by_both) = (old.seal(&ids, &access_key, "secret"), both.seal(&ids, &access_key, "secret"));
        assert_eq!(both.open(&access_key, &by_old).as_deref(), Ok("secret"));
        assert_eq!(new.open(&access_key, &by_old), Err(CannotOpen));
        assert_eq!(new.open(&access_key, &by_both).as_deref(), Ok("secret"));
        assert_eq!((both.is_sealed_now(&by_old), both.is_sealed_now(&by_both)), (false, true));
        assert_ne!(old.master_key(), new.master_key());
        assert_eq!(both.previous_master_key(), Some(old.master_key()));
    }

    #[test]
    fn a_secret_that_was_sealed_before_secrets_said_by_which_key_still_opens() {
        // Computed with another implementation.
        let access_key: AccessKeyId = "AKAMBAR0000000000001".parse().unwrap();
        let sealed = SealedSecret::new("v1.AAECAwQFBgcICQoLdi6ThUYYVQGqm-lKaBDH02ANLsfdTQ".to_owned());
        assert_eq!(keys(7, None).open(&access_key, &sealed).as_deref(), Ok("secret"));
        assert_eq!(keys(8, Some(7)).open(&access_key, &sealed).as_deref(), Ok("secret"));
        assert_eq!(keys(8, None).open(&access_key, &sealed), Err(CannotOpen));
        assert!(!keys(7, None).is_sealed_now(&sealed));
        assert_eq!(keys(7, None).master_key().as_str(), "de367e089a226eb1");
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
