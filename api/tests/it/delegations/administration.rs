//! How delegations are made, changed and ended: by the own API, as agencies of the identity service, and for the registry's own service.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use super::{look, world};
use crate::support::TestRegistry;

#[tokio::test]
async fn an_account_entrusts_by_its_own_api_and_both_sides_see_it() {
    let (registry, umbrella, delegate) = world().await;
    let root = registry.administrator.clone();
    let send = async |method: Method, path: &str, body: Value| {
        registry.ask(method, path).body(body.to_string()).signed(&root, registry.now()).send().await
    };
    let wanted = json!({ "name": "nights", "account_name": "umbrella", "level": "edit", "until": "2030-01-01T00:00:00Z" });
    let made = send(Method::POST, "/v1/delegations", wanted.clone()).await.assert(201).json();
    assert_eq!((&made["trustee_account_id"], &made["level"]), (&umbrella.as_str().into(), &"edit".into()));
    assert_eq!((&made["creator"], &made["until"]), (&root.user.as_str().into(), &"2030-01-01T00:00:00.000000Z".into()));
    let listed = registry.get("/v1/delegations").signed(&root, registry.now()).send().await.assert(200).json();
    let received = registry.get("/v1/delegations/received").signed(&delegate, registry.now()).send().await.assert(200).json();
    assert_eq!((&listed["items"], &received["items"]), (&json!([made]), &json!([made])));
    look(&registry, &delegate).await.assert(200);
    let access = registry.get("/v1/repositories/team%2Fweb/access").signed(&root, registry.now()).send().await.assert(200).json();
    assert_eq!(access["delegations"], json!([made]));

    let one = format!("/v1/delegations/{}", made["id"].as_str().unwrap());
    let changed = send(Method::PATCH, &one, json!({ "level": "read", "until": null })).await.assert(200).json();
    assert_eq!((&changed["level"], &changed["until"], &changed["name"]), (&"read".into(), &Value::Null, &"nights".into()));
    for (body, status, code) in [
        (wanted.clone(), 409, "delegation_exists"),
        (json!({ "name": "own", "account_name": "acme", "level": "read" }), 400, "delegation_invalid"),
        (json!({ "name": "s", "service": "op_svc_x", "level": "read", "until": "2020-01-01T00:00:00Z" }), 400, "delegation_invalid"),
        (json!({ "name": "s", "service": "op_svc_x", "level": "all" }), 400, "body_invalid"),
        (json!({ "name": "", "service": "op_svc_x", "level": "read" }), 400, "body_invalid"),
        (json!({ "name": "s", "account_id": "0".repeat(32), "level": "read" }), 404, "account_not_found"),
    ] {
        let refused = send(Method::POST, "/v1/delegations", body).await;
        assert_eq!(refused.assert(status).json()["error"]["code"], code);
    }
    let theirs = registry.delete(&one).signed(&delegate, registry.now()).send().await;
    assert_eq!(theirs.assert(404).json()["error"]["code"], "delegation_not_found");
    let before = registry.now();
    registry.advance(Duration::minutes(1));
    registry.delete(&one).signed(&root, registry.now()).send().await.assert(204);
    look(&registry, &delegate).await.assert(404);
    let past = format!("/v1/repositories/team%2Fweb/access?at={}", before.format("%FT%TZ"));
    let past = registry.get(&past).signed(&root, registry.now()).send().await.assert(200).json();
    assert_eq!((&past["delegations"][0]["level"], past["delegations"].as_array().unwrap().len()), (&"read".into(), 1));
}

#[tokio::test]
async fn an_agency_of_the_identity_service_is_a_delegation_whose_level_is_its_role() {
    let (registry, umbrella, delegate) = world().await;
    let root = registry.administrator.clone();
    let send = async |method: Method, path: &str, body: Value| {
        registry.iam(method, path).body(body.to_string()).signed(&root, registry.now()).send().await
    };
    let agencies = "/v3.0/OS-AGENCY/agencies";
    let new = json!({ "agency": { "name": "nights", "domain_id": registry.account.as_str(), "trust_domain_name": "umbrella", "duration": "20" } });
    let made = send(Method::POST, agencies, new.clone()).await.assert(201).json()["agency"].clone();
    assert_eq!((&made["trust_domain_id"], &made["duration"]), (&umbrella.as_str().into(), &"480".into()));
    assert_eq!(made["expire_time"], (registry.now() + Duration::days(20)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
    send(Method::POST, agencies, new).await.assert(409);
    look(&registry, &delegate).await.assert(404);

    let (id, account) = (made["id"].as_str().unwrap(), registry.account.as_str());
    let roles = format!("/v3.0/OS-AGENCY/domains/{account}/agencies/{id}/roles");
    for (role, name, level) in [(3, "swr_readonly", 1), (4, "swr_operate", 3), (1, "swr_adm", 7), (2, "swr_adm", 7)] {
        let one = format!("{roles}/{role:032}");
        send(Method::PUT, &one, json!({})).await.assert(204);
        registry.iam(Method::HEAD, &one).signed(&root, registry.now()).send().await.assert(204);
        let listed = registry.get(&roles).signed(&root, registry.now()).send().await.assert(200).json();
        assert_eq!((&listed["roles"][0]["name"], &listed["total_number"]), (&name.into(), &1.into()));
        let shown = registry.on_behalf(&delegate, registry.get("/v2/manage/namespaces/team")).send().await;
        assert_eq!(shown.assert(200).json()["auth"], level);
    }
    send(Method::DELETE, &format!("{roles}/{:032}", 3), json!({})).await.assert(404);
    send(Method::DELETE, &format!("{roles}/{:032}", 1), json!({})).await.assert(204);
    look(&registry, &delegate).await.assert(404);

    let one = format!("{agencies}/{id}");
    let changed = send(Method::PUT, &one, json!({ "agency": { "description": "else", "duration": "FOREVER" } })).await.assert(200).json();
    assert_eq!((&changed["agency"]["description"], &changed["agency"]["duration"]), (&"else".into(), &"FOREVER".into()));
    send(Method::PUT, &one, json!({ "agency": { "trust_domain_name": "op_svc_obs" } })).await.assert(400);
    for (body, status) in [
        (json!({ "name": "x", "trust_domain_name": "nobody" }), 404),
        (json!({ "name": "x", "trust_domain_name": "acme" }), 400),
        (json!({ "name": "x" }), 400),
        (json!({ "name": "x", "trust_domain_name": "op_svc_obs", "duration": "0" }), 400),
        (json!({ "name": "!", "trust_domain_name": "op_svc_obs" }), 400),
        (json!({ "name": "x", "trust_domain_name": "op_svc_obs", "domain_id": umbrella.as_str() }), 404),
    ] {
        send(Method::POST, agencies, json!({ "agency": body })).await.assert(status);
    }
    let list = async |query: &str| {
        let answer = registry.get(&format!("{agencies}{query}")).signed(&root, registry.now()).send().await;
        answer.assert(200).json()["agencies"].as_array().unwrap().len()
    };
    assert_eq!((list("").await, list("?name=other").await, list("?page=2&per_page=1").await), (1, 0, 0));
    let theirs = registry.get(&one).signed(&delegate, registry.now()).send().await;
    theirs.assert(404);
    registry.delete(&one).signed(&root, registry.now()).send().await.assert(204);
    registry.get(&one).signed(&root, registry.now()).send().await.assert(404);
}

#[tokio::test]
async fn the_registrys_own_service_is_entrusted_once() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let is_agency = async || {
        let shown = registry.get("/v2/manage/agency").signed(root, registry.now()).send().await;
        shown.assert(200).json()["is_agency"].as_bool().unwrap()
    };
    assert!(!is_agency().await);
    registry.post("/v2/manage/agency").signed(root, registry.now()).send().await.assert(204);
    assert!(is_agency().await);
    let again = registry.post("/v2/manage/agency").signed(root, registry.now()).send().await;
    assert_eq!(again.assert(409).json()["error_code"], "SVCSTG.SWR.4090091");
}
