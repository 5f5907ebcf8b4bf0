//! Cards: what lists show, how they are filtered and sorted, and that their numbers are what the repositories hold.

use std::collections::BTreeMap;

use ambar_domain::clock::Timestamp;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::repository::Category;
use proptest::prelude::*;

use super::history::{Step, account, after, open_account, push, steps, take, user, user_of};
use super::node::Node;
use crate::cards::{
    AccountOverview, CardOrder, CardQuery, SharedCardQuery, account_overview, find_card, list_cards, list_cards_after, list_shared_cards,
    list_shared_cards_after,
};
use crate::{Reader, Views};

/// Account 0 with the repositories 0 and 2 in one organization and 1 in another, account 1, and user 1 who does it all.
async fn world(steps: &[Step]) -> (Node, Views) {
    let people = [open_account(0, "owner"), open_account(1, "other"), user_of(1, 0), user_of(2, 1)];
    let organizations = [Step::CreateOrganization(0), Step::CreateOrganization(1)];
    let repositories = [Step::CreateRepository(0), Step::CreateRepository(1), Step::CreateRepository(2)];
    after(&[&people[..], &organizations, &repositories, steps].concat()).await
}

fn everything() -> CardQuery {
    CardQuery::of(account(0))
}

fn names(reader: &Reader, query: &CardQuery, order: CardOrder, descending: bool) -> Vec<String> {
    let (cards, total) = list_cards(reader, query, order, descending, 0, 10).unwrap();
    assert_eq!(total, cards.len() as u64);
    cards.iter().map(|card| card.name.path().to_owned()).collect()
}

/// Size and number of tags.
fn numbers(views: &Views, repository: &str) -> (u64, u64) {
    let card = find_card(&views.reader().unwrap(), &repository.parse().unwrap()).unwrap().unwrap();
    (card.size_bytes, card.tag_count)
}

#[tokio::test]
async fn a_card_tells_of_a_repository_what_lists_show() {
    let (_node, views) = world(&[Step::Describe(0, Some(Category::Lang), Some(2)), push(0, 1, 1)]).await;
    let reader = views.reader().unwrap();
    let card = find_card(&reader, &"org0/repo0".parse().unwrap()).unwrap().unwrap();
    assert_eq!((card.account, card.account_name.as_str()), (account(0), "owner"));
    assert_eq!((card.category, card.description.as_str(), card.visibility), (Category::Lang, "##", Visibility::Private));
    assert_eq!((card.creator, card.creator_name.unwrap().as_str()), (Some(user(1)), "user1"));
    assert!(card.created_at < card.updated_at);
    assert_eq!((card.size_bytes, card.tag_count), (7 + 7 + 101, 1));
    let plain = find_card(&reader, &"org0/repo2".parse().unwrap()).unwrap().unwrap();
    assert_eq!((plain.category, plain.description.as_str(), plain.size_bytes, plain.tag_count), (Category::Other, "", 0, 0));
    assert_eq!(plain.organization_id, card.organization_id);
    assert!(find_card(&reader, &"org0/none".parse().unwrap()).unwrap().is_none());
}

#[tokio::test]
async fn what_several_tags_share_counts_once_and_goes_with_the_last_of_them() {
    let (node, views) = world(&[push(0, 0, 0), push(0, 1, 1), push(0, 1, 2)]).await;
    let aggregates = node.aggregates(&views);
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 100 + 101, 3));
    take(&node, &aggregates, Step::Untag(0, 1)).await;
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 100 + 101, 2));
    take(&node, &aggregates, push(0, 0, 2)).await;
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 100, 2));
    take(&node, &aggregates, Step::DeleteManifest(0, 0)).await;
    assert_eq!(numbers(&views, "org0/repo0"), (0, 0));
}

#[tokio::test]
async fn the_images_in_an_index_count_with_it_whenever_they_come() {
    // Image 0 is there before the index and image 1 comes behind it, under a tag that goes again.
    let (node, views) = world(&[push(0, 0, 0), push(0, 3, 1), Step::Untag(0, 0)]).await;
    let aggregates = node.aggregates(&views);
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 100, 1));
    for step in [push(0, 1, 2), Step::Untag(0, 2)] {
        take(&node, &aggregates, step).await;
    }
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 100 + 101, 1));
    take(&node, &aggregates, Step::DeleteManifest(0, 0)).await;
    assert_eq!(numbers(&views, "org0/repo0"), (7 + 7 + 101, 1));
    take(&node, &aggregates, Step::Untag(0, 1)).await;
    assert_eq!(numbers(&views, "org0/repo0"), (0, 0));
}

#[tokio::test]
async fn lists_are_sorted_and_paged() {
    let (node, views) = world(&[push(1, 0, 0), push(0, 1, 0), push(0, 1, 1), push(2, 2, 0), push(0, 0, 2), push(1, 1, 1)]).await;
    let reader = views.reader().unwrap();
    let sorted = |order| names(&reader, &everything(), order, false);
    assert_eq!(sorted(CardOrder::Name), ["repo0", "repo1", "repo2"]);
    assert_eq!(sorted(CardOrder::UpdatedAt), ["repo2", "repo0", "repo1"]);
    assert_eq!(sorted(CardOrder::TagCount), ["repo2", "repo1", "repo0"]);
    assert_eq!(names(&reader, &everything(), CardOrder::UpdatedAt, true), ["repo1", "repo0", "repo2"]);
    let aggregates = node.aggregates(&views);
    for (repository, manifest, count) in [(2, 2, 1), (0, 1, 5), (2, 2, 1)] {
        take(&node, &aggregates, Step::Download { repository, manifest, count }).await;
    }
    assert_eq!(sorted(CardOrder::PullCount), ["repo1", "repo2", "repo0"]);
    assert_eq!(sorted(CardOrder::UpdatedAt), ["repo2", "repo0", "repo1"], "a pull is no change");
    let (page, total) = list_cards(&reader, &everything(), CardOrder::Name, false, 1, 1).unwrap();
    assert_eq!((page[0].name.path(), page.len(), total), ("repo1", 1, 3));
    assert_eq!(list_cards(&reader, &everything(), CardOrder::Name, false, 3, 1).unwrap(), (vec![], 3));
    let first = list_cards_after(&reader, &everything(), None, 2).unwrap();
    let rest = list_cards_after(&reader, &everything(), Some(first[1].id), 2).unwrap();
    assert_eq!([first, rest].concat().iter().map(|card| card.name.path()).collect::<Vec<_>>(), ["repo0", "repo1", "repo2"]);
}

#[tokio::test]
async fn lists_are_filtered_by_what_is_asked_for() {
    let (_node, views) = world(&[Step::Describe(1, Some(Category::Arm), None), Step::Publish(2, true), Step::Share(0, 1, Some(500))]).await;
    let reader = views.reader().unwrap();
    let found = |query: CardQuery| names(&reader, &query, CardOrder::Name, false);
    assert_eq!(found(CardQuery { organization: Some("org0".parse().unwrap()), ..everything() }), ["repo0", "repo2"]);
    assert_eq!(found(CardQuery { organization: Some("org9".parse().unwrap()), ..everything() }), [""; 0]);
    assert_eq!(found(CardQuery { name_contains: Some("po1".to_owned()), ..everything() }), ["repo1"]);
    assert_eq!(found(CardQuery { name_contains: Some("%".to_owned()), ..everything() }), [""; 0]);
    assert_eq!(found(CardQuery { category: Some(Category::Arm), ..everything() }), ["repo1"]);
    assert_eq!(found(CardQuery { visibility: Some(Visibility::Public), ..everything() }), ["repo2"]);
    assert_eq!(found(CardQuery { visibility: Some(Visibility::Private), ..everything() }), ["repo0", "repo1"]);
    let shared_at = |seconds| CardQuery { shared_at: Timestamp::from_timestamp(seconds, 0), ..everything() };
    assert_eq!(found(shared_at(499)), ["repo0"]);
    assert_eq!(found(shared_at(500)), [""; 0]);
    assert_eq!(found(CardQuery::of(account(1))), [""; 0]);
}

#[tokio::test]
async fn who_is_no_administrator_sees_what_a_grant_shows() {
    let grants =
        [Step::GrantOrganization(0, 1, Level::Read), Step::GrantRepository(1, 2, Level::Edit), Step::GrantRepository(0, 2, Level::Read)];
    let (node, views) = world(&grants).await;
    let seen = |number| {
        let query = CardQuery { visible_to: Some(user(number)), ..everything() };
        names(&views.reader().unwrap(), &query, CardOrder::Name, false)
    };
    assert_eq!(seen(1), ["repo0", "repo2"]);
    assert_eq!(seen(2), ["repo0", "repo1"]);
    take(&node, &node.aggregates(&views), Step::RevokeOrganization(0, 1)).await;
    assert_eq!(seen(1), [""; 0]);
}

#[tokio::test]
async fn what_is_shared_with_an_account_is_listed_for_it_until_the_share_ends() {
    let (_node, views) =
        world(&[Step::Share(0, 1, Some(500)), Step::Share(1, 1, None), Step::Describe(1, Some(Category::Arm), None)]).await;
    let reader = views.reader().unwrap();
    let query = |seconds| SharedCardQuery::of(account(1), Timestamp::from_timestamp(seconds, 0).unwrap());
    let found = |query| {
        let (cards, total) = list_shared_cards(&reader, &query, CardOrder::Name, false, 0, 10).unwrap();
        assert_eq!(total, cards.len() as u64);
        cards.iter().map(|shared| (shared.card.name.to_string(), shared.until.map(|until| until.timestamp()))).collect::<Vec<_>>()
    };
    let (first, second) = (("org0/repo0".to_owned(), Some(500)), ("org1/repo1".to_owned(), None));
    assert_eq!(found(query(499)), [first.clone(), second.clone()]);
    assert_eq!(found(query(500)), std::slice::from_ref(&second));
    assert_eq!(found(SharedCardQuery { receiver: account(0), ..query(499) }), []);
    assert_eq!(found(SharedCardQuery { organization: Some("org1".parse().unwrap()), ..query(499) }), std::slice::from_ref(&second));
    assert_eq!(found(SharedCardQuery { name_contains: Some("repo0".to_owned()), ..query(499) }), std::slice::from_ref(&first));
    assert_eq!(found(SharedCardQuery { category: Some(Category::Arm), ..query(499) }), std::slice::from_ref(&second));
    assert_eq!(found(SharedCardQuery { account_name: Some("owner".to_owned()), ..query(499) }), [first, second]);
    assert_eq!(found(SharedCardQuery { account_name: Some("other".to_owned()), ..query(499) }), []);
    let page = list_shared_cards_after(&reader, &query(499), None, 1).unwrap();
    let rest = list_shared_cards_after(&reader, &query(499), Some(page[0].card.id), 10).unwrap();
    assert_eq!((page[0].card.name.path(), rest[0].card.name.path(), rest.len()), ("repo0", "repo1", 1));
}

#[tokio::test]
async fn an_account_is_told_how_much_it_has() {
    let (node, views) = world(&[push(0, 0, 0), push(1, 0, 0), push(1, 1, 1)]).await;
    let overview = || account_overview(&views.reader().unwrap(), &account(0)).unwrap();
    let expected = AccountOverview { organizations: 2, repositories: 3, tags: 3, size_bytes: 114 + 215 };
    assert_eq!(overview(), expected);
    take(&node, &node.aggregates(&views), Step::DeleteRepository(1)).await;
    assert_eq!(overview(), AccountOverview { repositories: 2, tags: 1, size_bytes: 114, ..expected });
    assert_eq!(account_overview(&views.reader().unwrap(), &account(1)).unwrap(), AccountOverview::default());
}

/// What stands on the cards, by repository: size and number of tags.
fn on_cards(reader: &Reader) -> BTreeMap<i64, (i64, i64)> {
    let sql = "SELECT repository, size_bytes, tag_count FROM repository_cards";
    reader.list(sql, [], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap().into_iter().collect()
}

/// The same, by walking over everything.
fn counted_anew(reader: &Reader) -> BTreeMap<i64, (i64, i64)> {
    let sql = "WITH tagged (manifest) AS (
                   SELECT manifest FROM tags WHERE until_position IS NULL
               ), named (manifest) AS (
                   SELECT manifest FROM tagged
                   UNION
                   SELECT child.id
                     FROM tagged
                     JOIN manifest_references AS reference ON reference.manifest = tagged.manifest AND reference.kind = 3
                     JOIN manifests AS child
                       ON child.repository = reference.repository AND child.digest = reference.digest AND child.until_position IS NULL
               ), content (repository, digest, size_bytes) AS (
                   SELECT DISTINCT repository, digest, size_bytes
                     FROM named JOIN manifest_references AS reference ON reference.manifest = named.manifest AND reference.kind < 3
               )
               SELECT repository,
                      (SELECT coalesce(sum(size_bytes), 0) FROM content WHERE content.repository = repositories.repository),
                      (SELECT count(*) FROM tags WHERE tags.repository = repositories.repository AND until_position IS NULL)
                 FROM repositories WHERE until_position IS NULL";
    reader.list(sql, [], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn the_numbers_on_the_cards_are_what_counting_everything_anew_gives(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (_node, views) = runtime.block_on(after(&steps));
        let reader = views.reader().unwrap();
        prop_assert_eq!(on_cards(&reader), counted_anew(&reader));
        let left: i64 = reader.find(
            "SELECT (SELECT count(*) FROM counted_blobs WHERE repository NOT IN (SELECT repository FROM repository_cards))
                  + (SELECT count(*) FROM counted_manifests AS counted
                       JOIN manifests AS manifest ON manifest.id = counted.manifest AND manifest.until_position IS NOT NULL)",
            [],
            |row| row.get(0),
        ).unwrap().unwrap();
        prop_assert_eq!(left, 0, "nothing is counted of what is gone");
    }
}
