use proptest::prelude::*;

use super::{Access, AccessFacts, Because, Caller, Share};
use crate::clock::Timestamp;
use crate::level::{Level, Visibility};
use crate::samples::{account, at, user};

fn member(administrator: bool) -> Caller {
    Caller::User { user: user(1), account: account(1), administrator }
}

fn stranger(administrator: bool) -> Caller {
    Caller::User { user: user(2), account: account(2), administrator }
}

fn facts(visibility: Option<Visibility>, organization_grant: Option<Level>, repository_grant: Option<Level>) -> AccessFacts {
    AccessFacts { owner: Some(account(1)), visibility, organization_grant, repository_grant, share: None }
}

/// Shared with the caller's account until so many seconds.
fn shared(visibility: Option<Visibility>, until: Option<i64>) -> AccessFacts {
    AccessFacts { share: Some(Share { until: until.map(at) }), ..facts(visibility, None, None) }
}

/// At a moment that does not matter.
fn access(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool) -> Option<Access> {
    super::access(caller, facts, anonymous_pull, at(0))
}

fn may_create(caller: &Caller, facts: &AccessFacts) -> bool {
    super::may_create(caller, facts, at(0))
}

/// A user of account 2 that acts for account 1.
fn delegate(level: Level, until: Option<i64>) -> Caller {
    Caller::Delegate { user: user(2), home: account(2), account: account(1), level, until: until.map(at) }
}

fn because(level: Level, because: Because) -> Option<Access> {
    Some(Access { level, because, until: None })
}

const PRIVATE: Option<Visibility> = Some(Visibility::Private);
const PUBLIC: Option<Visibility> = Some(Visibility::Public);

#[test]
fn a_member_without_a_grant_has_nothing_on_a_private_repository() {
    assert_eq!(access(&member(false), &facts(PRIVATE, None, None), true), None);
}

#[test]
fn an_administrator_manages_what_the_account_owns_even_where_a_grant_says_less() {
    let expected = because(Level::Manage, Because::AccountAdministrator);
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
    assert_eq!(on_organization, because(Level::Edit, Because::OrganizationGrant));
    let on_repository = access(&member(false), &facts(PRIVATE, Some(Level::Edit), Some(Level::Manage)), false);
    assert_eq!(on_repository, because(Level::Manage, Because::RepositoryGrant));
}

#[test]
fn of_equal_reasons_the_first_is_named() {
    let all_read = access(&member(false), &facts(PUBLIC, Some(Level::Read), Some(Level::Read)), false);
    assert_eq!(all_read, because(Level::Read, Because::OrganizationGrant));
}

#[test]
fn everybody_with_a_login_reads_a_public_repository() {
    let expected = because(Level::Read, Because::Public);
    for caller in [member(false), stranger(false), stranger(true)] {
        assert_eq!(access(&caller, &facts(PUBLIC, None, None), false), expected, "{caller:?}");
    }
}

#[test]
fn users_of_an_account_that_a_repository_is_shared_with_read_it_until_the_end_of_the_share() {
    let read = |until| Some(Access { level: Level::Read, because: Because::Share, until });
    let decide = |until, now| super::access(&stranger(false), &shared(PRIVATE, until), false, at(now));
    assert_eq!(decide(None, 100), read(None));
    assert_eq!(decide(Some(10), 9), read(Some(at(10))));
    assert_eq!(decide(Some(10), 10), None);
    assert_eq!(access(&Caller::Anonymous, &shared(PRIVATE, None), true), None);
    assert!(!may_create(&stranger(true), &shared(PRIVATE, None)));
}

#[test]
fn a_share_is_named_before_public_and_gives_nothing_at_home_or_where_no_repository_is() {
    let found = access(&stranger(false), &shared(PUBLIC, Some(10)), false);
    assert_eq!(found, Some(Access { level: Level::Read, because: Because::Share, until: Some(at(10)) }));
    let later = super::access(&stranger(false), &shared(PUBLIC, Some(10)), false, at(10));
    assert_eq!(later, because(Level::Read, Because::Public));
    assert_eq!(access(&member(false), &shared(PRIVATE, None), false), None);
    assert_eq!(access(&stranger(false), &shared(None, None), false), None);
}

#[test]
fn who_acts_for_an_account_has_what_that_has_entrusted_until_the_end_of_it() {
    let decide = |level, until, now| super::access(&delegate(level, until), &facts(PRIVATE, None, None), false, at(now));
    for level in [Level::Read, Level::Edit, Level::Manage] {
        assert_eq!(decide(level, None, 100), because(level, Because::Delegation));
        assert_eq!(decide(level, Some(10), 9), Some(Access { level, because: Because::Delegation, until: Some(at(10)) }));
        assert_eq!(decide(level, Some(10), 10), None);
        assert_eq!(may_create(&delegate(level, Some(10)), &facts(None, None, None)), level >= Level::Edit);
        assert!(!super::may_create(&delegate(level, Some(10)), &facts(None, None, None), at(10)));
    }
}

#[test]
fn who_acts_for_an_account_has_nothing_by_grants_or_shares_and_nothing_of_other_accounts_but_what_is_public() {
    let foreign = |visibility| AccessFacts { owner: Some(account(3)), share: Some(Share { until: None }), ..facts(visibility, None, None) };
    let manager = delegate(Level::Manage, None);
    assert_eq!(access(&manager, &foreign(PRIVATE), true), None);
    assert_eq!(access(&manager, &foreign(PUBLIC), false), because(Level::Read, Because::Public));
    assert!(!may_create(&manager, &foreign(None)));
    let granted = facts(PRIVATE, Some(Level::Manage), Some(Level::Manage));
    assert_eq!(access(&delegate(Level::Read, None), &granted, false), because(Level::Read, Because::Delegation));
    assert_eq!(access(&manager, &AccessFacts { owner: Some(account(2)), ..granted }, false), None);
}

#[test]
fn without_a_login_a_public_repository_is_read_only_where_the_operator_allows_it() {
    let public = facts(PUBLIC, None, None);
    assert_eq!(access(&Caller::Anonymous, &public, true), because(Level::Read, Because::Public));
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
    let share = prop::option::of(prop::option::of(-2i64..3).prop_map(|until| Share { until: until.map(at) }));
    (owner, visibility, any_level(), any_level(), share).prop_map(|(owner, visibility, organization_grant, repository_grant, share)| {
        AccessFacts { owner, visibility, organization_grant, repository_grant, share }
    })
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (-3i64..4).prop_map(at)
}

fn any_caller() -> impl Strategy<Value = Caller> {
    prop::sample::select(vec![
        Caller::Anonymous,
        member(false),
        member(true),
        stranger(false),
        stranger(true),
        delegate(Level::Read, None),
        delegate(Level::Edit, Some(2)),
        delegate(Level::Manage, Some(1_000)),
    ])
}

fn level(caller: &Caller, facts: &AccessFacts, anonymous_pull: bool) -> Option<Level> {
    access(caller, facts, anonymous_pull).map(|access| access.level)
}

/// Whether the caller belongs to the account that owns the organization, or acts for it.
fn is_at_home(caller: &Caller, facts: &AccessFacts) -> bool {
    matches!(caller, Caller::User { account, .. } | Caller::Delegate { account, .. } if facts.owner.as_ref() == Some(account))
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
    fn nobody_outside_the_owning_account_has_more_than_read_and_that_by_share_or_because_it_is_public(caller in any_caller(), facts in any_facts(), anonymous in any::<bool>()) {
        prop_assume!(!is_at_home(&caller, &facts));
        let found = access(&caller, &facts, anonymous);
        prop_assert!(found.is_none() || facts.visibility == PUBLIC || facts.share.is_some());
        let by_either = |access: Access| matches!(access.because, Because::Share | Because::Public);
        prop_assert!(found.is_none_or(|access| access.level == Level::Read && by_either(access)));
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
            Because::Delegation => match caller {
                Caller::Delegate { level, .. } => Some(level),
                Caller::Anonymous | Caller::User { .. } => None,
            },
            Because::Share | Because::Public => Some(Level::Read),
        };
        prop_assert_eq!(Some(found.level), given);
    }

    #[test]
    fn a_decision_is_the_same_at_every_moment_before_its_end(caller in any_caller(), facts in any_facts(), now in any_time(), wait in 0i64..4) {
        let later = now + chrono::Duration::seconds(wait);
        let (first, second) = (super::access(&caller, &facts, true, now), super::access(&caller, &facts, true, later));
        let holds = first.is_some_and(|first| first.until.is_none_or(|until| later < until));
        prop_assert!(!holds || first == second, "{:?} {:?}", first, second);
    }

    #[test]
    fn whether_anonymous_pull_is_on_is_nothing_to_a_user(caller in any_caller(), facts in any_facts()) {
        prop_assume!(caller != Caller::Anonymous);
        prop_assert_eq!(access(&caller, &facts, true), access(&caller, &facts, false));
    }
}
