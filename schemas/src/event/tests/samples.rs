//! One event of every type with every field filled, and the golden payload that it had when its version was published. What an event got
//! after that is empty, as it was then.
//!
//! A golden file is written once, when its version is published, and never changed: it stands for the payloads in the logs of running registries.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ambar_domain::access_key::{LoginKeyHash, SealedSecret};
use ambar_domain::account::AccountEvent;
use ambar_domain::address::AddressEvent;
use ambar_domain::blob::BlobEvent;
use ambar_domain::blob_link::BlobLinkEvent;
use ambar_domain::block::BlockCause;
use ambar_domain::delegation::Trustee;
use ambar_domain::digest::Digest;
use ambar_domain::event::Event;
use ambar_domain::group::GroupEvent;
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::manifest::{Descriptor, ManifestFacts, Platform};
use ambar_domain::name_claim::NameClaimEvent;
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::password::PasswordHash;
use ambar_domain::repository::{Category, ManifestPulls, RepositoryEvent};
use ambar_domain::user::UserEvent;
use serde_json::Value;

use crate::event::canonical::canonical;
use crate::event::decode;
use crate::event::publish::stem;
use crate::event::schema::generate;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
    format!("{n:032x}").parse().unwrap()
}

fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn digest(digit: &str) -> Digest {
    text(&format!("sha256:{}", digit.repeat(64)))
}

fn descriptor(media_type: &str, digit: &str, size_bytes: u64) -> Descriptor {
    Descriptor { media_type: media_type.to_owned(), digest: digest(digit), size_bytes }
}

/// More than one real manifest has: every field is filled.
fn manifest() -> ManifestFacts {
    ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes: 1_234,
        artifact_type: Some("application/vnd.example.sbom".to_owned()),
        config: Some(descriptor("application/vnd.oci.image.config.v1+json", "c", 456)),
        layers: vec![descriptor("application/vnd.oci.image.layer.v1.tar+gzip", "d", 10_737_418_240)],
        children: vec![descriptor("application/vnd.oci.image.manifest.v1+json", "e", 789)],
        subject: Some(text(&format!("sha512:{}", "f".repeat(128)))),
        platforms: vec![Platform { os: "linux".to_owned(), architecture: "arm64".to_owned(), variant: Some("v8".to_owned()) }],
    }
}

fn samples() -> Vec<Event> {
    let (mut all, role, level) = (Vec::<Event>::new(), Role::TenantAdministrator, Level::Edit);
    all.extend(account().map(Event::from));
    all.extend(user().map(Event::from));
    let (account, user) = (id(1), id(2));
    all.extend(
        [
            GroupEvent::Created { account, name: text("Release team"), description: text("") },
            GroupEvent::Renamed { name: text("owners") },
            GroupEvent::DescriptionChanged { description: text("Who own the *images*") },
            GroupEvent::RoleGranted { role },
            GroupEvent::RoleRevoked { role },
            GroupEvent::MemberAdded { user },
            GroupEvent::MemberRemoved { user: id(2) },
            GroupEvent::CreationAbandoned { account: id(1) },
            GroupEvent::Deleted {},
        ]
        .map(Event::from),
    );
    let holder = "00000000000000000000000000000002".to_owned();
    all.extend([NameClaimEvent::Claimed { holder: holder.clone() }, NameClaimEvent::Released { holder }].map(Event::from));
    all.extend(
        [
            OrganizationEvent::Created { account: id(1) },
            OrganizationEvent::AccessGranted { user: id(2), level, previous_level: Some(Level::Read) },
            OrganizationEvent::AccessRevoked { user: id(2), previous_level: level },
            OrganizationEvent::RepositoryAdmitted { repository: text("team-a/web/front") },
            OrganizationEvent::RepositoryReleaseBegun { repository: text("team-a/web/front") },
            OrganizationEvent::RepositoryReleased { repository: text("team-a/web/front") },
            OrganizationEvent::Deleted {},
        ]
        .map(Event::from),
    );
    all.extend(repository().map(Event::from));
    all.extend(
        [
            BlobLinkEvent::Uploaded { size_bytes: 10_737_418_240 },
            BlobLinkEvent::Mounted { size_bytes: 456, from: text("team-b/base") },
            BlobLinkEvent::Released {},
        ]
        .map(Event::from),
    );
    let blob = [
        BlobEvent::Stored { size_bytes: 10_737_418_240, generation: 2 },
        BlobEvent::Condemned { generation: 2 },
        BlobEvent::Spared { generation: 2 },
        BlobEvent::Swept { generation: 2 },
    ];
    all.extend(blob.map(Event::from));
    let address = [
        AddressEvent::Blocked { cause: BlockCause::FailedLogins, until: text("2027-01-31T12:18:44.382Z") },
        AddressEvent::Unblocked { reason: text("their office") },
    ];
    all.extend(address.map(Event::from));
    all
}

fn account() -> [AccountEvent; 8] {
    [
        AccountEvent::Opened { name: text("acme"), project_name: text("tr-west-1"), project_id: id(9) },
        AccountEvent::OrganizationSlotClaimed { organization: text("team-a") },
        AccountEvent::OrganizationSlotReleased { organization: text("team-a") },
        AccountEvent::DelegationGranted {
            delegation: id(5),
            name: text("operations"),
            trustee: Trustee::Account(id(3)),
            level: Some(Level::Edit),
            until: Some(text("2026-12-31T00:00:00Z")),
            description: text("for *operations*"),
        },
        AccountEvent::DelegationChanged {
            delegation: id(5),
            level: Some(Level::Read),
            until: Some(text("2027-01-31T00:00:00.5Z")),
            description: text("for *less*"),
        },
        AccountEvent::DelegationRevoked { delegation: id(5) },
        AccountEvent::DelegationExpired { delegation: id(5), until: text("2027-01-31T00:00:00.5Z") },
        AccountEvent::Closed {},
    ]
}

fn user() -> [UserEvent; 19] {
    let (access_key, role) = (text("AKAMBAR0000000000001"), Role::SwrAdministrator);
    [
        UserEvent::Created { account: id(1), name: text("alice"), console_access: false, programmatic_access: true },
        UserEvent::AccessMethodsChanged { console_access: true, programmatic_access: false },
        UserEvent::DescriptionChanged { description: text("builds the *web* images") },
        UserEvent::RoleGranted { role },
        UserEvent::RoleRevoked { role },
        UserEvent::AccessKeyCreated {
            access_key,
            login_key_hash: LoginKeyHash::new("a".repeat(64)),
            sealed_secret: SealedSecret::new("v1.bm9uY2U.c2VhbGVk".to_owned()),
            description: text(""),
        },
        UserEvent::AccessKeyResealed {
            access_key: text("AKAMBAR0000000000001"),
            sealed_secret: SealedSecret::new("v2.0123456789abcdef.bm9uY2VzZWFsZWQ".to_owned()),
        },
        UserEvent::AccessKeyDisabled { access_key: text("AKAMBAR0000000000001") },
        UserEvent::AccessKeyEnabled { access_key: text("AKAMBAR0000000000001") },
        UserEvent::AccessKeyDeleted { access_key: text("AKAMBAR0000000000001") },
        UserEvent::PasswordSet {
            password_hash: PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA".to_owned()),
        },
        UserEvent::LoginIssued {
            login: text("AKTEMPORARY000000001"),
            name: text("docker login"),
            login_key_hash: LoginKeyHash::new("b".repeat(64)),
            until: text("2027-01-31T12:18:44.382Z"),
            access_key: Some(text("AKAMBAR0000000000001")),
            scope: LoginScope::only(vec![LoginRepository { repository: text("team-a/web/front"), right: LoginRight::Push }]).unwrap(),
            on_behalf_of: None,
        },
        UserEvent::LoginRevoked { login: text("AKTEMPORARY000000001") },
        UserEvent::TokenIssued { until: text("2027-01-31T12:18:44.382Z"), on_behalf_of: None },
        UserEvent::TemporaryKeyIssued {
            access_key: text("AKTEMPORARY000000002"),
            until: text("2027-01-31T12:18:44.382Z"),
            on_behalf_of: Some(id(3)),
        },
        UserEvent::AccessKeyUsed { access_key: text("AKAMBAR0000000000001"), used_at: text("2026-12-31T23:59:59.000001Z") },
        UserEvent::Blocked { cause: BlockCause::RefusedUploads, until: text("2027-01-31T12:18:44.382Z") },
        UserEvent::Unblocked { reason: text("the pipeline is mended") },
        UserEvent::Deleted {},
    ]
}

fn repository() -> [RepositoryEvent; 16] {
    [
        RepositoryEvent::Created { account: id(1), visibility: Visibility::Private },
        RepositoryEvent::VisibilityChanged { visibility: Visibility::Public },
        RepositoryEvent::CategoryChanged { category: Category::FrameworkApp },
        RepositoryEvent::DescriptionChanged { description: text("# Front\n\nServes the *pages*.") },
        RepositoryEvent::ManifestPushed { digest: digest("a"), manifest: manifest() },
        RepositoryEvent::VersionPushed { tag: text("v1.2"), digest: digest("a"), previous_digest: Some(digest("b")) },
        RepositoryEvent::VersionDeleted { tag: text("v1.2"), digest: digest("a") },
        RepositoryEvent::ManifestDeleted { digest: digest("a") },
        RepositoryEvent::AccessGranted { user: id(2), level: Level::Manage, previous_level: Some(Level::Read) },
        RepositoryEvent::AccessRevoked { user: id(2), previous_level: Level::Manage },
        RepositoryEvent::ShareCreated { account: id(3), until: Some(text("2026-12-31T00:00:00Z")), description: text("for *tests*") },
        RepositoryEvent::ShareChanged {
            account: id(3),
            until: Some(text("2027-01-31T00:00:00.5Z")),
            description: text("for *more* tests"),
        },
        RepositoryEvent::ShareEnded { account: id(3) },
        RepositoryEvent::ShareExpired { account: id(3), until: text("2027-01-31T00:00:00.5Z") },
        RepositoryEvent::DownloadsCounted {
            pulls: vec![ManifestPulls { digest: digest("a"), count: 12, last_at: Some(text("2026-12-31T00:00:00Z")) }],
            downloaded_bytes: 10_737_418_240,
        },
        RepositoryEvent::Deleted {},
    ]
}

fn golden(event_type: &str, version: u32) -> (PathBuf, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/events/samples");
    let path = PathBuf::from(format!("{folder}/{}.json", stem(event_type, version)));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (path, text)
}

#[test]
fn there_is_a_sample_of_every_type() {
    let sampled: Vec<_> = samples().iter().map(|event| (event.aggregate_type(), event.event_type(), event.event_version())).collect();
    assert_eq!(sampled, Event::types().collect::<Vec<_>>());
}

#[test]
fn a_golden_payload_is_the_event_it_always_was() {
    for event in samples() {
        let (path, text) = golden(event.event_type(), event.event_version());
        let decoded = decode(event.aggregate_type(), event.event_type(), event.event_version(), &text).unwrap();
        assert_eq!(decoded, event, "{}", path.display());
        let written: Value = serde_json::to_value(&decoded).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(&text).unwrap(), "{}", path.display());
    }
}

#[test]
fn golden_payloads_of_older_versions_are_still_read() {
    for (aggregate_type, event_type, newest) in Event::types() {
        for version in 1..newest {
            let (path, text) = golden(event_type, version);
            decode(aggregate_type, event_type, version, &text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}

/// Takes every field away that the schema does not require.
fn strip(value: &mut Value, schema: &Value) {
    if let Some(fields) = value.as_object_mut() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        fields.retain(|name, _| required.iter().any(|required| required == name));
        fields.iter_mut().for_each(|(name, field)| strip(field, &schema["properties"][name]));
    } else if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(|item| strip(item, &schema["items"]));
    }
}

#[test]
fn a_payload_with_no_more_than_what_is_required_is_read() {
    let schemas = generate();
    for event in samples() {
        let mut payload = serde_json::to_value(&event).unwrap();
        strip(&mut payload, &canonical(&schemas[event.event_type()][&event.event_version()]));
        let decoded = decode(event.aggregate_type(), event.event_type(), event.event_version(), &payload.to_string());
        assert_eq!(decoded.unwrap().event_type(), event.event_type());
    }
}

/// The names of all fields, from the outside in, that stand in the payload and not in the schema.
fn unknown_fields(value: &Value, schema: &Value, path: &str, unknown: &mut BTreeSet<String>) {
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => unknown_fields(field, schema, &format!("{path}.{name}"), unknown),
            None => drop(unknown.insert(format!("{path}.{name}"))),
        }
    }
    value.as_array().into_iter().flatten().for_each(|item| unknown_fields(item, &schema["items"], path, unknown));
}

#[test]
fn a_schema_knows_every_field_of_its_sample() {
    let (schemas, mut unknown) = (generate(), BTreeSet::new());
    for event in samples() {
        let schema = canonical(&schemas[event.event_type()][&event.event_version()]);
        unknown_fields(&serde_json::to_value(&event).unwrap(), &schema, event.event_type(), &mut unknown);
    }
    assert_eq!(unknown, BTreeSet::new());
}
