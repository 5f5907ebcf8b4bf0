//! Versions as people see them, and what people say of a repository.

use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;

use super::history::{Step, after, digest, push, take, user};
use crate::Reader;
use crate::repositories::{
    PageOrder, PropertyChange, VersionFilter, VersionOrder, VersionPlace, find_version, list_property_history, list_version_history,
    list_versions, list_versions_behind,
};

fn repository() -> RepositoryName {
    "org0/repo0".parse().unwrap()
}

async fn world(steps: &[Step]) -> (super::node::Node, crate::Views) {
    after(&[&[Step::CreateOrganization(0), Step::CreateRepository(0)], steps].concat()).await
}

fn tags(reader: &Reader, filter: VersionFilter<'_>, order: VersionOrder, descending: bool) -> Vec<String> {
    let (versions, total) = list_versions(reader, &repository(), filter, order, descending, 0, 10).unwrap();
    assert_eq!(total, versions.len() as u64);
    versions.iter().map(|version| version.tag.to_string()).collect()
}

#[tokio::test]
async fn versions_are_sorted_filtered_and_paged() {
    let (_node, views) = world(&[push(0, 0, 1), push(0, 1, 2), push(0, 1, 12), push(0, 2, 1)]).await;
    let reader = views.reader().unwrap();
    assert_eq!(tags(&reader, VersionFilter::All, VersionOrder::Tag, false), ["v1", "v12", "v2"]);
    assert_eq!(tags(&reader, VersionFilter::All, VersionOrder::Tag, true), ["v2", "v12", "v1"]);
    assert_eq!(tags(&reader, VersionFilter::All, VersionOrder::UpdatedAt, false), ["v2", "v12", "v1"]);
    assert_eq!(tags(&reader, VersionFilter::All, VersionOrder::UpdatedAt, true), ["v1", "v12", "v2"]);
    assert_eq!(tags(&reader, VersionFilter::Contains("1"), VersionOrder::Tag, false), ["v1", "v12"]);
    assert_eq!(tags(&reader, VersionFilter::Exactly("v1"), VersionOrder::Tag, false), ["v1"]);
    let (page, total) = list_versions(&reader, &repository(), VersionFilter::All, VersionOrder::Tag, false, 1, 1).unwrap();
    assert_eq!((page[0].tag.as_str(), page.len(), total), ("v12", 1, 3));
    assert_eq!(
        list_versions(&reader, &"org0/none".parse().unwrap(), VersionFilter::All, VersionOrder::Tag, false, 0, 9).unwrap(),
        (vec![], 0)
    );
}

#[tokio::test]
async fn a_version_says_what_it_is_and_keeps_its_number_and_first_time_wherever_it_points() {
    let (node, views) = world(&[push(0, 1, 1)]).await;
    let find = || find_version(&views.reader().unwrap(), &repository(), &"v1".parse().unwrap()).unwrap().unwrap();
    let first = find();
    assert_eq!((first.digest.clone(), first.config.clone(), first.is_index), (digest(1), Some(digest(0)), false));
    assert_eq!((first.size_bytes, first.manifest_bytes, first.pushed_by.clone()), (7 + 7 + 101, 9, Some(user(1))));
    assert_eq!(first.created_at, first.updated_at);
    let aggregates = node.aggregates(&views);
    for step in [push(0, 0, 2), push(0, 2, 1), Step::Untag(0, 1), push(0, 3, 1)] {
        take(&node, &aggregates, step).await;
    }
    let index = find();
    assert_eq!((index.id, index.created_at), (first.id, first.created_at));
    assert!(index.updated_at > first.updated_at);
    // Of the two images that the index lists, both are held.
    assert_eq!((index.size_bytes, index.config, index.is_index), (2 * 14 + 100 + 101, None, true));
    for step in [Step::DeleteRepository(0), Step::CreateRepository(0), push(0, 1, 1)] {
        take(&node, &aggregates, step).await;
    }
    let again = find();
    assert!(again.id != first.id && again.created_at > index.updated_at, "nothing of the old repository is told of the next");
}

#[tokio::test]
async fn versions_come_page_by_page_behind_a_place_in_either_order() {
    let (_node, views) = world(&[push(0, 0, 2), push(0, 1, 12), push(0, 1, 1), push(0, 0, 3)]).await;
    let reader = views.reader().unwrap();
    let page = |contains, order, behind: Option<&VersionPlace>| {
        let listed = list_versions_behind(&reader, &repository(), contains, order, behind, 2).unwrap();
        let place = listed.last().map(|last| VersionPlace { updated_at: last.updated_at, tag: last.tag.clone() });
        (listed.iter().map(|version| version.tag.to_string()).collect::<Vec<_>>(), place)
    };
    for (order, expected) in [(PageOrder::Tag, ["v1", "v12", "v2", "v3"]), (PageOrder::Newest, ["v3", "v1", "v12", "v2"])] {
        let (first, place) = page(None, order, None);
        let place: VersionPlace = place.unwrap().to_string().parse().unwrap();
        let (second, last) = page(None, order, Some(&place));
        assert_eq!([first, second].concat(), expected);
        assert_eq!(page(None, order, last.as_ref()).0, [""; 0]);
    }
    assert_eq!(page(Some("1"), PageOrder::Newest, None).0, ["v1", "v12"]);
    assert!(["", "1", "x:v1", "1:", "1:v 1"].into_iter().all(|text| text.parse::<VersionPlace>().is_err()));
}

#[tokio::test]
async fn a_version_says_how_often_its_manifest_was_pulled_and_when_last() {
    let (node, views) = world(&[push(0, 1, 1), push(0, 1, 2)]).await;
    let find = |tag: &str| find_version(&views.reader().unwrap(), &repository(), &tag.parse().unwrap()).unwrap().unwrap();
    assert_eq!((find("v1").pull_count, find("v1").last_pulled_at), (0, None));
    let aggregates = node.aggregates(&views);
    // A download of two does not say when.
    for count in [1, 2] {
        take(&node, &aggregates, Step::Download { repository: 0, manifest: 1, count }).await;
        let (first, second) = (find("v1"), find("v2"));
        assert_eq!((first.pull_count, first.last_pulled_at), (second.pull_count, second.last_pulled_at));
    }
    assert_eq!(find("v1").pull_count, 3);
    assert!(find("v1").last_pulled_at.unwrap() > find("v1").updated_at);
}

#[tokio::test]
async fn the_history_of_a_tag_says_where_it_pointed_when_and_who_moved_it() {
    let (node, views) = world(&[push(0, 0, 1), push(0, 1, 1), Step::Untag(0, 1), push(0, 2, 1), Step::DeleteManifest(0, 0)]).await;
    let history = || list_version_history(&views.reader().unwrap(), &repository(), &"v1".parse().unwrap(), None, 10).unwrap();
    let found = history();
    let pointed: Vec<_> = found.iter().map(|record| (record.digest.clone(), record.held, record.until.is_some())).collect();
    assert_eq!(pointed, [(digest(2), true, false), (digest(1), true, true), (digest(0), false, true)]);
    assert_eq!(found[2].until, Some(found[1].from));
    assert!(found.iter().all(|record| record.pushed_by == Some(user(1))));
    assert_eq!((found[0].ended_by.clone(), found[1].ended_by.clone()), (None, Some(user(1))));
    let before =
        |position| list_version_history(&views.reader().unwrap(), &repository(), &"v1".parse().unwrap(), Some(position), 1).unwrap();
    assert_eq!(before(found[0].position), found[1..2]);
    for step in [Step::DeleteRepository(0), Step::CreateRepository(0)] {
        take(&node, &node.aggregates(&views), step).await;
    }
    assert_eq!(history(), []);
}

#[tokio::test]
async fn the_history_of_properties_says_what_was_said_before() {
    let (_node, views) = world(&[Step::Describe(0, Some(Category::Lang), Some(1)), Step::Describe(0, None, Some(2))]).await;
    let history = list_property_history(&views.reader().unwrap(), &repository(), 0, 10).unwrap();
    let said = |text: &str| PropertyChange::Description(text.parse().unwrap());
    assert_eq!(
        history.into_iter().map(|(_, change)| change).collect::<Vec<_>>(),
        [said("##"), said("#"), PropertyChange::Category(Category::Lang)]
    );
}
