//! Lists of cards: whatever way a page comes about, it is what a plain sweep over all cards gives, and what is kept beside the cards agrees with
//! them.

use ambar_domain::clock::Timestamp;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::repository::{Category, RepositoryCommand};
use proptest::prelude::*;
use rusqlite::params;

use super::history::{Step, account, after, open_account, push, steps, take, user, user_of};
use super::node::Node;
use crate::cards::search::{read, search};
use crate::cards::{CardOrder, CardQuery, list_cards, list_cards_after};
use crate::{Reader, Views};

/// As many as there are numbers for: names are kept in several rows, and most ways of making a list differ.
const REPOSITORIES: u8 = 200;

/// Repositories in two organizations with all kinds of properties, of which some have gone and come again. User 1 has a grant on organization 1
/// and some of organization 0, user 2 has grants on three repositories, and user 3 on both organizations.
async fn world() -> (Node, Views) {
    let mut steps = vec![open_account(0, "owner"), open_account(1, "other"), user_of(1, 0), user_of(2, 0), user_of(3, 0)];
    steps.extend([Step::CreateOrganization(0), Step::CreateOrganization(1)]);
    steps.extend((0..REPOSITORIES).map(Step::CreateRepository));
    steps.extend((0..REPOSITORIES).filter(|number| number % 3 == 0).map(Step::DeleteRepository));
    steps.extend((0..REPOSITORIES).filter(|number| number % 6 == 0).map(Step::CreateRepository));
    steps.extend((1..REPOSITORIES).step_by(9).map(|number| push(number, number % 3, number % 3)));
    steps.extend((1..REPOSITORIES).step_by(18).map(|number| push(number, 1, 3)));
    steps.extend((1..REPOSITORIES).step_by(2).map(|number| Step::Publish(number, true)));
    steps.extend((1..REPOSITORIES).step_by(31).map(|number| Step::Describe(number, Some(Category::Lang), None)));
    steps.extend((2..REPOSITORIES).step_by(40).map(|number| Step::Share(number, 1, Some(50_000))));
    steps.extend([Step::GrantOrganization(1, 1, Level::Read), Step::GrantOrganization(0, 3, Level::Edit)]);
    steps.push(Step::GrantOrganization(1, 3, Level::Edit));
    steps.extend([1, 2, 4, 20, 44].map(|number| Step::GrantRepository(number, 1, Level::Read)));
    steps.extend([5, 8, 10].map(|number| Step::GrantRepository(number, 2, Level::Manage)));
    let (node, views) = after(&steps).await;
    // What another account has stands beside it in every index.
    let others = node.aggregates(&views);
    for name in ["org8/repo1", "org8/repo44", "org9/repo2"] {
        let create = RepositoryCommand::Create { account: account(1), visibility: Visibility::Private };
        others.repositories.execute(name, create, &node.context()).await.unwrap();
    }
    drop(others);
    (node, views)
}

/// Everything that can be asked for together.
fn queries() -> Vec<CardQuery> {
    let mut queries = vec![CardQuery::of(account(0)), CardQuery::of(account(1))];
    let mut also = |change: &dyn Fn(&CardQuery) -> CardQuery| {
        let changed: Vec<_> = queries.iter().map(change).collect();
        queries.extend(changed);
    };
    also(&|query| CardQuery { visibility: Some(Visibility::Private), ..query.clone() });
    also(&|query| CardQuery { category: Some(Category::Lang), ..query.clone() });
    also(&|query| CardQuery { shared_at: Timestamp::from_timestamp(1_000, 0), ..query.clone() });
    also(&|query| CardQuery { organization: Some("org1".parse().unwrap()), ..query.clone() });
    let (users, names) = ([1, 2, 3].map(user), ["", "repo", "o1", "repo44", "4\n5", "none"]);
    let seen = |query: &CardQuery| users.clone().map(|user| CardQuery { visible_to: Some(user), ..query.clone() });
    queries.extend(queries.clone().iter().flat_map(seen));
    let named = |query: &CardQuery| names.map(|name| CardQuery { name_contains: Some(name.to_owned()), ..query.clone() });
    queries.extend(queries.clone().iter().flat_map(named));
    queries
}

/// What is asked for, held against each card: numbers, with what they are sorted by.
fn swept(reader: &Reader, query: &CardQuery) -> Vec<(i64, String, [i64; 4])> {
    reader
        .list(
            "SELECT card.repository, card.path, card.updated_at, card.tag_count, card.size_bytes, card.pull_count
               FROM repository_cards AS card
              WHERE card.account = (SELECT id FROM event_terms WHERE term = ?1) AND (?2 IS NULL OR card.organization = (SELECT id FROM organization_names WHERE name = ?2))
                AND (?3 IS NULL OR instr(card.path, ?3) > 0) AND (?4 IS NULL OR card.category = ?4) AND (?5 IS NULL OR card.public = ?5)
                AND (?6 IS NULL
                     OR card.organization IN (SELECT organization FROM organization_grants WHERE user = ?6 AND until_position IS NULL)
                     OR card.repository IN (SELECT repository FROM repository_grants WHERE user = ?6 AND until_position IS NULL))
                AND (?7 IS NULL OR EXISTS (SELECT 1 FROM shares WHERE repository = card.repository AND until_position IS NULL
                                                                  AND (ends_at IS NULL OR ends_at > ?7)))
              ORDER BY card.repository",
            params![
                query.account.as_str(),
                query.organization.as_ref().map(ToString::to_string),
                query.name_contains,
                query.category.map(Category::as_str),
                query.visibility.map(|visibility| visibility == Visibility::Public),
                query.visible_to.as_ref().map(ToString::to_string),
                query.shared_at.map(|at| at.timestamp_micros()),
            ],
            |row| Ok((row.get(0)?, row.get(1)?, [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])),
        )
        .unwrap()
}

#[tokio::test]
async fn a_page_is_what_a_sweep_over_all_cards_gives_whatever_is_asked_for() {
    let (_node, views) = world().await;
    let reader = views.reader().unwrap();
    let mut pages = 0;
    for query in queries() {
        let mut expected = swept(&reader, &query);
        let behind: Vec<i64> = expected.iter().map(|card| card.0).filter(|number| *number > 40).take(7).collect();
        let listed = list_cards_after(&reader, &query, Some(40), 7).unwrap();
        assert_eq!(listed.iter().map(|card| card.id).collect::<Vec<_>>(), behind, "{query:?}");
        for order in CardOrder::ALL {
            expected.sort_by(|a, b| match order {
                CardOrder::Name => (&a.1, a.0).cmp(&(&b.1, b.0)),
                CardOrder::UpdatedAt => (a.2[0], a.0).cmp(&(b.2[0], b.0)),
                CardOrder::TagCount => (a.2[1], a.0).cmp(&(b.2[1], b.0)),
                CardOrder::Size => (a.2[2], a.0).cmp(&(b.2[2], b.0)),
                CardOrder::PullCount => (a.2[3], a.0).cmp(&(b.2[3], b.0)),
            });
            for (descending, offset, limit) in
                [(false, 0, 5), (true, 0, 500), (true, 3, 4), (false, 60, 10), (true, 130, 10), (false, 1, 0)]
            {
                let mut all: Vec<i64> = expected.iter().map(|card| card.0).collect();
                if descending {
                    all.reverse();
                }
                let page: Vec<i64> = all.iter().copied().skip(offset).take(limit).collect();
                let (listed, total) = list_cards(&reader, &query, order, descending, offset, limit).unwrap();
                assert_eq!(total, all.len() as u64, "{query:?}");
                assert_eq!(listed.iter().map(|card| card.id).collect::<Vec<_>>(), page, "{query:?} {order:?} {descending} {offset}");
                pages += usize::from(!page.is_empty());
            }
        }
    }
    assert!(pages > 800, "{pages} pages had something on them");
}

/// The names of an account's repositories with their numbers and those of their organizations, from the rows that are searched.
fn kept_names(reader: &Reader) -> Vec<(i64, i64, i64, String)> {
    let rows: Vec<(i64, String, Vec<u8>)> = reader
        .list(
            "SELECT row.account, row.names, there.places
               FROM card_names AS row JOIN card_places AS there ON there.names = row.id ORDER BY row.account, row.first",
            [],
            |row| {
                assert!(row.get::<_, String>(1)?.len() <= 300, "as many bytes as a row may have in tests");
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            },
        )
        .unwrap();
    let taken_apart = rows.iter().flat_map(|(account, names, places)| {
        assert_eq!(names.lines().count() * 16, places.len());
        let number = |bytes: &[u8]| i64::from_be_bytes(bytes.try_into().unwrap());
        names.lines().zip(places.chunks(16)).map(move |(name, place)| (*account, number(&place[..8]), number(&place[8..]), name.to_owned()))
    });
    taken_apart.collect()
}

fn names_on_cards(reader: &Reader) -> Vec<(i64, i64, i64, String)> {
    let sql = "SELECT account, repository, organization, path FROM repository_cards ORDER BY account, repository";
    reader.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap()
}

/// How many cards of each kind there are, as kept or as counted.
fn counts(reader: &Reader, sql: &'static str) -> Vec<(i64, i64, String, bool, i64)> {
    reader.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).unwrap()
}

const KEPT: &str = "SELECT account, organization, category, public, cards FROM card_counts ORDER BY 1, 2, 3, 4";
const COUNTED: &str =
    "SELECT account, organization, category, public, count(*) FROM repository_cards GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";

#[tokio::test]
async fn names_that_come_and_go_between_others_stay_in_their_order_and_in_small_rows() {
    let (_node, views) = world().await;
    let reader = views.reader().unwrap();
    assert_eq!(kept_names(&reader), names_on_cards(&reader));
    let rows = reader.find("SELECT count(*) FROM card_names", [], |row| row.get::<_, i64>(0)).unwrap();
    assert!(rows.is_some_and(|rows| rows > 4), "{rows:?} rows");
    assert_eq!(rows, reader.find("SELECT count(*) FROM card_places", [], |row| row.get(0)).unwrap());
}

#[tokio::test]
async fn a_search_by_name_finds_what_was_there_at_the_moment_that_its_snapshot_shows() {
    let (node, views) = after(&[open_account(0, "owner"), user_of(1, 0), Step::CreateOrganization(0), Step::CreateRepository(0)]).await;
    let aggregates = node.aggregates(&views);
    let found = |reader: &Reader| {
        let query = CardQuery { name_contains: Some("repo".to_owned()), ..CardQuery::of(account(0)) };
        let (cards, total) = list_cards(reader, &query, CardOrder::Name, false, 0, 10).unwrap();
        assert_eq!(total, cards.len() as u64);
        cards.iter().map(|card| card.name.path().to_owned()).collect::<Vec<_>>()
    };
    let reader = views.reader().unwrap();
    let before = reader.snapshot().unwrap();
    assert_eq!(found(&before), ["repo0"]);
    take(&node, &aggregates, Step::CreateRepository(2)).await;
    assert_eq!(found(&views.reader().unwrap()), ["repo0", "repo2"]);
    assert_eq!(found(&before), ["repo0"]);
    take(&node, &aggregates, Step::DeleteRepository(0)).await;
    assert_eq!(found(&views.reader().unwrap()), ["repo2"]);
}

#[tokio::test]
async fn names_that_are_too_many_for_memory_are_searched_as_well() {
    let (_node, views) = world().await;
    let reader = views.reader().unwrap();
    let account = names_on_cards(&reader)[0].0;
    for (text, is_found) in [("repo44", true), ("o1", true), ("repo", true), ("none", false)] {
        let [kept, read] = [0, u64::MAX].map(|all| search(&reader, account, all, text).unwrap());
        assert_eq!(kept, read, "{text}");
        assert_eq!(!kept.is_empty(), is_found, "{text}");
    }
}

#[tokio::test]
async fn no_more_names_are_put_aside_than_there_is_room_for_bytes_of_them_and_all_are_searched() {
    let (_node, views) = world().await;
    let reader = views.reader().unwrap();
    let account = names_on_cards(&reader)[0].0;
    let (all, names) = read(&reader, account, "repo", usize::MAX).unwrap();
    let bytes = names.unwrap().bytes();
    assert!(all.len() > 100 && bytes > 100 * size_of::<[i64; 2]>(), "{} in {bytes} bytes", all.len());
    for (room, is_kept) in [(bytes, true), (bytes - 1, false), (bytes / 2, false), (0, false)] {
        let (found, names) = read(&reader, account, "repo", room).unwrap();
        assert_eq!((found, names.is_some()), (all.clone(), is_kept), "{room}");
    }
}

#[tokio::test]
async fn a_reader_of_the_old_file_brings_no_search_of_the_new_one_its_names() {
    let (node, views) = after(&[open_account(0, "owner"), user_of(1, 0), Step::CreateOrganization(0), Step::CreateRepository(0)]).await;
    let old = views.reader().unwrap();
    let account = names_on_cards(&old)[0].0;
    // What is wrong in a file is why it is built anew: nothing else tells the names of the two apart.
    let path = crate::file::current(&node.directory.path().join("views")).unwrap();
    let broken = rusqlite::Connection::open(path).unwrap().execute("UPDATE card_names SET names = replace(names, 'repo', 'oper')", []);
    assert_eq!(broken.unwrap(), 1);
    let found = |reader: &Reader, text| search(reader, account, 1, text).unwrap().len();
    assert_eq!((found(&old, "oper"), found(&old, "repo")), (1, 0));
    views.rebuild().await.unwrap();
    assert_eq!((found(&old, "oper"), found(&old, "repo")), (1, 0));
    let new = views.reader().unwrap();
    assert_eq!((found(&new, "oper"), found(&new, "repo")), (0, 1));
    assert_eq!(found(&old, "oper"), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_of_cards_for_counting_and_searching_them_is_what_they_say(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (_node, views) = runtime.block_on(after(&steps));
        let reader = views.reader().unwrap();
        prop_assert_eq!(counts(&reader, KEPT), counts(&reader, COUNTED));
        prop_assert_eq!(kept_names(&reader), names_on_cards(&reader));
    }
}
