use super::{Organization, OrganizationCommand, OrganizationError, OrganizationEvent};
use crate::grants::Granting;
use crate::level::Level;
use crate::samples::{account, given, parsed, user};

fn delete(number: u8) -> OrganizationCommand {
    OrganizationCommand::Delete { account: account(number) }
}

fn created() -> OrganizationEvent {
    OrganizationEvent::Created { account: account(1) }
}

fn grant(level: Level) -> OrganizationCommand {
    OrganizationCommand::GrantAccess { grants: vec![(user(1), level)], granting: Granting::Whatever }
}

fn granted(level: Level, previous_level: Option<Level>) -> OrganizationEvent {
    OrganizationEvent::AccessGranted { user: user(1), level, previous_level }
}

fn revoke() -> OrganizationCommand {
    OrganizationCommand::RevokeAccess { users: vec![user(1)] }
}

fn revoked(previous_level: Level) -> OrganizationEvent {
    OrganizationEvent::AccessRevoked { user: user(1), previous_level }
}

fn admit(repository: &str) -> OrganizationCommand {
    OrganizationCommand::AdmitRepository { account: account(1), repository: parsed(repository) }
}

fn admitted(repository: &str) -> OrganizationEvent {
    OrganizationEvent::RepositoryAdmitted { repository: parsed(repository) }
}

fn begin_release(repository: &str) -> OrganizationCommand {
    OrganizationCommand::BeginReleaseOfRepository { repository: parsed(repository) }
}

fn release_begun(repository: &str) -> OrganizationEvent {
    OrganizationEvent::RepositoryReleaseBegun { repository: parsed(repository) }
}

fn release(repository: &str) -> OrganizationCommand {
    OrganizationCommand::ReleaseRepository { repository: parsed(repository) }
}

fn released(repository: &str) -> OrganizationEvent {
    OrganizationEvent::RepositoryReleased { repository: parsed(repository) }
}

#[test]
fn an_organization_is_created() {
    given::<Organization>(&[]).when(OrganizationCommand::Create { account: account(1) }).then_expect_events(vec![created()]);
}

#[test]
fn an_organization_is_not_created_twice_not_even_by_its_owner() {
    for n in [1, 2] {
        let create = OrganizationCommand::Create { account: account(n) };
        given::<Organization>(&[created()]).when(create).then_expect_error(OrganizationError::AlreadyExists);
    }
}

#[test]
fn an_organization_that_is_not_there_takes_no_other_command() {
    for history in [vec![], vec![created(), OrganizationEvent::Deleted {}]] {
        let (begin, release) = (begin_release("team-a/web"), release("team-a/web"));
        for command in [grant(Level::Edit), revoke(), admit("team-a/web"), begin, release, delete(1)] {
            given::<Organization>(&history).when(command).then_expect_error(OrganizationError::NotFound);
        }
    }
}

#[test]
fn a_level_is_granted_and_changed() {
    given::<Organization>(&[created()]).when(grant(Level::Read)).then_expect_events(vec![granted(Level::Read, None)]);
    given::<Organization>(&[created(), granted(Level::Read, None)])
        .when(grant(Level::Manage))
        .then_expect_events(vec![granted(Level::Manage, Some(Level::Read))]);
}

#[test]
fn the_same_level_again_changes_nothing() {
    given::<Organization>(&[created(), granted(Level::Read, None)]).when(grant(Level::Read)).then_expect_events(vec![]);
}

#[test]
fn a_level_is_revoked() {
    let history = [created(), granted(Level::Read, None), granted(Level::Edit, Some(Level::Read))];
    given::<Organization>(&history).when(revoke()).then_expect_events(vec![revoked(Level::Edit)]);
}

#[test]
fn a_level_that_is_not_held_cannot_be_revoked() {
    given::<Organization>(&[created()]).when(revoke()).then_expect_error(OrganizationError::GrantNotFound);
    let history = [created(), granted(Level::Read, None), revoked(Level::Read)];
    given::<Organization>(&history).when(revoke()).then_expect_error(OrganizationError::GrantNotFound);
}

#[test]
fn a_repository_is_admitted_once() {
    given::<Organization>(&[created()]).when(admit("team-a/web")).then_expect_events(vec![admitted("team-a/web")]);
    given::<Organization>(&[created(), admitted("team-a/web")]).when(admit("team-a/web")).then_expect_events(vec![]);
}

#[test]
fn a_repository_of_another_organization_is_refused() {
    for foreign in ["team-b/web", "team/web", "team-a-b/web"] {
        given::<Organization>(&[created(), admitted("team-a/web")])
            .when(admit(foreign))
            .then_expect_error(OrganizationError::ForeignRepository);
    }
}

#[test]
fn a_repository_is_admitted_only_for_the_account_that_owns_the_organization() {
    let admit = OrganizationCommand::AdmitRepository { account: account(2), repository: parsed("team-a/web") };
    given::<Organization>(&[created()]).when(admit).then_expect_error(OrganizationError::ForeignAccount);
}

#[test]
fn a_repository_is_released_once_in_two_steps() {
    let history = [created(), admitted("team-a/web")];
    given::<Organization>(&history).when(begin_release("team-a/web")).then_expect_events(vec![release_begun("team-a/web")]);
    let begun = given::<Organization>(&history).and(vec![release_begun("team-a/web")]);
    begun.when(begin_release("team-a/web")).then_expect_events(vec![]);
    let begun = given::<Organization>(&history).and(vec![release_begun("team-a/web")]);
    begun.when(release("team-a/web")).then_expect_events(vec![released("team-a/web")]);
    let gone = given::<Organization>(&history).and(vec![release_begun("team-a/web"), released("team-a/web")]);
    gone.when(release("team-a/web")).then_expect_events(vec![]);
    let gone = given::<Organization>(&history).and(vec![release_begun("team-a/web"), released("team-a/web")]);
    gone.when(begin_release("team-a/web")).then_expect_events(vec![]);
}

#[test]
fn a_repository_that_is_created_anew_while_it_is_released_stays() {
    let leaving = [created(), admitted("team-a/web"), release_begun("team-a/web")];
    given::<Organization>(&leaving).when(admit("team-a/web")).then_expect_events(vec![admitted("team-a/web")]);
    given::<Organization>(&leaving)
        .and(vec![admitted("team-a/web")])
        .when(release("team-a/web"))
        .then_expect_error(OrganizationError::RepositoryReadmitted);
}

#[test]
fn an_empty_organization_is_deleted() {
    let history = [created(), granted(Level::Read, None), admitted("team-a/web"), release_begun("team-a/web"), released("team-a/web")];
    given::<Organization>(&history).when(delete(1)).then_expect_events(vec![OrganizationEvent::Deleted {}]);
}

#[test]
fn an_organization_is_not_deleted_as_another_accounts() {
    given::<Organization>(&[created()]).when(delete(2)).then_expect_error(OrganizationError::ForeignAccount);
}

#[test]
fn an_organization_with_a_repository_is_not_deleted() {
    for history in [vec![created(), admitted("team-a/web")], vec![created(), admitted("team-a/web"), release_begun("team-a/web")]] {
        given::<Organization>(&history)
            .when(delete(1))
            .then_expect_error(OrganizationError::NotEmpty { repositories: [parsed("team-a/web")].into() });
    }
}

#[test]
fn another_account_takes_the_name_of_a_deleted_organization_and_inherits_nothing() {
    let history = [created(), granted(Level::Manage, None), OrganizationEvent::Deleted {}];
    let again = OrganizationEvent::Created { account: account(2) };
    given::<Organization>(&history).when(OrganizationCommand::Create { account: account(2) }).then_expect_events(vec![again.clone()]);
    given::<Organization>(&history).and(vec![again]).when(revoke()).then_expect_error(OrganizationError::GrantNotFound);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut organization = Organization::default();
    [created(), granted(Level::Edit, None), admitted("team-a/web/front")].into_iter().for_each(|event| organization.evolve(event));
    let snapshot = serde_json::to_string(&organization).unwrap();
    assert_eq!(serde_json::from_str::<Organization>(&snapshot).unwrap(), organization);
}

#[test]
fn several_grants_are_given_together_or_not_at_all() {
    let grants = |granting| OrganizationCommand::GrantAccess { grants: vec![(user(1), Level::Manage), (user(2), Level::Read)], granting };
    let second = OrganizationEvent::AccessGranted { user: user(2), level: Level::Read, previous_level: None };
    let given_one = [created(), granted(Level::Read, None)];
    given::<Organization>(&[created()]).when(grants(Granting::New)).then_expect_events(vec![granted(Level::Manage, None), second.clone()]);
    given::<Organization>(&given_one).when(grants(Granting::New)).then_expect_error(OrganizationError::GrantExists);
    given::<Organization>(&given_one).when(grants(Granting::Change)).then_expect_error(OrganizationError::GrantNotFound);
    given::<Organization>(&given_one)
        .when(grants(Granting::Whatever))
        .then_expect_events(vec![granted(Level::Manage, Some(Level::Read)), second]);
    let revoke_both = OrganizationCommand::RevokeAccess { users: vec![user(1), user(2)] };
    given::<Organization>(&given_one).when(revoke_both).then_expect_error(OrganizationError::GrantNotFound);
}

#[test]
fn what_was_decided_about_an_organization_changes_nothing_of_one_that_another_account_has_since() {
    let history = [created(), granted(Level::Read, None)];
    for command in [grant(Level::Edit), revoke()] {
        given::<Organization>(&history).when(command.clone().of(account(2))).then_expect_error(OrganizationError::ForeignAccount);
        given::<Organization>(&[]).when(command.of(account(1))).then_expect_error(OrganizationError::NotFound);
    }
    given::<Organization>(&history).when(revoke().of(account(1))).then_expect_events(vec![revoked(Level::Read)]);
}
