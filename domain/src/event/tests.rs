use std::collections::BTreeSet;

use super::Event;
use crate::account::AccountEvent;
use crate::address::AddressEvent;
use crate::blob::BlobEvent;
use crate::blob_link::BlobLinkEvent;
use crate::group::GroupEvent;
use crate::name_claim::NameClaimEvent;
use crate::organization::OrganizationEvent;
use crate::repository::RepositoryEvent;
use crate::user::UserEvent;

/// What stands in logs all over the world. A line may be added; none may ever be changed or taken away, but for its version going up.
const PERMANENT: &str = "\
account account.opened 1
account account.organization_slot_claimed 1
account account.organization_slot_released 1
account account.delegation_granted 1
account account.delegation_changed 1
account account.delegation_revoked 1
account account.delegation_expired 1
account account.closed 1
user user.created 1
user user.access_methods_changed 1
user user.description_changed 1
user user.role_granted 1
user user.role_revoked 1
user user.access_key_created 1
user user.access_key_resealed 1
user user.access_key_disabled 1
user user.access_key_enabled 1
user user.access_key_deleted 1
user user.password_set 1
user user.login_issued 1
user user.login_revoked 1
user user.token_issued 1
user user.temporary_key_issued 1
user user.access_key_used 1
user user.blocked 1
user user.unblocked 1
user user.deleted 1
group group.created 1
group group.renamed 1
group group.description_changed 1
group group.role_granted 1
group group.role_revoked 1
group group.member_added 1
group group.member_removed 1
group group.creation_abandoned 1
group group.deleted 1
name name.claimed 1
name name.released 1
organization organization.created 1
organization organization.access_granted 1
organization organization.access_revoked 1
organization organization.repository_admitted 1
organization organization.repository_release_begun 1
organization organization.repository_released 1
organization organization.deleted 1
repository repository.created 1
repository repository.visibility_changed 1
repository repository.category_changed 1
repository repository.description_changed 1
repository repository.manifest_pushed 1
repository repository.version_pushed 1
repository repository.version_deleted 1
repository repository.manifest_deleted 1
repository repository.access_granted 1
repository repository.access_revoked 1
repository repository.share_created 1
repository repository.share_changed 1
repository repository.share_ended 1
repository repository.share_expired 1
repository repository.downloads_counted 1
repository repository.deleted 1
blob_link blob_link.uploaded 1
blob_link blob_link.mounted 1
blob_link blob_link.released 1
blob blob.stored 1
blob blob.condemned 1
blob blob.spared 1
blob blob.swept 1
address address.blocked 1
address address.unblocked 1
";

#[test]
fn the_names_in_the_log_are_permanent() {
    let names: String = Event::types().map(|(aggregate, event, version)| format!("{aggregate} {event} {version}\n")).collect();
    assert_eq!(names, PERMANENT);
}

#[test]
fn no_two_events_share_a_name_and_each_begins_with_its_aggregate() {
    let names: BTreeSet<&str> = Event::types().map(|(_, event, _)| event).collect();
    assert_eq!(names.len(), Event::types().count());
    for (aggregate, event, _) in Event::types() {
        assert!(event.starts_with(&format!("{aggregate}.")), "{event}");
    }
}

/// The `type` tags that serde writes for an event enum, read from its schema.
fn serde_tags<E: schemars::JsonSchema>() -> BTreeSet<String> {
    let schema = schemars::schema_for!(E).to_value();
    let variants = schema["oneOf"].as_array().unwrap();
    variants.iter().map(|variant| variant["properties"]["type"]["const"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_tag_in_a_payload_is_the_name_beside_it() {
    let in_payloads: BTreeSet<String> = [
        serde_tags::<AccountEvent>(),
        serde_tags::<UserEvent>(),
        serde_tags::<GroupEvent>(),
        serde_tags::<NameClaimEvent>(),
        serde_tags::<OrganizationEvent>(),
        serde_tags::<RepositoryEvent>(),
        serde_tags::<BlobLinkEvent>(),
        serde_tags::<BlobEvent>(),
        serde_tags::<AddressEvent>(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let beside_them: BTreeSet<String> = Event::types().map(|(_, event, _)| event.to_owned()).collect();
    assert_eq!(in_payloads, beside_them);
}

#[test]
fn a_payload_is_read_by_the_aggregate_that_wrote_it_and_by_no_other() {
    let event = Event::from(BlobEvent::Stored { size_bytes: 7, generation: 2 });
    let payload = serde_json::to_value(&event).unwrap();
    assert_eq!(payload, serde_json::json!({ "type": "blob.stored", "size_bytes": 7, "generation": 2 }));
    assert_eq!((event.aggregate_type(), event.event_type(), event.event_version()), ("blob", "blob.stored", 1));
    assert_eq!(Event::deserialize_payload("blob", payload.clone()).unwrap().unwrap(), event);
    assert!(Event::deserialize_payload("user", payload.clone()).unwrap().is_err());
    assert!(Event::deserialize_payload("planet", payload).is_none());
}
