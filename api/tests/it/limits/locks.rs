//! Locks of users and access keys whose secrets are guessed at, as the settings say.

use chrono::Duration;

use super::{log_in, number, user_with_password, with_limits};
use crate::support::{Login, TestRegistry};

const FROM: &str = "203.0.113.7";

/// The ways in that lock: one a user, one a key.
const PASSWORD: &str = "password";
const SIGNATURE: &str = "management API";

/// Users are locked by two failures for three minutes, keys by three for two; failures are in a row that are less than a minute apart.
async fn registry() -> TestRegistry {
    with_limits(|limits| {
        (limits.lock_user_after, limits.user_lock_lifetime) = (number(2), Duration::minutes(3));
        (limits.lock_key_after, limits.key_lock_lifetime) = (number(3), Duration::minutes(2));
        limits.lock_reset = Some(Duration::minutes(1));
    })
    .await
}

async fn fail(registry: &TestRegistry, entry: &str, login: &Login, times: usize) {
    let mut wrong = login.clone();
    wrong.key.secret_key = "wrong".to_owned();
    for _ in 0..times {
        log_in(registry, entry, &wrong, FROM).await.assert(401);
    }
}

async fn is_let_in(registry: &TestRegistry, entry: &str, login: &Login) -> bool {
    log_in(registry, entry, login, FROM).await.status.is_success()
}

#[tokio::test]
async fn users_and_keys_are_locked_after_as_many_failures_and_as_long_as_is_set() {
    for (entry, after, minutes) in [(PASSWORD, 2, 3), (SIGNATURE, 3, 2)] {
        let registry = registry().await;
        let ann = user_with_password(&registry, "ann").await;
        fail(&registry, entry, &ann, after - 1).await;
        assert!(is_let_in(&registry, entry, &ann).await, "{entry}");
        fail(&registry, entry, &ann, after).await;
        registry.advance(Duration::minutes(minutes) - Duration::seconds(1));
        assert!(!is_let_in(&registry, entry, &ann).await, "{entry}");
        registry.advance(Duration::seconds(1));
        assert!(is_let_in(&registry, entry, &ann).await, "{entry}");
    }
}

#[tokio::test]
async fn failures_further_apart_than_is_set_lock_nothing() {
    for (entry, after) in [(PASSWORD, 2), (SIGNATURE, 3)] {
        let registry = registry().await;
        let ann = user_with_password(&registry, "ann").await;
        fail(&registry, entry, &ann, after - 1).await;
        registry.advance(Duration::minutes(1));
        fail(&registry, entry, &ann, 1).await;
        assert!(is_let_in(&registry, entry, &ann).await, "{entry}");
    }
}

#[tokio::test]
async fn with_0_nothing_is_locked() {
    let registry = with_limits(|limits| (limits.lock_user_after, limits.lock_key_after) = (None, None)).await;
    let ann = user_with_password(&registry, "ann").await;
    for entry in [PASSWORD, SIGNATURE] {
        fail(&registry, entry, &ann, 9).await;
        assert!(is_let_in(&registry, entry, &ann).await, "{entry}");
    }
}
