//! Two administrators who edit the same thing at once: one of them wins or both do, and nothing is half done.

use ambar_domain::ids::AccountId;
use ambar_domain::level::Role;
use ambar_domain::repository::RepositoryCommand;
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};

use super::bodies::{call, code};
use crate::support::{Answer, Login, TestRegistry, image};

const WEB: &str = "/v2/manage/namespaces/team/repos/web";
const SHARES: &str = "/v2/manage/namespaces/team/repositories/web/access-domains";

/// How often each meets the other: who comes first is not said.
const ROUNDS: usize = 10;

/// A registry with an image, and a second administrator.
async fn world() -> (TestRegistry, Login) {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let second = registry.user("second").await;
    let role = Role::TenantAdministrator;
    ambar_api::operations::set_administrator(&registry.state, &registry.operator(), &second.user, role, true).await.unwrap();
    (registry, second)
}

/// Shares the image with so many accounts, which are nowhere else.
async fn share_with(registry: &TestRegistry, accounts: u128) {
    for account in 1..=accounts {
        let account: AccountId = format!("{account:032x}").parse().unwrap();
        let share = RepositoryCommand::ShareWith { account, until: None, description: Default::default(), now: registry.now() };
        let share = share.of(registry.account.clone());
        registry.state.aggregates.repositories.execute("team/web", share, &registry.operator()).await.unwrap();
    }
}

async fn show(registry: &TestRegistry, path: &str) -> Value {
    call(registry, &registry.administrator, Method::GET, path, &Value::Null).await.assert(200).json()
}

/// Both answers, of the first administrator and of the second.
async fn both(registry: &TestRegistry, second: &Login, calls: [(Method, &str, Value); 2]) -> [Answer; 2] {
    let [one, other] = calls;
    let one = call(registry, &registry.administrator, one.0, one.1, &one.2);
    let other = call(registry, second, other.0, other.1, &other.2);
    tokio::join!(one, other).into()
}

/// Which of both won, where the other was refused with a code.
fn winner(answers: &[Answer; 2], refused: [&str; 2]) -> usize {
    let won = answers.iter().position(|answer| answer.status.is_success()).unwrap_or_else(|| panic!("nobody won: {answers:?}"));
    assert!(!answers[1 - won].status.is_success(), "both won: {answers:?}");
    assert_eq!(code(&answers[1 - won]), refused[1 - won], "{answers:?}");
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_new_permissions_of_one_user_one_is_given_and_of_two_changes_the_last_one_holds() {
    let (registry, second) = world().await;
    let user = registry.user("user").await;
    let grant = |auth: i64| json!([{ "user_id": user.user, "user_name": "user", "auth": auth }]);
    for (path, exists) in [("/v2/manage/namespaces/team/access", "4090076"), ("/v2/manage/namespaces/team/repos/web/access", "4090089")] {
        for _ in 0..ROUNDS {
            let held = async || {
                let shown = show(&registry, path).await["others_auths"].clone();
                let held = shown.as_array().unwrap().iter().filter(|held| held["user_id"] == user.user.as_str());
                held.map(|held| held["auth"].as_i64().unwrap()).collect::<Vec<_>>()
            };
            let answers = both(&registry, &second, [(Method::POST, path, grant(1)), (Method::POST, path, grant(3))]).await;
            assert_eq!(held().await, [[1, 3][winner(&answers, [exists; 2])]]);
            let before = registry.head_of_log().await;
            for answer in both(&registry, &second, [(Method::PATCH, path, grant(3)), (Method::PATCH, path, grant(7))]).await {
                answer.assert(201);
            }
            let by = registry.metadata_since(before).await.pop().unwrap()["actor"].clone();
            let expected = if by == second.user.as_str() { 7 } else { 3 };
            assert_eq!(held().await, [expected]);
            call(&registry, &second, Method::DELETE, path, &json!([user.user])).await.assert(204);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_image_that_is_shared_and_published_at_once_is_one_of_both() {
    let (registry, second) = world().await;
    registry.other_account("globex").await;
    let share = json!({ "access_domain": "globex", "permit": "read", "deadline": "forever" });
    for _ in 0..ROUNDS {
        let calls = [(Method::POST, SHARES, share.clone()), (Method::PATCH, WEB, json!({ "is_public": true }))];
        let won = winner(&both(&registry, &second, calls).await, ["4001025"; 2]);
        let is_shared = show(&registry, SHARES).await != json!([]);
        assert_eq!((is_shared, show(&registry, WEB).await["is_public"] == true), (won == 0, won == 1));
        let end = format!("{SHARES}/globex");
        let undo = if is_shared { (Method::DELETE, &*end, Value::Null) } else { (Method::PATCH, WEB, json!({ "is_public": false })) };
        assert!(call(&registry, &second, undo.0, undo.1, &undo.2).await.status.is_success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_properties_at_once_are_both_there() {
    let (registry, second) = world().await;
    for round in 0..ROUNDS {
        let category = ["linux", "lang"][round % 2];
        let text = format!("round {round}");
        let calls = [(Method::PATCH, WEB, json!({ "category": category })), (Method::PATCH, WEB, json!({ "description": text }))];
        for answer in both(&registry, &second, calls).await {
            answer.assert(201);
        }
        let shown = show(&registry, WEB).await;
        assert_eq!((&shown["category"], &shown["description"]), (&json!(category), &json!(text)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_accounts_for_the_last_share_of_an_image_one_gets_it() {
    let (registry, second) = world().await;
    share_with(&registry, 499).await;
    for name in ["globex", "initech"] {
        registry.other_account(name).await;
    }
    let share = |with: &str| (Method::POST, SHARES, json!({ "access_domain": with, "permit": "read", "deadline": "forever" }));
    for _ in 0..ROUNDS {
        let won = winner(&both(&registry, &second, [share("globex"), share("initech")]).await, ["4000100"; 2]);
        // Those that are nowhere else are in no list.
        assert_eq!(show(&registry, SHARES).await.as_array().unwrap().len(), 1);
        let end = format!("{SHARES}/{}", ["globex", "initech"][won]);
        call(&registry, &second, Method::DELETE, &end, &Value::Null).await.assert(204);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_organizations_at_once_no_more_are_made_than_there_may_be() {
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 5).await;
    let bodies: Vec<_> = (0..8).map(|number| json!({ "namespace": format!("new-{number}") })).collect();
    let calls = bodies.iter().map(|body| call(&registry, &registry.administrator, Method::POST, "/v2/manage/namespaces", body));
    let (made, refused): (Vec<_>, Vec<_>) = join_all(calls).await.into_iter().partition(|answer| answer.status.is_success());
    assert!(refused.iter().all(|answer| code(answer) == "4000097"), "{refused:?}");
    assert_eq!((made.len(), refused.len()), (4, 4));
    assert_eq!(show(&registry, "/v2/manage/namespaces").await["namespaces"].as_array().unwrap().len(), 5);
}
