//! Stretches: what is kept of where cards stand in the orders of lists is what counting them anew gives, and pages far inside a list are the
//! right ones.

use ambar_domain::level::Visibility;
use ambar_domain::repository::Category;
use proptest::prelude::*;
use rusqlite::types::Value;

use super::history::{Step, account, after, open_account, push, take, user_of};
use super::node::Node;
use crate::cards::stretches::is_boundary;
use crate::cards::{CardOrder, CardQuery, list_cards};
use crate::{Reader, Views};

const REPOSITORIES: u8 = 24;

/// What happens to cards, some of it after a leap of the clock by so many days, which may go back.
fn changes() -> impl Strategy<Value = Vec<(Step, Option<i64>)>> {
    let repository = || 0..REPOSITORIES;
    let category = prop::sample::select(&Category::ALL[..]);
    let step = prop_oneof![
        8 => (repository(), 0..5_u8, 0..4_u8).prop_map(|(repository, manifest, tag)| push(repository, manifest, tag)),
        2 => (repository(), 0..4_u8).prop_map(|(repository, tag)| Step::Untag(repository, tag)),
        3 => (repository(), 0..5_u8, 1..4_u64).prop_map(|(repository, manifest, count)| Step::Download { repository, manifest, count }),
        1 => (repository(), 0..5_u8).prop_map(|(repository, manifest)| Step::DeleteManifest(repository, manifest)),
        2 => repository().prop_map(Step::DeleteRepository),
        4 => repository().prop_map(Step::CreateRepository),
        2 => (repository(), any::<bool>()).prop_map(|(repository, public)| Step::Publish(repository, public)),
        2 => (repository(), category).prop_map(|(repository, category)| Step::Describe(repository, Some(category), None)),
        1 => (repository(), 0..3_u8).prop_map(|(repository, text)| Step::Describe(repository, None, Some(text))),
    ];
    prop::collection::vec((step, prop::option::weighted(0.1, -3..4_i64)), 1..150)
}

async fn history(changes: Vec<(Step, Option<i64>)>) -> (Node, Views) {
    let mut steps = vec![open_account(0, "owner"), user_of(1, 0), Step::CreateOrganization(0), Step::CreateOrganization(1)];
    steps.extend((0..REPOSITORIES).map(Step::CreateRepository));
    let (node, views) = after(&steps).await;
    let aggregates = node.aggregates(&views);
    for (step, days) in changes {
        node.let_days_pass(days.unwrap_or(0));
        take(&node, &aggregates, step).await;
    }
    drop(aggregates);
    (node, views)
}

/// A boundary: its account, order, key and number, and what is counted before it, a number for each kind.
type Stretch = (i64, i64, Value, i64, Vec<u32>);

fn kept(reader: &Reader) -> Vec<Stretch> {
    let sql = "SELECT account, sorted_by, key, repository, cards FROM card_stretches ORDER BY 1, 2, 3, 4";
    let numbers = |cards: Vec<u8>| cards.chunks(4).map(|number| u32::from_be_bytes(number.try_into().unwrap())).collect();
    reader.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, numbers(row.get(4)?)))).unwrap()
}

fn recounted(reader: &Reader) -> Vec<Stretch> {
    let orders = [
        (1, "SELECT account, path, repository, category, public FROM repository_cards ORDER BY 1, 2, 3"),
        (2, "SELECT account, updated_at, repository, category, public FROM repository_cards ORDER BY 1, 2, 3"),
        (3, "SELECT account, tag_count, repository, category, public FROM repository_cards ORDER BY 1, 2, 3"),
        (4, "SELECT account, size_bytes, repository, category, public FROM repository_cards ORDER BY 1, 2, 3"),
        (5, "SELECT account, pull_count, repository, category, public FROM repository_cards ORDER BY 1, 2, 3"),
    ];
    let mut stretches = Vec::new();
    for (order, sql) in orders {
        let cards: Vec<(i64, Value, i64, String, bool)> =
            reader.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).unwrap();
        for of_account in cards.chunk_by(|one, next| one.0 == next.0) {
            for last in (0..of_account.len()).filter(|index| is_boundary(of_account[*index].2)) {
                let first = (0..last).rfind(|index| is_boundary(of_account[*index].2)).unwrap_or(0);
                let between = &of_account[first..last];
                let kinds = Category::ALL.into_iter().flat_map(|category| [(category, false), (category, true)]);
                let counts = kinds.map(|kind| between.iter().filter(|card| (card.3.parse().unwrap(), card.4) == kind).count() as u32);
                let (account, key, number, ..) = of_account[last].clone();
                stretches.push((account, order, key, number, counts.collect()));
            }
        }
    }
    stretches.sort_by_key(|stretch| stretch.0);
    stretches
}

/// The numbers of the account's cards of the kinds that are asked for, in an order, upwards.
fn in_order(reader: &Reader, order: CardOrder, query: &CardQuery) -> Vec<i64> {
    let sql = "SELECT repository, path, updated_at, tag_count, size_bytes, pull_count, category, public FROM repository_cards";
    let mut cards: Vec<(i64, String, [i64; 4], String, bool)> = reader
        .list(sql, [], |row| {
            let numbers = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((row.get(0)?, row.get(1)?, numbers, row.get(6)?, row.get(7)?))
        })
        .unwrap();
    cards.retain(|card| {
        query.category.is_none_or(|category| category.as_str() == card.3)
            && query.visibility.is_none_or(|visibility| (visibility == Visibility::Public) == card.4)
    });
    cards.sort_by(|one, other| match order {
        CardOrder::Name => (&one.1, one.0).cmp(&(&other.1, other.0)),
        CardOrder::UpdatedAt => (one.2[0], one.0).cmp(&(other.2[0], other.0)),
        CardOrder::TagCount => (one.2[1], one.0).cmp(&(other.2[1], other.0)),
        CardOrder::Size => (one.2[2], one.0).cmp(&(other.2[2], other.0)),
        CardOrder::PullCount => (one.2[3], one.0).cmp(&(other.2[3], other.0)),
    });
    cards.iter().map(|card| card.0).collect()
}

/// Every page of four, whichever end it is counted from.
fn check_pages(reader: &Reader, query: &CardQuery) -> Result<(), TestCaseError> {
    for (order, descending) in CardOrder::ALL.into_iter().flat_map(|order| [(order, false), (order, true)]) {
        let mut expected = in_order(reader, order, query);
        if descending {
            expected.reverse();
        }
        for offset in 0..=expected.len() {
            let page: Vec<i64> = expected.iter().copied().skip(offset).take(4).collect();
            let (listed, total) = list_cards(reader, query, order, descending, offset, 4).unwrap();
            prop_assert_eq!(total, expected.len() as u64);
            prop_assert_eq!(listed.iter().map(|card| card.id).collect::<Vec<_>>(), page, "{:?} {} {}", order, descending, offset);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn stretches_are_what_counting_anew_gives_in_batches_of_any_size_and_pages_are_found_by_them(changes in changes(), page in 1..9_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (node, views) = runtime.block_on(history(changes));
        let reader = views.reader().unwrap();
        prop_assert_eq!(kept(&reader), recounted(&reader));
        prop_assert_eq!(kept(&reader), kept(&node.views_in_pages("in_pages", page).reader().unwrap()));
        let all = CardQuery::of(account(0));
        let of_kind = |visibility, category| CardQuery { visibility, category, ..all.clone() };
        check_pages(&reader, &all)?;
        check_pages(&reader, &of_kind(Some(Visibility::Private), None))?;
        check_pages(&reader, &of_kind(None, Some(Category::Other)))?;
        check_pages(&reader, &of_kind(Some(Visibility::Public), Some(Category::Lang)))?;
    }
}

#[test]
fn about_one_card_in_as_many_as_is_said_is_a_boundary_and_no_others_are() {
    let boundaries: Vec<i64> = (1..30_000).filter(|number| is_boundary(*number)).collect();
    assert!((9_500..10_500).contains(&boundaries.len()), "one in three in tests: {}", boundaries.len());
    let apart = boundaries.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(apart.is_some_and(|apart| apart < 40), "{apart:?}");
}
