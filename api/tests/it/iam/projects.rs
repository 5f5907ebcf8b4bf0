//! Projects and accounts as clients look for them (requirement I4).

use http::Method;
use serde_json::json;

use crate::support::TestRegistry;

#[tokio::test]
async fn a_client_finds_the_one_project_by_the_name_of_the_region() {
    let registry = TestRegistry::start().await;
    let account = ambar_projections::identity::find_account(&registry.state.views.reader().unwrap(), &registry.account).unwrap().unwrap();
    let project = json!({
        "id": account.project_id,
        "name": "tr-west-1",
        "domain_id": registry.account,
        "parent_id": registry.account,
        "is_domain": false,
        "enabled": true,
        "description": "",
        "links": { "self": format!("http://registry.test:5000/v3/projects/{}", account.project_id) },
    });
    let found = registry.iam(Method::GET, "/v3/projects?name=tr-west-1").signed(&registry.administrator, registry.now()).send().await;
    found.assert(200);
    assert_eq!(found.header("content-type"), "application/json");
    let links = json!({ "self": "http://registry.test:5000/v3/projects", "previous": null, "next": null });
    assert_eq!(found.json(), json!({ "projects": [project], "links": links }));

    let own = registry.iam(Method::GET, "/v3/auth/projects").signed(&registry.user("ann").await, registry.now()).send().await;
    assert_eq!(own.json()["projects"], json!([project]));
    for query in ["name=other", "domain_id=ffff", "enabled=false", "is_domain=true"] {
        let path = format!("/v3/projects?{query}");
        let none = registry.iam(Method::GET, &path).signed(&registry.administrator, registry.now()).send().await;
        assert_eq!(none.assert(200).json()["projects"], json!([]), "{query}");
    }
}

#[tokio::test]
async fn a_user_finds_its_own_account_and_no_other() {
    let registry = TestRegistry::start().await;
    let (other, login) = registry.other_account("other").await;
    for (account, name, login) in [(&registry.account, "acme", &registry.administrator), (&other, "other", &login)] {
        let domains = registry.iam(Method::GET, "/v3/auth/domains").signed(login, registry.now()).send().await;
        let links = json!({ "self": format!("http://registry.test:5000/v3/domains/{account}") });
        let domain = json!({ "id": account, "name": name, "enabled": true, "description": "", "links": links });
        assert_eq!(domains.assert(200).json()["domains"], json!([domain]));
    }
}

#[tokio::test]
async fn other_addresses_and_methods_are_refused_in_the_shape_of_the_service() {
    let registry = TestRegistry::start().await;
    let nothing = registry.iam(Method::GET, "/v3/nothing").send().await;
    let error = json!({ "code": 404, "title": "Not Found", "message": "there is nothing at this address" });
    assert_eq!(nothing.assert(404).json(), json!({ "error": error }));
    let method = registry.iam(Method::PUT, "/v3/projects").send().await;
    assert_eq!(method.assert(405).header("allow"), "GET");
}
