//! What is used: pulls, bytes from day to day.

use ambar_domain::repository_name::RepositoryName;

use super::history::{Step, account, after, digest, open_account, push, take};
use crate::Views;
use crate::usage::{Day, count_downloaded_bytes, count_pulls, count_pulls_of_manifests, list_downloaded_bytes, list_stored_bytes};

fn repository() -> RepositoryName {
    "org0/repo0".parse().unwrap()
}

fn download(manifest: u8, count: u64) -> Step {
    Step::Download { repository: 0, manifest, count }
}

async fn world(steps: &[Step]) -> (super::node::Node, Views) {
    let first = [open_account(0, "owner"), Step::CreateOrganization(0), Step::CreateRepository(0)];
    after(&[&first, steps].concat()).await
}

fn pulls(views: &Views) -> (u64, [Option<u64>; 2]) {
    let (reader, manifests) = (views.reader().unwrap(), [digest(0), digest(1)]);
    let counted = count_pulls_of_manifests(&reader, &repository(), &manifests).unwrap();
    (count_pulls(&reader, &repository()).unwrap(), [counted.get(&digest(0)).copied(), counted.get(&digest(1)).copied()])
}

#[tokio::test]
async fn pulls_add_up_for_each_manifest_and_for_the_image() {
    let (node, views) = world(&[push(0, 0, 1), push(0, 1, 2)]).await;
    assert_eq!(pulls(&views), (0, [None, None]));
    let aggregates = node.aggregates(&views);
    for step in [download(0, 2), download(1, 1), download(0, 3)] {
        take(&node, &aggregates, step).await;
    }
    assert_eq!(pulls(&views), (6, [Some(5), Some(1)]));
}

#[tokio::test]
async fn an_image_that_is_deleted_leaves_no_counts_to_the_next_of_its_name() {
    let (_node, views) = world(&[push(0, 0, 1), download(0, 2), Step::DeleteRepository(0), Step::CreateRepository(0), push(0, 0, 1)]).await;
    assert_eq!(pulls(&views), (0, [None, None]));
    let downloaded = count_downloaded_bytes(&views.reader().unwrap(), &account(0)).unwrap();
    assert_eq!(downloaded, 200, "what the account has downloaded stays so");
}

#[tokio::test]
async fn downloads_and_storage_are_told_day_by_day() {
    // An image; two days later one with 101 bytes more of its own; the day after, downloads; then nothing for two days.
    let (node, views) = world(&[push(0, 0, 1), download(0, 1)]).await;
    let aggregates = node.aggregates(&views);
    node.let_days_pass(2);
    take(&node, &aggregates, push(0, 1, 2)).await;
    node.let_days_pass(1);
    take(&node, &aggregates, download(1, 3)).await;
    take(&node, &aggregates, download(1, 1)).await;
    node.let_days_pass(2);
    let (reader, now) = (views.reader().unwrap(), node.now());
    let bytes = |days: Vec<Day>| days.iter().map(|day| day.bytes).collect::<Vec<_>>();
    let (owner, other) = (account(0), account(1));
    assert_eq!(bytes(list_downloaded_bytes(&reader, &owner, now, 7).unwrap()), [0, 100, 0, 0, 400, 0, 0]);
    let first = bytes(list_stored_bytes(&reader, &owner, now, 7).unwrap());
    let image = first[1];
    assert!(image > 0);
    assert_eq!(first, [0, image, image, image + 101, image + 101, image + 101, image + 101]);
    assert_eq!(bytes(list_stored_bytes(&reader, &owner, now, 2).unwrap()), [image + 101; 2]);
    assert_eq!(bytes(list_stored_bytes(&reader, &other, now, 2).unwrap()), [0, 0]);
    let days = list_downloaded_bytes(&reader, &owner, now, 2).unwrap();
    assert_eq!(days.iter().map(|day| day.date.to_string()).collect::<Vec<_>>(), ["1970-01-05", "1970-01-06"]);
    assert_eq!(count_downloaded_bytes(&reader, &owner).unwrap(), 500);
}
