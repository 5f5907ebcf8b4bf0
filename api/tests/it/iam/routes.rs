//! Every route of the identity service: nobody gets in unproved, and only the methods that are listed are there.

use ambar_api::IAM_ROUTES;
use http::Method;

use crate::support::TestRegistry;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

#[tokio::test]
async fn every_route_refuses_whoever_has_not_proved_who_it_is_and_every_method_that_is_not_its_own() {
    let registry = TestRegistry::start().await;
    for (methods, path) in IAM_ROUTES {
        let own: Vec<_> = methods.split(", ").collect();
        for method in METHODS {
            let answer = registry.iam(method.clone(), path.replace(['{', '}'], "").as_str()).send().await;
            let expected = match (own.contains(&method.as_str()), *path, &method) {
                (false, ..) => 405,
                (true, "/v3/auth/tokens", &Method::POST) => 400,
                (true, ..) => 401,
            };
            assert_eq!(answer.status, expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_route_is_there_for_an_administrator() {
    let registry = TestRegistry::start().await;
    for (methods, path) in IAM_ROUTES {
        for method in methods.split(", ").map(|method| method.parse::<Method>().unwrap()) {
            let asked = registry.iam(method.clone(), path.replace(['{', '}'], "").as_str()).signed(&registry.administrator, registry.now());
            let answer = asked.send().await;
            assert!(!matches!(answer.status.as_u16(), 401 | 403 | 405 | 500..), "{method} {path}: {answer:?}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("nothing at this address"), "{method} {path}: {answer:?}");
        }
    }
}
