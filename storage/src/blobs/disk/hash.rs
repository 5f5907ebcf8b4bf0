//! A hash that runs while bytes arrive, and that can be written down and taken up again.
//!
//! `sha2` uses the CPU's SHA-256 instructions where there are any. Its saved state is stable within one minor version, which
//! [`Running::FORMAT`] names: a state of another version is not restored, and the bytes are read again instead.

use ambar_domain::digest::{Algorithm, Digest};
use sha2::digest::Digest as _;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Sha256, Sha512};

/// A hash over the bytes so far.
#[derive(Clone)]
pub(super) enum Running {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Running {
    /// Names the shape of [`Running::save`]; changes with the version of `sha2`.
    pub(super) const FORMAT: &'static str = "sha2-0.11";

    pub(super) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The digest of the bytes so far; the hash can go on.
    pub(super) fn digest(&self) -> Digest {
        let digest = match self {
            Self::Sha256(hash) => Digest::from_hash(Algorithm::Sha256, &hash.clone().finalize()),
            Self::Sha512(hash) => Digest::from_hash(Algorithm::Sha512, &hash.clone().finalize()),
        };
        digest.expect("a hash is as long as its algorithm says")
    }

    pub(super) fn save(&self) -> Vec<u8> {
        match self {
            Self::Sha256(hash) => hash.serialize().to_vec(),
            Self::Sha512(hash) => hash.serialize().to_vec(),
        }
    }

    /// `None` if the bytes are not a state of this algorithm.
    pub(super) fn restore(algorithm: Algorithm, saved: &[u8]) -> Option<Self> {
        fn state<H: SerializableState>(saved: &[u8]) -> Option<H> {
            H::deserialize(&SerializedState::<H>::try_from(saved).ok()?).ok()
        }
        match algorithm {
            Algorithm::Sha256 => state(saved).map(Self::Sha256),
            Algorithm::Sha512 => state(saved).map(Self::Sha512),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_hash_goes_on_where_it_was() {
        let bytes: Vec<u8> = (0..1000_u32).flat_map(u32::to_le_bytes).collect();
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            for cut in [0, 1, 63, 64, 65, 127, 128, 1000, bytes.len()] {
                let mut whole = Running::new(algorithm);
                whole.update(&bytes);
                let mut first = Running::new(algorithm);
                first.update(&bytes[..cut]);
                let mut second = Running::restore(algorithm, &first.save()).expect("a state that was just saved");
                second.update(&bytes[cut..]);
                assert_eq!(second.digest(), whole.digest(), "{algorithm:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_state_restore_nothing() {
        assert!(Running::restore(Algorithm::Sha256, b"").is_none());
        assert!(Running::restore(Algorithm::Sha256, &Running::new(Algorithm::Sha512).save()).is_none());
        assert!(Running::restore(Algorithm::Sha512, &[255; 40]).is_none());
    }
}
