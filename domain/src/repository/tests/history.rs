//! Any run of commands, beside a model too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{change_visibility, create, create_new, delete, delete_manifest, delete_version, grant, point_version, push, revoke, shares};
use crate::digest::Digest;
use crate::level::{Level, Visibility};
use crate::repository::{Repository, RepositoryCommand, RepositoryEvent};
use crate::samples::{account, digest, tag};
use crate::tag::{Reference, Tag};

const TAGS: [&str; 4] = ["a", "b", "c", "d"];

fn command() -> impl Strategy<Value = RepositoryCommand> {
    let tags = prop::collection::vec(prop::sample::select(&TAGS[..]), 0..4);
    prop_oneof![
        2 => Just(create()),
        1 => Just(create_new(account(1))),
        1 => prop::sample::select(&[Visibility::Private, Visibility::Public][..]).prop_map(change_visibility),
        1 => Just(delete(None)),
        12 => (0u8..4, tags).prop_map(|(n, tags)| push(n, &tags)),
        4 => prop::sample::select(&TAGS[..]).prop_map(delete_version),
        2 => (0u8..4).prop_map(delete_manifest),
        2 => (tag_name(), tag_name(), any::<bool>()).prop_map(|(to, from, replaces)| point_version(to, Reference::Tag(tag(from)), replaces)),
        1 => (tag_name(), 0u8..4, any::<bool>()).prop_map(|(to, n, replaces)| point_version(to, Reference::Digest(digest(n)), replaces)),
        2 => prop::sample::select(&[Level::Read, Level::Edit][..]).prop_map(grant),
        1 => Just(revoke()),
        4 => share_command(),
    ]
}

fn share_command() -> impl Strategy<Value = RepositoryCommand> {
    let until = || prop::option::of(-5i64..5);
    prop_oneof![
        2 => (2u8..4, until()).prop_map(|(n, until)| shares::share(n, until, 0)),
        1 => (2u8..4, until()).prop_map(|(n, until)| shares::change(n, until, 0)),
        1 => (2u8..4, -9i64..9).prop_map(|(n, now)| shares::end(n, now)),
        1 => (2u8..4, -9i64..9).prop_map(|(n, now)| shares::expire(n, now)),
    ]
}

fn tag_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&TAGS[..])
}

fn commands() -> impl Strategy<Value = Vec<RepositoryCommand>> {
    prop::collection::vec(command(), 1..40)
}

/// What the repository should hold, kept by walking over everything.
#[derive(Debug, Default)]
struct Model {
    exists: bool,
    manifests: BTreeSet<Digest>,
    versions: BTreeMap<Tag, Digest>,
}

impl Model {
    fn take(&mut self, command: &RepositoryCommand) {
        match command {
            RepositoryCommand::Create { .. } | RepositoryCommand::CreateNew { .. } => self.exists = true,
            RepositoryCommand::Delete { .. } => *self = Self::default(),
            RepositoryCommand::Of { command, .. } => self.take(command),
            RepositoryCommand::PushManifest { digest, tags, .. } if self.exists => {
                self.manifests.insert(digest.clone());
                self.versions.extend(tags.iter().map(|tag| (tag.clone(), digest.clone())));
            }
            RepositoryCommand::PointVersion { tag, target, replaces } => self.point(tag, target, *replaces),
            RepositoryCommand::DeleteVersions { tags } => tags.iter().for_each(|tag| drop(self.versions.remove(tag))),
            RepositoryCommand::DeleteManifest { digest } => {
                self.manifests.remove(digest);
                self.versions.retain(|_, held| held != digest);
            }
            RepositoryCommand::PushManifest { .. }
            | RepositoryCommand::ChangeProperties { .. }
            | RepositoryCommand::GrantAccess { .. }
            | RepositoryCommand::RevokeAccess { .. }
            | RepositoryCommand::ShareWith { .. }
            | RepositoryCommand::ChangeShare { .. }
            | RepositoryCommand::EndShare { .. }
            | RepositoryCommand::ExpireShare { .. }
            | RepositoryCommand::CountDownloads { .. } => {}
        }
    }

    fn point(&mut self, tag: &Tag, target: &Reference, replaces: bool) {
        let digest = match target {
            Reference::Tag(source) => self.versions.get(source).cloned(),
            Reference::Digest(digest) => self.manifests.get(digest).cloned(),
        };
        let Some(digest) = digest.filter(|_| replaces || !self.versions.contains_key(tag)) else { return };
        self.versions.insert(tag.clone(), digest);
    }
}

fn run(repository: &mut Repository, command: RepositoryCommand) -> Vec<RepositoryEvent> {
    let events = repository.decide(command).unwrap_or_default();
    events.iter().cloned().for_each(|event| repository.evolve(event));
    events
}

fn assert_agrees(repository: &Repository, model: &Model) {
    assert_eq!(repository.0.is_some(), model.exists);
    let Some(live) = &repository.0 else { return };
    for text in TAGS {
        assert_eq!(live.versions.find_manifest(&tag(text)), model.versions.get(&tag(text)), "tag {text}");
    }
    for n in 0..4 {
        let digest = digest(n);
        let expected: Vec<&Tag> = model.versions.iter().filter(|(_, held)| **held == digest).map(|(tag, _)| tag).collect();
        let found: Vec<&Tag> = live.versions.find_tags(&digest).unwrap_or_default().iter().collect();
        assert_eq!(found, expected, "tags on {digest}");
        assert_eq!(live.versions.holds(&digest), model.manifests.contains(&digest), "{digest}");
    }
}

proptest! {
    #[test]
    fn a_repository_holds_what_was_pushed_and_not_deleted(commands in commands()) {
        let (mut repository, mut model) = (Repository::default(), Model::default());
        for command in commands {
            model.take(&command);
            run(&mut repository, command);
            assert_agrees(&repository, &model);
        }
    }

    #[test]
    fn what_was_just_done_is_no_event_the_second_time(commands in commands()) {
        let mut repository = Repository::default();
        for command in commands {
            run(&mut repository, command.clone());
            let again = run(&mut repository, command.clone());
            prop_assert!(again.is_empty(), "{command:?} made {again:?}");
        }
    }

    #[test]
    fn a_version_says_where_it_pointed_before(commands in commands()) {
        let (mut repository, mut model) = (Repository::default(), Model::default());
        for command in commands {
            for event in run(&mut repository, command.clone()) {
                if let RepositoryEvent::VersionPushed { tag, previous_digest, .. } = &event {
                    prop_assert_eq!(previous_digest.as_ref(), model.versions.get(tag));
                } else if let RepositoryEvent::VersionDeleted { tag, digest } = &event {
                    prop_assert_eq!(Some(digest), model.versions.get(tag));
                }
            }
            model.take(&command);
        }
    }

    #[test]
    fn a_snapshot_and_the_events_after_it_equal_all_events(before in commands(), after in commands()) {
        let mut live = Repository::default();
        for command in before {
            run(&mut live, command);
        }
        let snapshot = serde_json::to_string(&live).unwrap();
        let mut restored: Repository = serde_json::from_str(&snapshot).unwrap();
        for command in after {
            prop_assert_eq!(run(&mut live, command.clone()), run(&mut restored, command));
        }
        prop_assert_eq!(live, restored);
    }
}
