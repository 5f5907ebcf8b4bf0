use proptest::prelude::*;

use super::{Access, AccessFacts, Because, Caller, access};
use crate::level::{Level, Visibility};
use crate::samples::{account, user};

fn member(administrator: bool) -> Caller {
    Caller::User { user: user(1), account: account(1), administrator }
}

fn stranger(administrator: bool) -> Caller {
    Caller::User { user: user(2), account: account(2), administrator }
}

fn facts(visibility: Option<Visibility>, organization_grant: Option<Level>, repository_grant: Option<Level>) -> AccessFacts {
    AccessFacts { owner: Some(account(1)), visibility, organization_grant, repository_grant }
}

/// Whether the caller may push a repository that is yet to be (requirement P6). A grant on one that existed before under the name is not enough.
fn may_create(caller: &Caller, facts: &AccessFacts) -> bool {
    let yet_to_be = AccessFacts { visibility: None, ..facts.clone() };
    level(caller, &yet_to_be, false) >= Some(Level::Edit)
}

const PRIVATE: Option<Visibility> = Some(Visibility::Private);
const PUBLIC: Option<Visibility> = Some(Visibility::Public);

#[test]
fn a_member_without_a_grant_has_nothing_on_a_private_repository() {
    assert_eq!(access(&member(false), &facts(PRIVATE, None, None), true), None);
}

#[test]
fn an_administrator_manages_what_the_account_owns_even_where_a_grant_says_less() {
    let expected = Some(Access { level: Level::Manage, because: Because::AccountAdministrator });
    assert_eq!(access(&member(true), &facts(PRIVATE, None, Some(Level::Read)), false), expected);
    assert_eq!(access(&member(true), &facts(None, None, None), false), expected);
}

#[test]
fn an_administrator_of_another_account_is_a_stranger() {
    assert_eq!(access(&stranger(true), &facts(PRIVATE, None, None), true), None);
}

#[test]
fn the_higher_of_two_grants_counts_and_names_itself() {
    let on_organization = access(&member(false), &facts(PRIVATE, Some(Level::Edit), Some(Level::Read)), false);
    assert_eq!(on_organization, Some(Access { level: Level::Edit, because: Because::OrganizationGrant }));
    let on_repository = access(&member(false), &facts(PRIVATE, Some(Level::Edit), Some(Level::Manage)), false);
    assert_eq!(on_repository, Some(Access { level: Level::Manage, because: Because::RepositoryGrant }));
}

#[test]
fn of_equal_reasons_the_first_is_named() {
    let all_read = access(&member(false), &facts(PUBLIC, Some(Level::Read), Some(Level::Read)), false);
    assert_eq!(all_read, Some(Access { level: Level::Read, because: Because::OrganizationGrant }));
}

#[test]
fn everybody_with_a_login_reads_a_public_repository() {
    let expected = Some(Access { level: Level::Read, because: Because::Public });
    for caller in [member(false), stranger(false), stranger(true)] {
        assert_eq!(access(&caller, &facts(PUBLIC, None, None), false), expected, "{caller:?}");
    }
}

#[test]
fn without_a_login_a_public_repository_is_read_only_where_the_operator_allows_it() {
    let public = facts(PUBLIC, None, None);
    assert_eq!(access(&Caller::Anonymous, &public, true), Some(Access { level: Level::Read, because: Because::Public }));
    assert_eq!(access(&Caller::Anonymous, &public, false), None);
    assert_eq!(access(&Caller::Anonymous, &facts(PRIVATE, None, None), true), None);
}

#[test]
fn a_new_repository_needs_edit_or_manage_on_the_organization() {
    for (level, expected) in [(None, false), (Some(Level::Read), false), (Some(Level::Edit), true), (Some(Level::Manage), true)] {
        assert_eq!(may_create(&member(false), &facts(None, level, None)), expected, "{level:?}");
        assert!(!may_create(&stranger(true), &facts(None, level, None)), "{level:?}");
    }
    assert!(may_create(&member(true), &facts(None, None, None)));
    assert!(!may_create(&member(false), &facts(PRIVATE, None, Some(Level::Manage))));
    assert!(!may_create(&Caller::Anonymous, &facts(None, Some(Level::Manage), None)));
}

#[test]
fn nobody_creates_in_an_organization_that_is_not_there() {
    let nowhere = AccessFacts { owner: None, ..facts(None, Some(Level::Manage), None) };
    assert!(!may_create(&member(true), &nowhere));
}

fn any_level() -> impl Strategy<Value = Option<Level>> {
    prop::sample::select(vec![None, Some(Level::Read), Some(Level::Edit), Some(Level::Manage)])
}

fn any_facts() -> impl Strategy<Value = AccessFacts> {
    let owner = prop::sample::select(vec![None, Some(account(1)), Some(account(2))]);
    let visibility = prop::sample::select(vec![None, PRIVATE, PUBLIC]);
    (owner, visibility, any_level(), any_level()).prop_map(|(owner, visibility, organization_grant, repository_grant)| AccessFacts {
        owner,
        visibility,
        organization_grant,
        repository_grant,
    })
}

fn any_caller() -> impl Strategy<Value = Caller> {
    prop::sample::select(vec![Caller::Anonymous, member(false), member(true), stranger(false), stranger(true)])
}

fn level(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool) -> Option<Level> {
    access(caller, facts, anonymous_pull).map(|access| access.level)
}

/// Whether the caller belongs to the account that owns the organization.
fn is_at_home(caller: &Caller, facts: &AccessFacts) -> bool {
    matches!(caller, Caller::User { account, .. } if facts.owner.as_ref() == Some(account))
}

proptest! {
    #[test]
    fn a_higher_grant_never_lowers_the_level(caller in any_caller(), facts in any_facts(), raised in any_level(), anonymous in any::<bool>()) {
        let before = level(&caller, &facts, anonymous);
        let organization = AccessFacts { organization_grant: facts.organization_grant.max(raised), ..facts.clone() };
        let repository = AccessFacts { repository_grant: facts.repository_grant.max(raised), ..facts.clone() };
        prop_assert!(level(&caller, &organization, anonymous) >= before);
        prop_assert!(level(&caller, &repository, anonymous) >= before);
        prop_assert!(!may_create(&caller, &facts) || may_create(&caller, &organization));
    }

    #[test]
    fn becoming_public_never_lowers_the_level(caller in any_caller(), facts in any_facts(), anonymous in any::<bool>()) {
        let private = AccessFacts { visibility: PRIVATE, ..facts.clone() };
        let public = AccessFacts { visibility: PUBLIC, ..facts };
        prop_assert!(level(&caller, &public, anonymous) >= level(&caller, &private, anonymous));
    }

    #[test]
    fn becoming_an_administrator_never_lowers_the_level(facts in any_facts(), anonymous in any::<bool>()) {
        prop_assert!(level(&member(true), &facts, anonymous) >= level(&member(false), &facts, anonymous));
        prop_assert!(level(&stranger(true), &facts, anonymous) >= level(&stranger(false), &facts, anonymous));
    }

    #[test]
    fn nobody_outside_the_owning_account_has_more_than_public_read(caller in any_caller(), facts in any_facts(), anonymous in any::<bool>()) {
        prop_assume!(!is_at_home(&caller, &facts));
        let found = access(&caller, &facts, anonymous);
        prop_assert!(found.is_none() || facts.visibility == PUBLIC);
        let public_read = Access { level: Level::Read, because: Because::Public };
        prop_assert!(found.is_none_or(|access| access == public_read));
        prop_assert!(!may_create(&caller, &facts));
    }

    #[test]
    fn an_organization_that_is_not_there_gives_nobody_anything(caller in any_caller(), facts in any_facts(), anonymous in any::<bool>()) {
        let nowhere = AccessFacts { owner: None, ..facts };
        prop_assert_eq!(access(&caller, &nowhere, anonymous), None);
    }

    #[test]
    fn the_reason_gives_the_level(caller in any_caller(), facts in any_facts(), anonymous in any::<bool>()) {
        let Some(found) = access(&caller, &facts, anonymous) else { return Ok(()) };
        let given = match found.because {
            Because::AccountAdministrator => Some(Level::Manage),
            Because::OrganizationGrant => facts.organization_grant,
            Because::RepositoryGrant => facts.repository_grant,
            Because::Public => Some(Level::Read),
        };
        prop_assert_eq!(Some(found.level), given);
    }

    #[test]
    fn whether_anonymous_pull_is_on_is_nothing_to_a_user(caller in any_caller(), facts in any_facts()) {
        prop_assume!(caller != Caller::Anonymous);
        prop_assert_eq!(access(&caller, &facts, true), access(&caller, &facts, false));
    }
}
