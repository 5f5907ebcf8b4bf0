//! What the event log says about the work of operators and clients.

use ambar_load::content::{Image, Random};
use serde_json::Value;

use crate::registry::{Login, ORGANIZATION, Registry};

/// Everything in the log, oldest first.
fn events(registry: &Registry) -> Vec<Value> {
    registry.ambar(&["events", "tail", "--all"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Pushes an image, mounts a blob of it elsewhere, and deletes the image.
async fn work(registry: &Registry, login: &Login) {
    let (web, copy) = (format!("{ORGANIZATION}/web"), format!("{ORGANIZATION}/copy"));
    let image = Image::random(&mut Random::new(1));
    let layer = &image.blobs[1].digest;
    let mut client = registry.subject(login).basic_clients(1).await.unwrap().remove(0);
    client.push_image(&web, "v1", &image).await.unwrap();
    client.mount(&copy, layer, &web).await.unwrap();
    for path in ["manifests/v1", &format!("manifests/{}", image.manifest.digest), &format!("blobs/{layer}")] {
        client.expect("DELETE", &format!("/v2/{web}/{path}"), 202).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_says_who_did_it_by_which_request_and_from_where() {
    let registry = Registry::start();
    let operated = events(&registry).len();
    let login = registry.user("anna", Some("manage"));
    let prepared = events(&registry).len();
    work(&registry, &login).await;
    let worked = events(&registry).len();
    registry.ambar(&["repo", "delete", &format!("{ORGANIZATION}/web")]);
    registry.ambar(&["user", "delete", "anna"]);

    let events = events(&registry);
    let operator = format!("operator:{}", rustix::process::getuid().as_raw());
    let anna = events.iter().find(|event| event["payload"]["name"] == "anna" && event["event_type"] == "user.created").unwrap();
    let anna = anna["aggregate_id"].as_str().unwrap();
    assert!(operated > 5 && prepared > operated && worked > prepared + 8 && events.len() > worked + 2);
    for (index, event) in events.iter().enumerate() {
        let said = |key: &str| event["metadata"][key].as_str().unwrap_or_else(|| panic!("no {key} in {event}"));
        let by_anna = (prepared..worked).contains(&index);
        assert_eq!(said("actor"), if by_anna { anna } else { operator.as_str() }, "{event}");
        assert_eq!(said("source_address"), if by_anna { "127.0.0.1" } else { "local" }, "{event}");
        assert!(!said("request_id").is_empty());
        assert_eq!(event["metadata"]["access_key"].as_str(), by_anna.then_some(login.access_key.as_str()), "{event}");
    }
}
