use super::{Blob, BlobCommand, BlobError, BlobEvent};
use crate::samples::given;

fn stored(generation: u32) -> BlobEvent {
    BlobEvent::Stored { size_bytes: 7, generation }
}

fn condemned(generation: u32) -> BlobEvent {
    BlobEvent::Condemned { generation }
}

fn swept(generation: u32) -> BlobEvent {
    BlobEvent::Swept { generation }
}

const STORE: BlobCommand = BlobCommand::Store { size_bytes: 7 };

#[test]
fn a_blob_is_stored_in_its_first_generation() {
    given::<Blob>(&[]).when(STORE).then_expect_events(vec![stored(1)]);
}

#[test]
fn storing_what_is_stored_changes_nothing() {
    given::<Blob>(&[stored(1)]).when(STORE).then_expect_events(vec![]);
}

#[test]
fn storing_what_is_condemned_spares_it() {
    given::<Blob>(&[stored(1), condemned(1)]).when(STORE).then_expect_events(vec![BlobEvent::Spared { generation: 1 }]);
}

#[test]
fn storing_what_was_swept_begins_a_new_generation() {
    given::<Blob>(&[stored(1), condemned(1), swept(1)]).when(STORE).then_expect_events(vec![stored(2)]);
}

#[test]
fn a_stored_blob_is_condemned_once() {
    given::<Blob>(&[stored(1)]).when(BlobCommand::Condemn).then_expect_events(vec![condemned(1)]);
    given::<Blob>(&[stored(1), condemned(1)]).when(BlobCommand::Condemn).then_expect_events(vec![]);
}

#[test]
fn a_condemned_blob_is_spared_once() {
    let spared = BlobEvent::Spared { generation: 1 };
    given::<Blob>(&[stored(1), condemned(1)]).when(BlobCommand::Spare).then_expect_events(vec![spared.clone()]);
    given::<Blob>(&[stored(1), condemned(1), spared.clone()]).when(BlobCommand::Spare).then_expect_events(vec![]);
    given::<Blob>(&[stored(1), condemned(1), spared]).when(BlobCommand::Condemn).then_expect_events(vec![condemned(1)]);
}

#[test]
fn what_is_not_stored_is_neither_condemned_nor_spared() {
    for history in [vec![], vec![stored(1), condemned(1), swept(1)]] {
        for command in [BlobCommand::Condemn, BlobCommand::Spare] {
            given::<Blob>(&history).when(command).then_expect_error(BlobError::NotStored);
        }
    }
}

#[test]
fn a_condemned_blob_is_swept() {
    given::<Blob>(&[stored(1), condemned(1)]).when(BlobCommand::Sweep { generation: 1 }).then_expect_events(vec![swept(1)]);
}

#[test]
fn a_sweeper_that_asks_again_goes_on() {
    given::<Blob>(&[stored(1), condemned(1), swept(1)]).when(BlobCommand::Sweep { generation: 1 }).then_expect_events(vec![]);
}

#[test]
fn a_blob_that_was_never_stored_is_not_swept() {
    given::<Blob>(&[]).when(BlobCommand::Sweep { generation: 0 }).then_expect_error(BlobError::NotStored);
}

#[test]
fn a_blob_that_is_not_condemned_in_that_generation_is_not_swept() {
    let spared = BlobEvent::Spared { generation: 1 };
    let second = vec![stored(1), condemned(1), swept(1), stored(2), condemned(2)];
    let third = [second.clone(), vec![swept(2)]].concat();
    for history in [vec![stored(1)], vec![stored(1), condemned(1), spared], second, third] {
        let sweep = BlobCommand::Sweep { generation: 1 };
        given::<Blob>(&history).when(sweep).then_expect_error(BlobError::NotCondemned { generation: 1 });
    }
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut blob = Blob::default();
    [stored(1), condemned(1), swept(1)].into_iter().for_each(|event| blob.evolve(event));
    let snapshot = serde_json::to_string(&blob).unwrap();
    assert_eq!(serde_json::from_str::<Blob>(&snapshot).unwrap(), blob);
}
