//! What a request says about where it came from and where it was sent: believed of the trusted proxy, never of whoever is behind it.

use crate::support::{TestRegistry, image};

async fn behind_a_proxy() -> TestRegistry {
    TestRegistry::start_with(|settings| settings.behind_proxy = true).await
}

#[tokio::test]
async fn the_address_in_an_event_is_the_one_that_the_proxy_added_last() {
    let registry = behind_a_proxy().await;
    let (admin, web) = (&registry.administrator, image("web"));
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let lists: [(&[&str], &str); 7] = [
        (&["203.0.113.1"], "203.0.113.1"),
        (&["198.51.100.66, 203.0.113.2"], "203.0.113.2"),
        (&["198.51.100.66", "203.0.113.3"], "203.0.113.3"),
        (&["198.51.100.66", "198.51.100.67,203.0.113.4:5123"], "203.0.113.4"),
        (&["203.0.113.5", "[2001:db8::5]:443"], "2001:db8::5"),
        (&["203.0.113.6, [2001:db8::6]"], "2001:db8::6"),
        (&["2001:db8::7"], "2001:db8::7"),
    ];
    for (number, (lines, expected)) in lists.into_iter().enumerate() {
        let mut push = registry.put(&format!("/v2/team/web/manifests/tag{number}")).login(admin);
        for line in lines {
            push = push.header("x-forwarded-for", line);
        }
        push.header("content-type", "application/vnd.oci.image.manifest.v1+json").body(web.bytes()).send().await.assert(201);
        assert_eq!(registry.metadata_of_last_event().await["source_address"], expected, "{lines:?}");
    }
}

#[tokio::test]
async fn the_challenge_names_the_address_that_the_proxy_wrote_last() {
    let registry = behind_a_proxy().await;
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("x-forwarded-proto", "https")], "https://registry.test:5000"),
        (&[("x-forwarded-proto", "HTTPS")], "https://registry.test:5000"),
        (&[("x-forwarded-proto", "http, https")], "https://registry.test:5000"),
        (&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")], "http://registry.test:5000"),
        (&[("x-forwarded-host", "evil.test"), ("x-forwarded-host", "hub.test")], "http://hub.test"),
        (&[("x-forwarded-host", "evil.test, hub.test")], "http://hub.test"),
    ];
    for (headers, expected) in cases {
        let ask = headers.iter().fold(registry.get("/v2/"), |ask, (name, value)| ask.header(name, value));
        let answer = ask.send().await;
        let expected = format!("Bearer realm=\"{expected}/token\",service=\"ambar\"");
        assert_eq!(answer.header("www-authenticate"), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn without_a_proxy_nothing_that_is_forwarded_is_believed() {
    let registry = TestRegistry::start().await;
    let answer = registry.get("/v2/").header("x-forwarded-host", "evil.test").header("x-forwarded-proto", "https").send().await;
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"http://registry.test:5000/token\",service=\"ambar\"");
}

#[tokio::test]
async fn where_the_proxies_are_known_what_others_forward_is_not_believed() {
    let registry = TestRegistry::start_with(|settings| {
        settings.behind_proxy = true;
        settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap(), "fd00::1".parse().unwrap()];
    });
    let registry = registry.await;
    let (admin, web) = (&registry.administrator, image("web"));
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let sources = [("10.9.8.7", "198.51.100.1"), ("fd00::1", "198.51.100.1"), ("203.0.113.7", "203.0.113.7"), ("fd00::2", "fd00::2")];
    for (number, (from, expected)) in sources.into_iter().enumerate() {
        let push = registry.put(&format!("/v2/team/web/manifests/tag{number}")).from(from).login(admin);
        let push = push.header("x-forwarded-for", "198.51.100.1").header("content-type", "application/vnd.oci.image.manifest.v1+json");
        push.body(web.bytes()).send().await.assert(201);
        assert_eq!(registry.metadata_of_last_event().await["source_address"], expected);
        let challenge = registry.get("/v2/").from(from).header("x-forwarded-proto", "https").send().await;
        let is_believed = challenge.header("www-authenticate").contains("https://");
        assert_eq!(is_believed, from != expected, "{from}");
    }
}

#[tokio::test]
async fn without_a_sane_host_there_is_a_challenge_that_needs_none() {
    let registry = TestRegistry::start().await;
    for host in [None, Some(""), Some("a b"), Some("a/b"), Some("evil\",service=\"x")] {
        let answer = registry.get("/v2/").host(host).send().await;
        answer.assert_refused(401, "UNAUTHORIZED");
        assert_eq!(answer.header("www-authenticate"), "Basic realm=\"ambar\"", "{host:?}");
    }
}

#[tokio::test]
async fn two_hosts_are_refused() {
    let registry = TestRegistry::start().await;
    for path in ["/v2/", "/token", "/healthz"] {
        let answer = registry.get(path).login(&registry.administrator).header("host", "other.test").send().await;
        answer.assert_refused(400, "UNSUPPORTED");
    }
}
