use super::*;
use crate::clock::Timestamp;
use crate::repository::ManifestPulls;

fn pulls(n: u8, count: u64) -> ManifestPulls {
    ManifestPulls { digest: digest(n), count, last_at: Some(Timestamp::UNIX_EPOCH) }
}

fn count(pulls: &[ManifestPulls], downloaded_bytes: u64) -> RepositoryCommand {
    RepositoryCommand::CountDownloads { pulls: pulls.to_vec(), downloaded_bytes }
}

#[test]
fn pulls_of_what_is_held_are_recorded_and_those_of_what_is_gone_are_left_out() {
    let counted = RepositoryEvent::DownloadsCounted { pulls: vec![pulls(1, 3)], downloaded_bytes: 500 };
    given::<Repository>(&[created(), manifest_pushed(1), manifest_pushed(2), manifest_deleted(2)])
        .when(count(&[pulls(1, 3), pulls(2, 5), pulls(9, 1)], 500))
        .then_expect_events(vec![counted]);
}

#[test]
fn nothing_that_happened_is_no_event() {
    let history = [created(), manifest_pushed(1)];
    given::<Repository>(&history).when(count(&[], 0)).then_expect_events(vec![]);
    given::<Repository>(&history).when(count(&[pulls(1, 0), pulls(9, 1)], 0)).then_expect_events(vec![]);
}

#[test]
fn what_does_not_exist_counts_nothing() {
    given::<Repository>(&[]).when(count(&[pulls(1, 1)], 1)).then_expect_error(RepositoryError::NotFound);
}
