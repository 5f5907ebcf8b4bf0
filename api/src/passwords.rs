//! Passwords: hashed and checked with argon2id (requirement I2).
//!
//! A hash takes some 20 ms of a processor and 19 MiB by intention. So hashes are computed off the threads that serve requests, two at a
//! time, and whoever comes when many are waiting is turned away: a flood of logins does not take the machine. Of those that wait few may come
//! from one address, so that one does not keep out all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambar_domain::client_address::ClientAddress;
use ambar_domain::ids::IdSource;
use ambar_domain::password::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::JoinError;

/// How many hashes are computed at a time.
const AT_A_TIME: usize = 2;

/// How many are computed or wait for that: the last of them some 300 ms.
const WAITING: usize = 32;

/// How many of them for one address.
const FOR_AN_ADDRESS: u32 = 4;

/// Memory in KiB and passes over it, as OWASP recommends them for one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SALT_LEN: usize = 16;

/// Checked where there is no hash, so that nobody can tell by the time it takes. It has the costs of a new hash and is that of no password.
const NO_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password was neither hashed nor checked.
#[derive(Debug, Error)]
pub enum PasswordsError {
    /// Too many others are waiting.
    #[error("too many logins at once")]
    Busy,
    /// The hash function refused.
    #[error("the password cannot be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    /// The task ended early.
    #[error("hashing was interrupted")]
    Interrupted(#[from] JoinError),
    /// The process is ending.
    #[error("no more passwords are hashed")]
    Closed(#[from] AcquireError),
}

/// Hashes and checks passwords, a few at a time.
#[derive(Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    work: Arc<Semaphore>,
    addresses: Arc<Mutex<HashMap<ClientAddress, u32>>>,
}

/// One of the places of an address, as long as it lives.
struct Place {
    addresses: Arc<Mutex<HashMap<ClientAddress, u32>>>,
    address: ClientAddress,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(WAITING)), work: Arc::new(Semaphore::new(AT_A_TIME)), addresses: Arc::default() }
    }
}

impl Passwords {
    /// Hashes a new password.
    ///
    /// # Errors
    /// [`PasswordsError::Busy`], and what cannot happen while the process is well.
    pub async fn hash(&self, ids: &dyn IdSource, password: &str) -> Result<PasswordHash, PasswordsError> {
        let (password, mut salt) = (password.to_owned(), [0; SALT_LEN]);
        ids.fill_random(&mut salt);
        let hashed = self.run(None, move || argon2().hash_password_with_salt(password.as_bytes(), &salt)).await?;
        Ok(PasswordHash::new(hashed.map_err(PasswordsError::Hash)?.to_string()))
    }

    /// Whether a password is the one that was hashed. Without a hash it is not, which takes as long. `from` is where it comes from, if that is
    /// known.
    ///
    /// # Errors
    /// [`PasswordsError::Busy`], and what cannot happen while the process is well.
    pub async fn verify(&self, from: Option<ClientAddress>, password: &str, hash: Option<&PasswordHash>) -> Result<bool, PasswordsError> {
        let (password, is_there) = (password.to_owned(), hash.is_some());
        let hash = hash.map_or(NO_HASH, PasswordHash::as_str).to_owned();
        let verified = self.run(from, move || argon2().verify_password(password.as_bytes(), hash.as_str()).is_ok()).await?;
        Ok(verified && is_there)
    }

    async fn run<T: Send + 'static>(
        &self,
        from: Option<ClientAddress>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordsError> {
        let of_address = from.map(|address| Place::take(&self.addresses, address).ok_or(PasswordsError::Busy)).transpose()?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| PasswordsError::Busy)?;
        let turn = self.work.clone().acquire_owned().await?;
        // Goes on when the client is gone, and so keeps its turn until it is done.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place, of_address));
            done
        });
        Ok(done.await?)
    }
}

impl Place {
    fn take(addresses: &Arc<Mutex<HashMap<ClientAddress, u32>>>, address: ClientAddress) -> Option<Self> {
        let mut taken = lock(addresses);
        let taken = taken.entry(address).or_default();
        if *taken >= FOR_AN_ADDRESS {
            return None;
        }
        *taken += 1;
        Some(Self { addresses: addresses.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.addresses);
        match taken.get_mut(&self.address) {
            Some(places) if *places > 1 => *places -= 1,
            Some(_) | None => drop(taken.remove(&self.address)),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN)).expect("the costs are within the bounds of argon2");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Fixed(u8);

    impl IdSource for Fixed {
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[tokio::test]
    async fn a_password_is_proved_by_itself_only_and_its_hash_says_how_it_was_made() {
        let passwords = Passwords::default();
        let hash = passwords.hash(&Fixed(7), "correct horse").await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{}", hash.as_str());
        assert!(!hash.as_str().contains("horse"));
        assert!(passwords.verify(None, "correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify(None, "Correct horse", Some(&hash)).await.unwrap());
        assert_ne!(passwords.hash(&Fixed(8), "correct horse").await.unwrap(), hash);
    }

    #[tokio::test]
    async fn a_hash_that_another_implementation_made_is_read() {
        // From the tests of the reference implementation, with smaller costs.
        let hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let hash = PasswordHash::new(hash.to_owned());
        assert!(Passwords::default().verify(None, "password", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nothing_proves_a_password_where_there_is_no_hash_or_a_broken_one() {
        let passwords = Passwords::default();
        assert!(!passwords.verify(None, "", None).await.unwrap());
        assert!(!passwords.verify(None, "", Some(&PasswordHash::new("no hash".to_owned()))).await.unwrap());
        let parsed = argon2::password_hash::phc::PasswordHash::new(NO_HASH).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap(), *argon2().params());
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_turned_away() {
        let passwords = Passwords::default();
        let _taken = passwords.places.clone().try_acquire_many_owned(u32::try_from(WAITING).unwrap()).unwrap();
        assert!(matches!(passwords.verify(None, "password", None).await, Err(PasswordsError::Busy)));
    }

    #[tokio::test]
    async fn who_sends_too_many_at_once_from_one_address_is_turned_away_and_nobody_else() {
        let passwords = Passwords::default();
        let address = |number: u8| ClientAddress::from(std::net::IpAddr::from([192, 0, 2, number]));
        let taken: Vec<_> = (0..FOR_AN_ADDRESS).map(|_| Place::take(&passwords.addresses, address(1)).unwrap()).collect();
        assert!(matches!(passwords.verify(Some(address(1)), "password", None).await, Err(PasswordsError::Busy)));
        assert!(!passwords.verify(Some(address(2)), "password", None).await.unwrap());
        drop(taken);
        assert!(!passwords.verify(Some(address(1)), "password", None).await.unwrap());
        assert!(lock(&passwords.addresses).is_empty());
    }
}
