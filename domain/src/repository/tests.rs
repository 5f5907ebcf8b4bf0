use super::{Category, Description, Repository, RepositoryCommand, RepositoryError, RepositoryEvent};
use crate::grants::Granting;
use crate::ids::AccountId;
use crate::level::{Level, Visibility};
use crate::samples::{account, at, digest, facts, given, parsed, tag, user};
use crate::tag::Reference;

mod downloads;
mod history;
mod shares;
mod versions;

fn create() -> RepositoryCommand {
    RepositoryCommand::Create { account: account(1), visibility: Visibility::Private }
}

fn created() -> RepositoryEvent {
    RepositoryEvent::Created { account: account(1), visibility: Visibility::Private }
}

fn push_for(account: AccountId, n: u8, tags: &[&str]) -> RepositoryCommand {
    let tags = tags.iter().map(|text| tag(text)).collect();
    RepositoryCommand::PushManifest { account, digest: digest(n), manifest: facts(n.into()), tags }
}

fn push(n: u8, tags: &[&str]) -> RepositoryCommand {
    push_for(account(1), n, tags)
}

fn manifest_pushed(n: u8) -> RepositoryEvent {
    RepositoryEvent::ManifestPushed { digest: digest(n), manifest: facts(n.into()) }
}

fn version_pushed(text: &str, n: u8, previous: Option<u8>) -> RepositoryEvent {
    RepositoryEvent::VersionPushed { tag: tag(text), digest: digest(n), previous_digest: previous.map(digest) }
}

fn version_deleted(text: &str, n: u8) -> RepositoryEvent {
    RepositoryEvent::VersionDeleted { tag: tag(text), digest: digest(n) }
}

fn manifest_deleted(n: u8) -> RepositoryEvent {
    RepositoryEvent::ManifestDeleted { digest: digest(n) }
}

fn point_version(name: &str, target: Reference, replaces: bool) -> RepositoryCommand {
    RepositoryCommand::PointVersion { tag: tag(name), target, replaces }
}

fn delete_version(text: &str) -> RepositoryCommand {
    RepositoryCommand::DeleteVersions { tags: vec![tag(text)] }
}

fn delete_manifest(n: u8) -> RepositoryCommand {
    RepositoryCommand::DeleteManifest { digest: digest(n) }
}

fn delete(account: Option<AccountId>) -> RepositoryCommand {
    RepositoryCommand::Delete { account }
}

fn grant(level: Level) -> RepositoryCommand {
    RepositoryCommand::GrantAccess { grants: vec![(user(1), level)], granting: Granting::Whatever }
}

fn granted(level: Level, previous_level: Option<Level>) -> RepositoryEvent {
    RepositoryEvent::AccessGranted { user: user(1), level, previous_level }
}

fn revoke() -> RepositoryCommand {
    RepositoryCommand::RevokeAccess { users: vec![user(1)] }
}

fn change_visibility(visibility: Visibility) -> RepositoryCommand {
    RepositoryCommand::ChangeProperties { visibility: Some(visibility), category: None, description: None, now: at(0) }
}

fn description() -> Description {
    parsed("# Web\nServes pages.")
}

fn create_new(account: AccountId) -> RepositoryCommand {
    RepositoryCommand::CreateNew { account, visibility: Visibility::Public, category: Category::Linux, description: description() }
}

/// Manifest 1 under `a` and `b`, manifest 2 under no tag.
fn filled() -> Vec<RepositoryEvent> {
    vec![created(), manifest_pushed(1), version_pushed("a", 1, None), version_pushed("b", 1, None), manifest_pushed(2)]
}

#[test]
fn a_repository_is_created() {
    given::<Repository>(&[]).when(create()).then_expect_events(vec![created()]);
}

#[test]
fn creating_a_repository_again_for_its_account_changes_nothing_and_keeps_its_visibility() {
    given::<Repository>(&[created()]).when(create()).then_expect_events(vec![]);
    let public = RepositoryCommand::Create { account: account(1), visibility: Visibility::Public };
    given::<Repository>(&[created()]).when(public).then_expect_events(vec![]);
}

#[test]
fn a_repository_of_another_account_is_not_created() {
    let foreign = RepositoryCommand::Create { account: account(2), visibility: Visibility::Private };
    given::<Repository>(&[created()]).when(foreign).then_expect_error(RepositoryError::ForeignAccount);
}

#[test]
fn a_new_repository_is_created_with_its_properties() {
    let created = RepositoryEvent::Created { account: account(1), visibility: Visibility::Public };
    given::<Repository>(&[]).when(create_new(account(1))).then_expect_events(vec![
        created.clone(),
        RepositoryEvent::CategoryChanged { category: Category::Linux },
        RepositoryEvent::DescriptionChanged { description: description() },
    ]);
    let (category, description) = (Category::Other, Description::default());
    let plain = RepositoryCommand::CreateNew { account: account(1), visibility: Visibility::Public, category, description };
    given::<Repository>(&[]).when(plain).then_expect_events(vec![created]);
}

#[test]
fn a_repository_that_exists_is_no_new_one() {
    given::<Repository>(&[created()]).when(create_new(account(1))).then_expect_error(RepositoryError::AlreadyExists);
    given::<Repository>(&[created()]).when(create_new(account(2))).then_expect_error(RepositoryError::ForeignAccount);
}

#[test]
fn a_repository_that_is_not_there_takes_no_other_command() {
    let deleted = [filled(), vec![granted(Level::Edit, None), RepositoryEvent::Deleted {}]].concat();
    for history in [vec![], deleted] {
        for command in [
            change_visibility(Visibility::Public),
            push(1, &["a"]),
            delete_version("a"),
            delete_manifest(1),
            grant(Level::Read),
            revoke(),
            shares::share(2, None, 0),
            shares::change(2, None, 0),
            shares::end(2, 0),
            shares::expire(2, 0),
            delete(None),
            delete(Some(account(1))),
        ] {
            given::<Repository>(&history).when(command).then_expect_error(RepositoryError::NotFound);
        }
    }
}

#[test]
fn visibility_is_changed_once() {
    let public = RepositoryEvent::VisibilityChanged { visibility: Visibility::Public };
    given::<Repository>(&[created()]).when(change_visibility(Visibility::Private)).then_expect_events(vec![]);
    given::<Repository>(&[created()]).when(change_visibility(Visibility::Public)).then_expect_events(vec![public.clone()]);
    given::<Repository>(&[created(), public]).when(change_visibility(Visibility::Public)).then_expect_events(vec![]);
}

#[test]
fn properties_are_changed_together_and_each_once() {
    let category = RepositoryEvent::CategoryChanged { category: Category::Database };
    let described = RepositoryEvent::DescriptionChanged { description: description() };
    let public = RepositoryEvent::VisibilityChanged { visibility: Visibility::Public };
    let change = RepositoryCommand::ChangeProperties {
        visibility: Some(Visibility::Public),
        category: Some(Category::Database),
        description: Some(description()),
        now: at(0),
    };
    let all = vec![public.clone(), category.clone(), described.clone()];
    given::<Repository>(&[created()]).when(change.clone()).then_expect_events(all.clone());
    given::<Repository>(&[created(), category]).when(change.clone()).then_expect_events(vec![public, described]);
    given::<Repository>(&[&[created()], &all[..]].concat()).when(change).then_expect_events(vec![]);
}

#[test]
fn a_property_that_is_not_named_stays() {
    let described = RepositoryEvent::DescriptionChanged { description: description() };
    let category = RepositoryCommand::ChangeProperties { visibility: None, category: Some(Category::Arm), description: None, now: at(0) };
    given::<Repository>(&[created(), described.clone()])
        .when(category)
        .then_expect_events(vec![RepositoryEvent::CategoryChanged { category: Category::Arm }]);
    let nothing = RepositoryCommand::ChangeProperties { visibility: None, category: None, description: None, now: at(0) };
    given::<Repository>(&[created(), described.clone()]).when(nothing).then_expect_events(vec![]);
    let cleared = Description::default();
    let clear = RepositoryCommand::ChangeProperties { visibility: None, category: None, description: Some(cleared.clone()), now: at(0) };
    given::<Repository>(&[created(), described])
        .when(clear)
        .then_expect_events(vec![RepositoryEvent::DescriptionChanged { description: cleared }]);
}

#[test]
fn a_level_is_granted_and_changed() {
    given::<Repository>(&[created()]).when(grant(Level::Read)).then_expect_events(vec![granted(Level::Read, None)]);
    given::<Repository>(&[created(), granted(Level::Read, None)])
        .when(grant(Level::Edit))
        .then_expect_events(vec![granted(Level::Edit, Some(Level::Read))]);
}

#[test]
fn the_same_level_again_changes_nothing() {
    given::<Repository>(&[created(), granted(Level::Read, None)]).when(grant(Level::Read)).then_expect_events(vec![]);
}

#[test]
fn a_level_is_revoked_once() {
    let revoked = RepositoryEvent::AccessRevoked { user: user(1), previous_level: Level::Edit };
    let history = [created(), granted(Level::Edit, None)];
    given::<Repository>(&history).when(revoke()).then_expect_events(vec![revoked.clone()]);
    given::<Repository>(&history).and(vec![revoked]).when(revoke()).then_expect_error(RepositoryError::GrantNotFound);
    given::<Repository>(&[created()]).when(revoke()).then_expect_error(RepositoryError::GrantNotFound);
}

#[test]
fn a_repository_is_deleted_with_all_that_it_holds_in_one_event() {
    for account in [None, Some(account(1))] {
        given::<Repository>(&filled()).when(delete(account)).then_expect_events(vec![RepositoryEvent::Deleted {}]);
    }
}

#[test]
fn nothing_of_a_deleted_repository_remains_when_its_name_is_created_again_even_by_another_account() {
    let public = Visibility::Public;
    let again = RepositoryEvent::Created { account: account(2), visibility: public };
    let history = [filled(), vec![granted(Level::Manage, None), RepositoryEvent::Deleted {}]].concat();
    given::<Repository>(&history)
        .when(RepositoryCommand::Create { account: account(2), visibility: public })
        .then_expect_events(vec![again.clone()]);
    let history = [history, vec![again]].concat();
    given::<Repository>(&history).when(revoke()).then_expect_error(RepositoryError::GrantNotFound);
    given::<Repository>(&history)
        .when(push_for(account(2), 1, &["a"]))
        .then_expect_events(vec![manifest_pushed(1), version_pushed("a", 1, None)]);
}

#[test]
fn what_was_decided_about_a_repository_changes_nothing_of_one_that_another_account_has_since() {
    let commands =
        [point_version("c", Reference::Tag(tag("a")), false), delete_version("a"), delete_manifest(1), grant(Level::Read), revoke()];
    for command in commands {
        given::<Repository>(&filled()).when(command.clone().of(account(2))).then_expect_error(RepositoryError::ForeignAccount);
        given::<Repository>(&[]).when(command.of(account(1))).then_expect_error(RepositoryError::NotFound);
    }
    given::<Repository>(&filled()).when(delete_version("a").of(account(1))).then_expect_events(vec![version_deleted("a", 1)]);
}

#[test]
fn another_account_neither_pushes_to_a_repository_nor_deletes_it() {
    // A manifest that is there already is none of its business, either.
    for command in [push_for(account(2), 3, &["c"]), push_for(account(2), 1, &["a"]), delete(Some(account(2)))] {
        given::<Repository>(&filled()).when(command).then_expect_error(RepositoryError::ForeignAccount);
    }
    let taken_over = [RepositoryEvent::Deleted {}, RepositoryEvent::Created { account: account(2), visibility: Visibility::Private }];
    let history = [&filled()[..], &taken_over].concat();
    given::<Repository>(&history).when(push(1, &["a"])).then_expect_error(RepositoryError::ForeignAccount);
    given::<Repository>(&history).when(push_for(account(2), 1, &[])).then_expect_events(vec![manifest_pushed(1)]);
}

#[test]
fn a_grant_that_must_be_new_or_must_be_there_is_refused_otherwise() {
    let grants = |granting| RepositoryCommand::GrantAccess { grants: vec![(user(1), Level::Edit)], granting };
    let held = [created(), granted(Level::Read, None)];
    given::<Repository>(&held).when(grants(Granting::New)).then_expect_error(RepositoryError::GrantExists);
    given::<Repository>(&[created()]).when(grants(Granting::Change)).then_expect_error(RepositoryError::GrantNotFound);
    given::<Repository>(&held).when(grants(Granting::Change)).then_expect_events(vec![granted(Level::Edit, Some(Level::Read))]);
}
