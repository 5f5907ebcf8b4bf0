//! Addresses that hammer logins are kept out for half an hour, or until the operator lets them in.

use ambar_api::operations::{self, OperationError};
use ambar_domain::address::AddressError;
use chrono::Duration;
use http::Method;

use super::{BLOCKED, ENTRIES, guessed, log_in, number, said, user_with_password, with_limits};
use crate::support::{Ask, Login, TestRegistry, image};

const HOSTILE: &str = "203.0.113.66";
const OTHER: &str = "203.0.113.7";

/// A registry in which five failed logins in a minute are too many.
async fn registry() -> (TestRegistry, Login) {
    let registry = with_limits(|limits| limits.block_after_failed_logins = number(5)).await;
    let ann = user_with_password(&registry, "ann").await;
    (registry, ann)
}

async fn hammer(registry: &TestRegistry, login: &Login, from: &str) {
    for _ in 0..6 {
        log_in(registry, "basic", &guessed(login), from).await.assert(401);
    }
}

async fn unblock(registry: &TestRegistry, address: &str) -> Result<(), OperationError> {
    let (address, reason) = (address.parse().unwrap(), "their office".parse().unwrap());
    operations::unblock_address(&registry.state, &registry.operator(), address, reason).await
}

#[tokio::test]
async fn who_hammers_logins_is_kept_out_of_every_way_in_and_nobody_else_is() {
    let (registry, ann) = registry().await;
    registry.push(&ann, "team/web", "v1", &image("web")).await.assert(201);
    let token = registry.token(&ann, "repository:team/web:pull,push").await;
    hammer(&registry, &ann, HOSTILE).await;
    for entry in ENTRIES {
        let refused = log_in(&registry, entry, &ann, HOSTILE).await;
        assert_eq!((refused.status.as_u16(), said(&refused).as_str()), (403, BLOCKED), "{entry}: {refused:?}");
        assert!(log_in(&registry, entry, &ann, OTHER).await.status.is_success(), "{entry}");
    }
    let requests: [fn(&TestRegistry) -> Ask; 3] = [
        |registry| registry.get("/v2/team/web/manifests/v1"),
        |registry| registry.post("/v2/team/web/blobs/uploads/"),
        |registry| registry.ask(Method::GET, "/v2/"),
    ];
    for request in requests {
        let refused = request(&registry).from(HOSTILE).bearer(&token).send().await;
        assert_eq!((refused.code(), refused.message()), ("DENIED".to_owned(), BLOCKED.to_owned()));
        refused.assert(403);
        request(&registry).from(HOSTILE).send().await.assert(403);
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        registry.get(path).from(HOSTILE).send().await.assert(200);
    }
}

#[tokio::test]
async fn a_block_of_an_address_is_one_event_with_its_cause_and_its_end() {
    let (registry, ann) = registry().await;
    hammer(&registry, &ann, HOSTILE).await;
    let events = registry.events("address.blocked").await;
    let until = registry.now() + Duration::minutes(30);
    let expected = serde_json::json!({ "type": "address.blocked", "cause": "failed_logins", "until": until });
    assert_eq!(events, [expected]);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!((&metadata["actor"], &metadata["source_address"]), (&"worker:limits".into(), &HOSTILE.into()));
    let before = registry.count_events().await;
    for _ in 0..50 {
        log_in(&registry, "basic", &guessed(&ann), HOSTILE).await.assert(403);
    }
    assert_eq!(registry.count_events().await, before);
}

#[tokio::test]
async fn a_block_of_an_address_lasts_half_an_hour_over_a_restart_and_its_end_is_no_event() {
    let (mut registry, ann) = registry().await;
    hammer(&registry, &ann, HOSTILE).await;
    registry.advance(Duration::minutes(29));
    registry.restart();
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(403);
    let before = registry.count_events().await;
    registry.advance(Duration::minutes(1));
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
    assert_eq!(registry.count_events().await, before);
    // Whoever goes on as before is blocked again.
    hammer(&registry, &ann, HOSTILE).await;
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(403);
    assert_eq!(registry.events("address.blocked").await.len(), 2);
}

#[tokio::test]
async fn the_operator_lets_an_address_in_again_for_the_next_request_on() {
    let (registry, ann) = registry().await;
    hammer(&registry, &ann, HOSTILE).await;
    unblock(&registry, HOSTILE).await.unwrap();
    log_in(&registry, "basic", &ann, HOSTILE).await.assert(200);
    let expected = serde_json::json!({ "type": "address.unblocked", "reason": "their office" });
    assert_eq!(registry.events("address.unblocked").await, [expected]);
    let again = unblock(&registry, HOSTILE).await;
    assert!(matches!(again, Err(OperationError::Address(AddressError::NotBlocked))), "{again:?}");
    let by_user = ambar_storage::aggregate_store::Actor::User(ann.user.clone());
    let context = ambar_storage::aggregate_store::CommandContext { actor: by_user, ..registry.operator() };
    let denied = operations::unblock_address(&registry.state, &context, HOSTILE.parse().unwrap(), Default::default()).await;
    assert!(matches!(denied, Err(OperationError::Denied)), "{denied:?}");
}

#[tokio::test]
async fn addresses_of_one_network_of_version_6_are_one() {
    let (registry, ann) = registry().await;
    for number in 0..6 {
        log_in(&registry, "basic", &guessed(&ann), &format!("2001:db8:1:2::{number}")).await.assert(401);
    }
    log_in(&registry, "basic", &ann, "2001:db8:1:2:3:4:5:6").await.assert(403);
    log_in(&registry, "basic", &ann, "2001:db8:1:3::1").await.assert(200);
}

#[tokio::test]
async fn behind_a_proxy_the_client_is_blocked_and_never_the_proxy() {
    let registry = TestRegistry::start_with(|settings| {
        settings.behind_proxy = true;
        settings.limits.block_after_failed_logins = number(5);
    });
    let registry = registry.await;
    let (proxy, admin) = ("10.0.0.1", &registry.administrator);
    for _ in 0..20 {
        // One that does not say for whom it asks.
        registry.get("/v2/").from(proxy).login(&guessed(admin)).send().await.assert(401);
    }
    let by_proxy = |client: &str| registry.get("/v2/").from(proxy).header("x-forwarded-for", client);
    for _ in 0..6 {
        by_proxy(HOSTILE).login(&guessed(admin)).send().await.assert(401);
    }
    by_proxy(HOSTILE).login(admin).send().await.assert_refused(403, "DENIED");
    by_proxy(OTHER).login(admin).send().await.assert(200);
    registry.get("/v2/").from(proxy).login(admin).send().await.assert(200);
    let events = registry.events("address.blocked").await;
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn nobody_blocks_another_by_pretending_to_be_its_proxy() {
    let registry = TestRegistry::start_with(|settings| {
        settings.behind_proxy = true;
        settings.trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        settings.limits.block_after_failed_logins = number(5);
    });
    let registry = registry.await;
    let admin = &registry.administrator;
    for _ in 0..6 {
        registry.get("/v2/").from(HOSTILE).header("x-forwarded-for", OTHER).login(&guessed(admin)).send().await.assert(401);
    }
    registry.get("/v2/").from(HOSTILE).login(admin).send().await.assert(403);
    registry.get("/v2/").from("10.0.0.1").header("x-forwarded-for", OTHER).login(admin).send().await.assert(200);
}

#[tokio::test]
async fn behind_two_proxies_the_client_is_blocked_and_neither_of_them() {
    let registry = TestRegistry::start_with(|settings| {
        settings.behind_proxy = true;
        settings.trusted_proxies = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        settings.limits.block_after_failed_logins = number(5);
    });
    let registry = registry.await;
    let admin = &registry.administrator;
    let by_both = |client: &str| registry.get("/v2/").from("10.0.0.1").header("x-forwarded-for", &format!("{client}, 10.0.0.2"));
    for _ in 0..6 {
        by_both(HOSTILE).login(&guessed(admin)).send().await.assert(401);
    }
    by_both(HOSTILE).login(admin).send().await.assert(403);
    by_both(&format!("{HOSTILE}, {OTHER}")).login(admin).send().await.assert(200);
}

#[tokio::test]
async fn strangers_with_many_addresses_do_not_fill_the_log() {
    let registry = with_limits(|limits| limits.block_after_failed_logins = number(1)).await;
    let before = registry.count_events().await;
    for number in 0..1_010_u32 {
        let from = std::net::Ipv4Addr::from(0xCB00_7100 + number).to_string();
        for _ in 0..2 {
            registry.get("/v2/").from(&from).header("authorization", "Basic eDp5").send().await.assert(401);
        }
    }
    assert_eq!(registry.count_events().await - before, 1_000);
}
