use ambar_domain::account::AccountEvent;
use ambar_domain::digest::Digest;
use ambar_domain::event::Event;
use ambar_domain::group::GroupEvent;
use ambar_domain::repository::RepositoryEvent;
use ambar_domain::user::UserEvent;
use serde::Deserialize;
use serde_json::{Value, json};

use super::upcast::{UPCASTERS, Upcasters};
use super::{DecodeError, decode, decode_for, decode_with};

mod samples;
mod schemas;

const CLAIMED: &str = r#"{"type":"account.organization_slot_claimed","organization":"team-a"}"#;

fn slot_claimed() -> AccountEvent {
    AccountEvent::OrganizationSlotClaimed { organization: "team-a".parse().unwrap() }
}

#[test]
fn a_record_of_any_aggregate_is_decoded() {
    let event = decode("account", "account.organization_slot_claimed", 1, CLAIMED).unwrap();
    assert_eq!(event, Event::Account(slot_claimed()));
}

#[test]
fn a_record_of_one_aggregate_is_decoded() {
    let event: AccountEvent = decode_for("account.organization_slot_claimed", 1, CLAIMED).unwrap();
    assert_eq!(event, slot_claimed());
}

#[test]
fn a_field_that_a_newer_program_added_is_passed_over() {
    let payload = format!(r#"{{"type":"repository.manifest_deleted","digest":"sha256:{}","because":"aged"}}"#, "a".repeat(64));
    let event: RepositoryEvent = decode_for("repository.manifest_deleted", 1, &payload).unwrap();
    let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
    assert_eq!(event, RepositoryEvent::ManifestDeleted { digest });
}

#[test]
fn a_group_has_the_description_it_was_created_with() {
    let payload = format!(r#"{{"type":"group.created","account":"{}","name":"ops","description":"on call"}}"#, "a".repeat(32));
    let event: GroupEvent = decode_for("group.created", 1, &payload).unwrap();
    assert!(matches!(&event, GroupEvent::Created { description, .. } if description.as_str() == "on call"));
    assert_eq!(serde_json::to_string(&event).unwrap(), payload);
}

#[test]
fn an_access_key_has_the_description_it_was_created_with() {
    let payload = format!(
        r#"{{"type":"user.access_key_created","access_key":"{}","login_key_hash":"h","sealed_secret":"s","description":"of the pipeline"}}"#,
        "A".repeat(20)
    );
    let event: UserEvent = decode_for("user.access_key_created", 1, &payload).unwrap();
    assert!(matches!(&event, UserEvent::AccessKeyCreated { description, .. } if description.as_str() == "of the pipeline"));
    assert_eq!(serde_json::to_string(&event).unwrap(), payload);
}

#[test]
fn an_aggregate_type_that_does_not_exist_is_an_error() {
    let refused = decode("planet", "account.organization_slot_claimed", 1, CLAIMED);
    assert!(matches!(refused, Err(DecodeError::UnknownAggregate { aggregate_type }) if aggregate_type == "planet"));
}

#[test]
fn an_event_type_that_does_not_exist_is_an_error() {
    let refused = decode("account", "account.exploded", 1, "{}");
    assert!(matches!(refused, Err(DecodeError::UnknownType { event_type }) if event_type == "account.exploded"));
}

#[test]
fn a_version_from_the_future_and_version_0_are_errors() {
    for version in [0, 2] {
        let refused = decode("account", "account.organization_slot_claimed", version, CLAIMED);
        assert!(matches!(refused, Err(DecodeError::UnknownVersion { newest: 1, version: v, .. }) if v == version));
    }
}

#[test]
fn a_payload_that_is_no_such_event_is_an_error() {
    let wrong_name = r#"{"type":"account.organization_slot_claimed","organization":"Team A"}"#;
    let missing_field = r#"{"type":"account.organization_slot_claimed"}"#;
    let trailing = format!("{CLAIMED} {CLAIMED}");
    for payload in ["", "null", "[1", wrong_name, missing_field, &trailing] {
        let refused = decode("account", "account.organization_slot_claimed", 1, payload);
        assert!(matches!(refused, Err(DecodeError::Malformed { .. })), "{payload}");
        assert!(decode_for::<AccountEvent>("account.organization_slot_claimed", 1, payload).is_err(), "{payload}");
    }
}

#[test]
fn a_payload_of_another_type_than_the_record_says_is_an_error() {
    let refused = decode("account", "account.closed", 1, CLAIMED);
    assert!(matches!(refused, Err(DecodeError::Mislabelled { found: "account.organization_slot_claimed", .. })));
    assert!(matches!(decode("user", "account.organization_slot_claimed", 1, CLAIMED), Err(DecodeError::Malformed { .. })));
}

/// The third shape of an event that was once written with another field name, and later with another unit.
#[derive(Debug, PartialEq, Deserialize)]
struct Measured {
    size_bytes: u64,
}

fn rename_size(mut value: Value) -> Value {
    if let Some(size) = value.as_object_mut().and_then(|fields| fields.remove("size")) {
        value["size_kib"] = size;
    }
    value
}

fn count_bytes(mut value: Value) -> Value {
    if let Some(size) = value.get("size_kib").and_then(Value::as_u64) {
        value["size_bytes"] = json!(size * 1024);
    }
    value
}

static CHAIN: Upcasters =
    Upcasters(&[("thing.measured", 2, count_bytes), ("thing.weighed", 1, count_bytes), ("thing.measured", 1, rename_size)]);

#[test]
fn an_old_version_is_lifted_one_version_at_a_time() {
    for (version, payload) in [(1, r#"{"size":4}"#), (2, r#"{"size_kib":4}"#), (3, r#"{"size_bytes":4096}"#)] {
        let event: Measured = decode_with(&CHAIN, 3, "thing.measured", version, payload).unwrap();
        assert_eq!(event, Measured { size_bytes: 4096 }, "version {version}");
    }
}

#[test]
fn a_hole_in_the_chain_is_an_error() {
    let refused = decode_with::<Measured>(&CHAIN, 3, "thing.weighed", 1, r#"{"size_kib":4}"#);
    assert!(matches!(refused, Err(DecodeError::NotLifted { version: 2, .. })));
}

#[test]
fn an_old_payload_that_cannot_be_lifted_is_an_error() {
    for payload in ["{", r#"{"weight":4}"#, "7"] {
        let refused = decode_with::<Measured>(&CHAIN, 3, "thing.measured", 1, payload);
        assert!(matches!(refused, Err(DecodeError::Malformed { version: 1, .. })), "{payload}");
    }
}

#[test]
fn every_old_version_of_every_type_can_be_lifted() {
    for (_, event_type, newest) in Event::types() {
        for version in 1..newest {
            assert!(UPCASTERS.find(event_type, version).is_some(), "{event_type} version {version}");
        }
    }
}

#[test]
fn no_upcaster_is_left_over_or_there_twice() {
    for (place, (event_type, from, _)) in UPCASTERS.0.iter().enumerate() {
        assert!(Event::types().any(|(_, name, newest)| name == *event_type && *from < newest), "{event_type} version {from}");
        assert!(
            !UPCASTERS.0[..place].iter().any(|(name, version, _)| name == event_type && version == from),
            "{event_type} version {from}"
        );
    }
}
