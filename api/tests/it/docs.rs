//! The OpenAPI document and the page that shows it (requirement B2): there for everybody, kept by caches, and whole by themselves.

use http::Method;

use crate::support::TestRegistry;

#[tokio::test]
async fn the_document_is_there_for_everybody_and_is_what_is_checked_in() {
    let registry = TestRegistry::start().await;
    let answer = registry.ask(Method::GET, "/openapi.json").send().await;
    answer.assert(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body, include_bytes!("../../../schemas/openapi/ambar.json").as_slice());
    assert_eq!(answer.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let registry = TestRegistry::start().await;
    for path in ["/openapi.json", "/docs", "/docs/", "/docs/page.css", "/docs/page.js"] {
        let answer = registry.ask(Method::GET, path).send().await;
        answer.assert(200);
        let etag = answer.header("etag").to_owned();
        let again = registry.ask(Method::GET, path).header("if-none-match", &etag).send().await;
        again.assert(304);
        assert!(again.body.is_empty(), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        registry.ask(Method::GET, path).header("if-none-match", "\"other\"").send().await.assert(200);
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere_and_may_get_nothing_from_there() {
    let registry = TestRegistry::start().await;
    let page = registry.ask(Method::GET, "/docs").send().await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"), "{policy}");
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let is_inline = |word: &str| word.starts_with("<style") || word.starts_with("style=") || (word.starts_with("on") && word.contains('='));
    assert!(!page.contains("://") && !page.split_whitespace().any(is_inline), "{page}");
    let wanted = page.split(['"', '\'']).filter(|text| text.starts_with('/'));
    for path in wanted {
        registry.ask(Method::GET, path).send().await.assert(200);
    }
}
