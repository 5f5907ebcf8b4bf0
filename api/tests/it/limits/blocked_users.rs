//! Users who send one upload after the other in spite of refusals are kept out for half an hour, or until an administrator lets them in.

use ambar_domain::level::Level;
use chrono::Duration;

use super::{BLOCKED, ENTRIES, log_in, number, said, user_with_password, with_limits};
use crate::support::{Login, TestRegistry, image};

const OFFICE: &str = "203.0.113.7";

/// A registry in which five refused uploads in a minute are too many, and one user who knows all ways in.
async fn registry() -> (TestRegistry, Login) {
    let registry = with_limits(|limits| {
        limits.uploads_per_second = number(10);
        limits.block_after_refused_uploads = number(5);
    });
    let registry = registry.await;
    let ann = user_with_password(&registry, "ann").await;
    (registry, ann)
}

/// Ten uploads and six that are refused; then the second is over.
async fn hammer(registry: &TestRegistry, login: &Login) {
    for number in 0..16 {
        let answer = registry.post("/v2/team/web/blobs/uploads/").login(login).send().await;
        answer.assert(if number < 10 { 202 } else { 503 });
    }
    registry.advance(Duration::seconds(1));
}

#[tokio::test]
async fn who_goes_far_over_the_limits_is_kept_out_of_every_way_in_and_nobody_else_is() {
    let (registry, ann) = registry().await;
    registry.push(&ann, "team/web", "v1", &image("web")).await.assert(201);
    registry.advance(Duration::seconds(1));
    let token = registry.token(&ann, "repository:team/web:pull,push").await;
    let session = registry.post("/v2/team/web/blobs/uploads/").login(&ann).send().await.header("location").to_owned();
    registry.advance(Duration::seconds(1));
    let iam_token = log_in(&registry, "password", &ann, OFFICE).await.header("x-subject-token").to_owned();
    hammer(&registry, &ann).await;
    for entry in ENTRIES {
        let refused = log_in(&registry, entry, &ann, OFFICE).await;
        assert_eq!((refused.status.as_u16(), said(&refused).as_str()), (403, BLOCKED), "{entry}: {refused:?}");
    }
    let asked = [
        registry.get("/v2/team/web/manifests/v1"),
        registry.post("/v2/team/web/blobs/uploads/"),
        registry.patch(&session).body("bytes"),
        registry.get("/v2/"),
    ];
    for ask in asked {
        let refused = ask.bearer(&token).send().await;
        assert_eq!(refused.message(), BLOCKED);
        refused.assert_refused(403, "DENIED");
    }
    let refused = registry.get("/v1/events").header("x-auth-token", &iam_token).send().await;
    assert_eq!(refused.assert(403).json()["error"]["code"], "blocked");
    let other = registry.member("otto", Level::Edit).await;
    registry.push(&other, "team/web", "v2", &image("web")).await.assert(201);
}

#[tokio::test]
async fn a_block_of_a_user_is_one_event_with_its_cause_and_its_end() {
    let (registry, ann) = registry().await;
    hammer(&registry, &ann).await;
    let until = registry.now() - Duration::seconds(1) + Duration::minutes(30);
    let expected = serde_json::json!({ "type": "user.blocked", "cause": "refused_uploads", "until": until });
    assert_eq!(registry.events("user.blocked").await, [expected]);
    assert_eq!(registry.metadata_of_last_event().await["actor"], "worker:limits");
    let before = registry.count_events().await;
    for _ in 0..50 {
        registry.post("/v2/team/web/blobs/uploads/").login(&ann).send().await.assert(403);
    }
    assert_eq!(registry.count_events().await, before);
}

#[tokio::test]
async fn a_block_of_a_user_lasts_half_an_hour_over_a_restart_and_its_end_is_no_event() {
    let (mut registry, ann) = registry().await;
    hammer(&registry, &ann).await;
    registry.advance(Duration::minutes(29));
    registry.restart();
    log_in(&registry, "basic", &ann, OFFICE).await.assert(403);
    let before = registry.count_events().await;
    registry.advance(Duration::seconds(59));
    log_in(&registry, "basic", &ann, OFFICE).await.assert(200);
    assert_eq!(registry.count_events().await, before);
}

#[tokio::test]
async fn an_administrator_sees_who_is_blocked_and_lets_them_in_for_the_next_request_on() {
    let (registry, ann) = registry().await;
    let (_, globex) = registry.other_account("globex").await;
    let reader = registry.member("reader", Level::Manage).await;
    hammer(&registry, &ann).await;
    let now = registry.now();
    let list = async |login: &Login| registry.get("/v1/blocks").signed(login, now).send().await;
    let listed = list(&registry.administrator).await;
    let item = listed.assert(200).json()["items"][0].clone();
    assert_eq!((&item["user_name"], &item["cause"]), (&"ann".into(), &"refused_uploads".into()));
    assert_eq!((&item["blocked_at"], &item["until"]), (&"2027-01-15T08:00:00.000000Z".into(), &"2027-01-15T08:30:00.000000Z".into()));
    assert_eq!(list(&globex).await.json()["items"].as_array().unwrap().len(), 0);
    list(&reader).await.assert(403);

    let path = format!("/v1/blocks/{}?reason=the%20pipeline%20is%20mended", ann.user);
    let lift = async |login: &Login| registry.delete(&path).signed(login, now).send().await;
    lift(&reader).await.assert(403);
    assert_eq!(lift(&globex).await.assert(404).json()["error"]["code"], "block_not_found");
    log_in(&registry, "basic", &ann, OFFICE).await.assert(403);
    lift(&registry.administrator).await.assert(204);
    log_in(&registry, "basic", &ann, OFFICE).await.assert(200);
    let expected = serde_json::json!({ "type": "user.unblocked", "reason": "the pipeline is mended" });
    assert_eq!(registry.events("user.unblocked").await, [expected]);
    assert_eq!(registry.metadata_of_last_event().await["actor"], registry.administrator.user.as_str());
    lift(&registry.administrator).await.assert(404);
    assert_eq!(list(&registry.administrator).await.json()["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn who_is_over_the_limits_now_and_then_is_not_blocked() {
    let (registry, ann) = registry().await;
    for _ in 0..10 {
        for number in 0..13 {
            let answer = registry.post("/v2/team/web/blobs/uploads/").login(&ann).send().await;
            answer.assert(if number < 10 { 202 } else { 503 });
        }
        registry.advance(Duration::minutes(1));
    }
    log_in(&registry, "basic", &ann, OFFICE).await.assert(200);
}
