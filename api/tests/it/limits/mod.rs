//! Limits, and the blocks of those who go far beyond them (requirements P7, P8).

mod blocked_addresses;
mod blocked_users;
mod failed_logins;
mod locks;
mod tokens;
mod uploads;

use std::num::NonZeroU32;

use ambar_api::Limits;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Ask, Login, TestRegistry};

const BLOCKED: &str = "Not allow to login, upload or download image";

/// A registry with these limits and no others.
async fn with_limits(change: impl FnOnce(&mut Limits)) -> TestRegistry {
    TestRegistry::start_with(|settings| change(&mut settings.limits)).await
}

fn number(number: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(number)
}

/// Every way in, each in a form that is wrong and names nobody there is, or is right.
const ENTRIES: [&str; 6] = ["basic", "token by GET", "token by POST", "management API", "own API", "password"];

/// A login by one of [`ENTRIES`], from an address.
async fn log_in(registry: &TestRegistry, entry: &str, login: &Login, from: &str) -> Answer {
    let ask = |ask: Ask| ask.from(from);
    match entry {
        "basic" => ask(registry.get("/v2/")).login(login).send().await,
        "token by GET" => ask(registry.get("/token?service=ambar")).login(login).send().await,
        "token by POST" => {
            let user = login.key.login_user.replace('@', "%40");
            let form = format!("grant_type=password&service=ambar&username={user}&password={}", login.key.login_key);
            ask(registry.post("/token")).body(form).send().await
        }
        "management API" => ask(registry.get("/v2/manage/namespaces")).signed(login, registry.now()).send().await,
        "own API" => ask(registry.get("/v1/events?limit=1")).signed(login, registry.now()).send().await,
        "password" => {
            let user = json!({ "id": login.user, "password": login.key.secret_key });
            let body: Value = json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } });
            ask(registry.iam(Method::POST, "/v3/auth/tokens")).body(body.to_string()).send().await
        }
        entry => panic!("there is no {entry}"),
    }
}

/// The same user with other secrets. The key is one that there is not, so that it is not locked.
fn guessed(login: &Login) -> Login {
    let mut guessed = login.clone();
    guessed.key.access_key = "AKGUESSED00000000001".parse().unwrap();
    guessed.key.login_user = "tr-west-1@AKGUESSED00000000001".to_owned();
    (guessed.key.login_key, guessed.key.secret_key) = ("wrong".to_owned(), "wrong".to_owned());
    guessed.user = "f".repeat(32).parse().unwrap();
    guessed
}

/// What a refusal says, in whatever shape.
fn said(answer: &Answer) -> String {
    let json = answer.json();
    let texts = [&json["errors"][0]["message"], &json["error_msg"], &json["error"]["message"]];
    texts.iter().find_map(|text| text.as_str()).unwrap_or_else(|| panic!("nothing is said in {answer:?}")).to_owned()
}

/// A user of `acme` with a right on `team` that can sign in by every one of [`ENTRIES`]; the secret key is the password as well.
async fn user_with_password(registry: &TestRegistry, name: &str) -> Login {
    use ambar_api::operations;
    let login = registry.member(name, ambar_domain::level::Level::Edit).await;
    let (state, operator) = (&registry.state, registry.operator());
    operations::change_access_methods(state, &operator, &login.user, true, true).await.unwrap();
    operations::set_password(state, &operator, &login.user, &login.key.secret_key).await.unwrap();
    operations::set_administrator(state, &operator, &login.user, ambar_domain::level::Role::TenantAdministrator, true).await.unwrap();
    login
}
