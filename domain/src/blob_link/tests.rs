use super::{BlobLink, BlobLinkCommand, BlobLinkError, BlobLinkEvent, parse_stream_id, stream_id};
use crate::samples::{digest, given, parsed};

fn upload() -> BlobLinkCommand {
    BlobLinkCommand::Upload { size_bytes: 7 }
}

fn mount() -> BlobLinkCommand {
    BlobLinkCommand::Mount { size_bytes: 7, from: parsed("team-b/base") }
}

fn uploaded() -> BlobLinkEvent {
    BlobLinkEvent::Uploaded { size_bytes: 7 }
}

fn mounted() -> BlobLinkEvent {
    BlobLinkEvent::Mounted { size_bytes: 7, from: parsed("team-b/base") }
}

#[test]
fn a_blob_is_linked_by_an_upload_or_a_mount() {
    given::<BlobLink>(&[]).when(upload()).then_expect_events(vec![uploaded()]);
    given::<BlobLink>(&[]).when(mount()).then_expect_events(vec![mounted()]);
}

#[test]
fn a_link_already_there_stays_as_it_is() {
    for linked in [uploaded(), mounted()] {
        given::<BlobLink>(std::slice::from_ref(&linked)).when(upload()).then_expect_events(vec![]);
        given::<BlobLink>(&[linked]).when(mount()).then_expect_events(vec![]);
    }
}

#[test]
fn a_link_is_released_and_may_come_again() {
    for linked in [uploaded(), mounted()] {
        let released = BlobLinkEvent::Released {};
        given::<BlobLink>(std::slice::from_ref(&linked)).when(BlobLinkCommand::Release).then_expect_events(vec![released.clone()]);
        given::<BlobLink>(&[linked, released]).when(upload()).then_expect_events(vec![uploaded()]);
    }
}

#[test]
fn a_link_that_is_not_there_cannot_be_released() {
    for history in [vec![], vec![uploaded(), BlobLinkEvent::Released {}]] {
        given::<BlobLink>(&history).when(BlobLinkCommand::Release).then_expect_error(BlobLinkError::NotLinked);
    }
}

#[test]
fn a_stream_id_names_its_repository_and_blob() {
    let id = stream_id(&parsed("team-a/web/front"), &digest(9));
    assert_eq!(parse_stream_id(&id), Some((parsed("team-a/web/front"), digest(9))));
}

#[test]
fn a_text_that_is_no_stream_id_names_nothing() {
    let malformed = ["", "@", "team-a/web", "team-a/web@", "team-a/web@sha256:12", "@sha256:12"];
    for text in malformed {
        assert_eq!(parse_stream_id(text), None, "{text}");
    }
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut link = BlobLink::default();
    link.evolve(uploaded());
    let snapshot = serde_json::to_string(&link).unwrap();
    assert_eq!(serde_json::from_str::<BlobLink>(&snapshot).unwrap(), link);
}
