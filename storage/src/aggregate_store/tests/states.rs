//! The serialized state of every aggregate, as snapshots hold it: whoever changes one counts up the snapshots' version.

use std::fmt::Write as _;
use std::path::Path;

use ambar_domain::account::Account;
use ambar_domain::address::Address;
use ambar_domain::blob::Blob;
use ambar_domain::blob_link::BlobLink;
use ambar_domain::event::Event;
use ambar_domain::group::Group;
use ambar_domain::name_claim::NameClaim;
use ambar_domain::organization::Organization;
use ambar_domain::repository::Repository;
use ambar_domain::user::User;
use ambar_schemas::event::decode_for;
use cqrs_es::Aggregate;

use super::super::cold::SNAPSHOT_VERSION;

/// The state behind each event in turn, of the samples that every type of event has.
fn states<A: Aggregate>() -> String {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events/samples");
    let (mut aggregate, mut states) = (A::default(), String::new());
    for (_, event_type, version) in Event::types().filter(|(aggregate_type, _, _)| *aggregate_type == A::TYPE) {
        let payload = std::fs::read_to_string(samples.join(format!("{event_type}.v{version}.json"))).unwrap();
        aggregate.apply(decode_for(event_type, version, &payload).unwrap());
        writeln!(states, "{event_type} {}", serde_json::to_string(&aggregate).unwrap()).unwrap();
    }
    states
}

#[test]
fn the_serialized_state_of_an_aggregate_changes_only_with_the_version_of_snapshots() {
    let all = [
        states::<Account>(),
        states::<User>(),
        states::<Group>(),
        states::<NameClaim>(),
        states::<Organization>(),
        states::<Repository>(),
        states::<BlobLink>(),
        states::<Blob>(),
        states::<Address>(),
    ];
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aggregate_store/tests/states.txt");
    ambar_test_support::golden::check(&file, &SNAPSHOT_VERSION.to_string(), &all.concat()).unwrap();
}
