//! Failed logins: how many an address has before it must wait, by every way in.

use ambar_api::operations;
use chrono::Duration;

use super::{ENTRIES, guessed, log_in, number, said, user_with_password, with_limits};
use crate::support::TestRegistry;

const HOSTILE: &str = "203.0.113.66";
const OTHER: &str = "203.0.113.7";

async fn registry() -> TestRegistry {
    with_limits(|limits| limits.failed_logins_per_minute = number(3)).await
}

#[tokio::test]
async fn an_address_from_which_too_many_logins_fail_has_to_wait_whatever_way_in_it_takes() {
    for entry in ENTRIES {
        let registry = registry().await;
        let ann = user_with_password(&registry, "ann").await;
        for _ in 0..3 {
            log_in(&registry, entry, &guessed(&ann), HOSTILE).await.assert(401);
        }
        // A right signature waits for nobody; a password or key that was not proved before does, right or wrong.
        let signed = matches!(entry, "management API" | "own API");
        for login in [Some(guessed(&ann)), Some(ann.clone()).filter(|_| !signed)].iter().flatten() {
            let refused = log_in(&registry, entry, login, HOSTILE).await;
            assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "20"), "{entry}: {refused:?}");
            assert!(said(&refused).contains("too many failed logins from this address"), "{entry}: {refused:?}");
        }
        assert!(log_in(&registry, entry, &ann, OTHER).await.status.is_success(), "{entry}");
        registry.advance(Duration::seconds(20));
        let let_in = log_in(&registry, entry, &ann, HOSTILE).await;
        assert!(let_in.status.is_success(), "{entry}: {let_in:?}");
    }
}

#[tokio::test]
async fn failures_count_together_whoever_they_name_and_whatever_way_in_they_take() {
    let registry = registry().await;
    let ann = user_with_password(&registry, "ann").await;
    for entry in &ENTRIES[..3] {
        log_in(&registry, entry, &guessed(&ann), HOSTILE).await.assert(401);
    }
    for entry in ENTRIES {
        log_in(&registry, entry, &guessed(&ann), HOSTILE).await.assert(429);
    }
}

#[tokio::test]
async fn who_is_logged_in_goes_on_whatever_others_do_behind_the_same_address() {
    let registry = registry().await;
    let ann = user_with_password(&registry, "ann").await;
    let token = registry.token(&ann, "repository:team/web:pull").await;
    log_in(&registry, "token by GET", &ann, HOSTILE).await.assert(200);
    for _ in 0..3 {
        log_in(&registry, "basic", &guessed(&ann), HOSTILE).await.assert(401);
    }
    log_in(&registry, "basic", &guessed(&ann), HOSTILE).await.assert(429);
    for entry in ["basic", "token by GET", "token by POST", "management API"].repeat(10) {
        assert!(log_in(&registry, entry, &ann, HOSTILE).await.status.is_success(), "{entry}");
    }
    registry.get("/v2/team/web/tags/list").from(HOSTILE).bearer(&token).send().await.assert(404);
}

#[tokio::test]
async fn who_takes_many_tokens_makes_no_login_of_others_be_forgotten() {
    let registry = registry().await;
    let (ann, otto) = (user_with_password(&registry, "ann").await, registry.user("otto").await);
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
    for _ in 0..1_100 {
        registry.token(&otto, "repository:team/web:pull").await;
    }
    for _ in 0..3 {
        log_in(&registry, "basic", &guessed(&ann), HOSTILE).await.assert(401);
    }
    log_in(&registry, "basic", &guessed(&ann), HOSTILE).await.assert(429);
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
}

#[tokio::test]
async fn a_login_whose_key_was_disabled_or_deleted_is_no_guess() {
    let mut registry =
        with_limits(|limits| (limits.failed_logins_per_minute, limits.block_after_failed_logins) = (number(3), number(5))).await;
    let (ann, otto) = (user_with_password(&registry, "ann").await, registry.user("otto").await);
    let (state, operator) = (&registry.state, registry.operator());
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
    operations::disable_access_key(state, &operator, &ann.key.access_key).await.unwrap();
    for entry in ["basic", "token by GET", "token by POST"].repeat(4) {
        log_in(&registry, entry, &ann, HOSTILE).await.assert(401);
    }
    operations::delete_access_key(state, &operator, &ann.key.access_key).await.unwrap();
    for _ in 0..9 {
        log_in(&registry, "basic", &ann, HOSTILE).await.assert(401);
    }
    log_in(&registry, "basic", &otto, HOSTILE).await.assert(200);

    registry.restart();
    for entry in ["basic", "token by GET", "token by POST"].repeat(4) {
        log_in(&registry, entry, &ann, HOSTILE).await.assert(401);
    }
    log_in(&registry, "basic", &otto, HOSTILE).await.assert(200);
    for _ in 0..3 {
        log_in(&registry, "basic", &guessed(&ann), OTHER).await.assert(401);
    }
    log_in(&registry, "basic", &guessed(&otto), OTHER).await.assert(429);
}

#[tokio::test]
async fn a_right_signature_is_no_guess_though_its_key_was_disabled_or_is_locked() {
    let registry = with_limits(|limits| (limits.failed_logins_per_minute, limits.block_after_failed_logins) = (number(9), number(9))).await;
    let (ann, otto) = (user_with_password(&registry, "ann").await, registry.user("otto").await);
    let mut wrong = ann.clone();
    wrong.key.secret_key = "wrong".to_owned();
    for _ in 0..5 {
        log_in(&registry, "management API", &wrong, OTHER).await.assert(401);
    }
    for _ in 0..12 {
        log_in(&registry, "management API", &ann, HOSTILE).await.assert(401);
    }
    operations::disable_access_key(&registry.state, &registry.operator(), &ann.key.access_key).await.unwrap();
    registry.advance(Duration::minutes(6));
    for _ in 0..12 {
        log_in(&registry, "management API", &ann, HOSTILE).await.assert(401);
    }
    log_in(&registry, "management API", &otto, HOSTILE).await.assert(200);
}

#[tokio::test]
async fn tokens_that_are_no_good_any_more_are_no_guesses() {
    let registry = registry().await;
    let ann = user_with_password(&registry, "ann").await;
    let token = registry.token(&ann, "repository:team/web:pull").await;
    registry.advance(Duration::hours(1));
    for _ in 0..20 {
        registry.get("/v2/team/web/tags/list").from(HOSTILE).bearer(&token).send().await.assert(401);
        registry.get("/v2/team/web/tags/list").from(HOSTILE).send().await.assert(401);
        registry.get("/v1/events").from(HOSTILE).header("x-auth-token", "stale").send().await.assert(401);
    }
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
}

#[tokio::test]
async fn an_address_that_may_be_that_of_many_never_has_to_wait() {
    let registry = registry().await;
    let ann = user_with_password(&registry, "ann").await;
    for _ in 0..9 {
        log_in(&registry, "basic", &guessed(&ann), "127.0.0.1").await.assert(401);
        log_in(&registry, "basic", &guessed(&ann), "::ffff:127.0.0.1").await.assert(401);
        registry.get("/v2/").login(&guessed(&ann)).send().await.assert(401);
    }
    log_in(&registry, "basic", &ann, "127.0.0.1").await.assert(200);
}
