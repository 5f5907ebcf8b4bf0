//! Where an account's events are found.

use ambar_domain::account::AccountCommand;
use ambar_domain::blob::BlobCommand;
use ambar_domain::clock::Timestamp;
use ambar_storage::event_log::Position;

use super::history::{Step, account, after, user};
use super::node::Node;
use crate::Views;
use crate::events::{EventFilter, EventPlaces, list_account_events, list_event_subjects};

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_timestamp(hour * 3600, 0).unwrap()
}

fn list(views: &Views, of: u8, filter: &EventFilter, after: Position, limit: usize) -> EventPlaces {
    list_account_events(&views.reader().unwrap(), &account(of), filter, after, limit).unwrap()
}

fn positions(views: &Views, filter: &EventFilter) -> Vec<u64> {
    list(views, 0, filter, Position::START, 100).places.iter().map(|place| place.position.0).collect()
}

#[tokio::test]
async fn events_are_found_by_time_even_where_the_clock_went_back() {
    let node = Node::new();
    node.append("organization.created", &format!(r#""account":"{}""#, account(0)), 0, hour(10)).await;
    for (number, at) in [(1, hour(5)), (2, hour(11)), (3, hour(5)), (4, hour(12))] {
        let grant = format!(r#""user":"{}","level":"read""#, user(number));
        node.append("organization.access_granted", &grant, number.into(), at).await;
    }
    let views = node.views("views");
    let since = |from| EventFilter { from: Some(from), ..EventFilter::default() };
    let before = |until| EventFilter { until: Some(until), ..EventFilter::default() };
    assert_eq!(positions(&views, &EventFilter::default()), [1, 2, 3, 4, 5]);
    assert_eq!(positions(&views, &since(hour(10))), [1, 3, 5]);
    assert_eq!(positions(&views, &since(hour(12))), [5]);
    assert_eq!(positions(&views, &since(hour(13))), [] as [u64; 0]);
    assert_eq!(positions(&views, &before(hour(10))), [2, 4]);
    assert_eq!(positions(&views, &before(hour(4))), [] as [u64; 0]);
    assert_eq!(positions(&views, &EventFilter { until: Some(hour(11)), ..since(hour(5)) }), [1, 2, 4]);
}

#[tokio::test]
async fn a_page_tells_where_the_next_begins_and_the_last_that_there_is_none() {
    let (_node, views) = after(&[Step::CreateOrganization(0), Step::CreateRepository(0), Step::Link(0, 1), Step::Link(0, 2)]).await;
    let all = list(&views, 0, &EventFilter::default(), Position::START, 4);
    assert_eq!((all.places.len(), all.next), (4, None));
    let first = list(&views, 0, &EventFilter::default(), Position::START, 3);
    assert_eq!((&first.places[..], first.next), (&all.places[..3], Some(all.places[2].position)));
    assert_eq!(list(&views, 0, &EventFilter::default(), all.places[2].position, 3).places, all.places[3..]);
    assert_eq!(list(&views, 1, &EventFilter::default(), Position::START, 4), EventPlaces::default());
}

#[tokio::test]
async fn what_is_looked_for_in_the_whole_log_is_what_the_views_find_of_each_account() {
    let open = |name: &str, project: u8| AccountCommand::Open {
        name: name.parse().unwrap(),
        project_name: "tr-west-1".parse().unwrap(),
        project_id: format!("{project:032x}").parse().unwrap(),
    };
    let steps = [
        Step::Account(0, open("acme", 1)),
        Step::Account(1, open("other", 2)),
        Step::CreateOrganization(0),
        Step::CreateRepository(0),
        Step::CreateOrganization(1),
        Step::Push { repository: 0, manifest: 1, tag: 1, subject: None },
        Step::Link(0, 1),
        Step::Blob(1, BlobCommand::Store { size_bytes: 7 }),
    ];
    let (node, views) = after(&steps).await;
    let (reader, log) = (views.reader().unwrap(), node.log.read_all(Position::START, 1000).await.unwrap());
    let subjects = list_event_subjects(&reader, Position::START, log.next).unwrap();
    assert!(subjects.len() < log.events.len(), "a blob is nobody's");
    let repository = subjects.values().find_map(|subject| subject.repository.clone()).unwrap();
    for event in &log.events {
        let subject = subjects.get(&event.position);
        for filter in [
            EventFilter::default(),
            EventFilter { event_type: Some(event.event_type.clone()), ..EventFilter::default() },
            EventFilter { stream: Some(event.stream.clone()), ..EventFilter::default() },
            EventFilter { repository: Some(repository.clone()), ..EventFilter::default() },
            EventFilter { organization: Some(repository.organization()), ..EventFilter::default() },
            EventFilter { from: Some(event.recorded_at), until: Some(event.recorded_at), ..EventFilter::default() },
            EventFilter { actor: Some("nobody".to_owned()), ..EventFilter::default() },
        ] {
            for number in [0, 1] {
                let found = list(&views, number, &filter, Position::START, 1000).places;
                let is_of_account = subject.is_some_and(|subject| subject.account == account(number));
                let matches = is_of_account && filter.matches(event, subject);
                assert_eq!(found.iter().any(|place| place.position == event.position), matches, "{event:?} {filter:?}");
            }
        }
    }
}
