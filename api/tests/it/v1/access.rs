//! Who can do what on an image, and why, now and at a past moment.

use ambar_domain::level::Level;

use crate::support::{TestRegistry, image};

/// Name, level and reason of every user in an answer.
fn told(answer: &serde_json::Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| ["user_name", "level", "because"].map(|field| item[field].as_str().unwrap().to_owned()).join(" ")).collect()
}

#[tokio::test]
async fn everybody_with_a_level_is_told_with_its_reason_now_and_as_it_was() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let before = registry.now();
    registry.advance(chrono::Duration::minutes(1));
    registry.push(root, "team/web", "v1", &image("web")).await.assert(201);
    let (anna, _none) = (registry.member("anna", Level::Read).await, registry.user("none").await);
    let (globex, _) = registry.other_account("globex").await;
    registry.grant_on("team/web", &anna, Some(Level::Edit)).await;
    let ben = registry.user("ben").await;
    registry.grant_on("team/web", &ben, Some(Level::Read)).await;
    registry.share("team/web", &globex).await;
    let then = registry.now();
    registry.advance(chrono::Duration::minutes(1));
    registry.grant("team", &anna, None).await;
    registry.grant_on("team/web", &anna, Some(Level::Read)).await;
    registry.grant("team", &ben, Some(Level::Manage)).await;
    let look = async |query: &str| registry.look(root, &format!("/v1/repositories/team%2Fweb/access{query}")).await;
    let now = look("").await.assert(200).json();
    let expected = ["anna read repository_grant", "ben manage organization_grant", "root manage account_administrator"];
    assert_eq!(told(&now), expected);
    assert_eq!((&now["public"], &now["shares"][0]["account_name"]), (&false.into(), &"globex".into()));
    let past = look(&format!("?at={}", then.format("%FT%TZ"))).await.assert(200).json();
    let expected = ["anna edit repository_grant", "ben read repository_grant", "root manage account_administrator"];
    assert_eq!(told(&past), expected);
    assert_eq!(past["shares"][0]["account_id"], globex.as_str());
    look(&format!("?at={}", before.format("%FT%TZ"))).await.assert(404);
    look("?at=2100-01-01T00:00:00Z").await.assert(400);
    let first = look("?limit=2").await.assert(200).json();
    let second = look(&format!("?cursor={}&limit=2", first["next_cursor"].as_str().unwrap())).await.assert(200).json();
    assert_eq!([told(&first), told(&second)].concat(), told(&now));
    assert_eq!(second["next_cursor"], serde_json::Value::Null);
}
