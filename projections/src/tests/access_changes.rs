//! Who somebody was when it was looked up, and until when that may be kept.

use ambar_domain::access_key::LoginKeyHash;
use ambar_domain::account::AccountCommand;
use ambar_domain::group::GroupCommand;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Role};
use ambar_domain::login::LoginScope;
use ambar_domain::policy::access::Caller;
use ambar_domain::user::UserCommand;
use proptest::prelude::*;

use super::history::{
    Step, access_key, account, after_hours, block_user, delegate, login, open_account, push, steps, take, unblock_user, user, user_of,
};
use super::node::Node;
use crate::Views;
use crate::access::{Stamp, UserState};
use crate::delegations::{Delegation, find_delegation_to};
use crate::identity::{Login, find_login};

/// Who somebody was when it was looked up.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Login(Box<Login>),
    Delegation(Box<Delegation>),
}

/// An answer that is kept for as long as its stamp is current, and a login without what its user may do for as long as its own is.
struct Kept {
    answer: Answer,
    stamp: Stamp,
    of_login: Option<Stamp>,
}

pub(super) fn somebody(number: u8, home: &AccountId) -> Caller {
    Caller::User { user: user(number), account: home.clone(), administrator: false }
}

/// A user acting for an account, with whatever that has entrusted.
pub(super) fn acting(number: u8, home: &AccountId, truster: &AccountId) -> Caller {
    Caller::Delegate { user: user(number), home: home.clone(), account: truster.clone(), level: Level::Read, until: None }
}

/// Everything that can be kept, always in the same order: logins with keys, and what two accounts entrust to two others.
fn look(views: &Views, node: &Node) -> Vec<Option<Kept>> {
    let (generation, reader) = (views.generation_of_access(), views.reader().unwrap());
    let logins = (0..5).map(|key| {
        let login = find_login(&reader, &access_key(key)).unwrap()?;
        let stamp = Stamp::of_caller(generation, &somebody(1, &login.account));
        let of_login = Some(Stamp::of_login(generation, &login));
        Some(Kept { answer: Answer::Login(Box::new(login)), stamp, of_login })
    });
    let delegations = TRUSTING.map(|(truster, trustee)| {
        let (truster, trustee) = (account(truster), account(trustee));
        let delegation = find_delegation_to(&reader, &truster, &trustee, node.now()).unwrap()?;
        let stamp = Stamp::of_caller(generation, &acting(1, &trustee, &truster));
        Some(Kept { answer: Answer::Delegation(Box::new(delegation)), stamp, of_login: None })
    });
    logins.chain(delegations).collect()
}

/// Who entrusts something to whom in the histories, or may.
pub(super) const TRUSTING: [(u8, u8); 3] = [(0, 1), (0, 2), (1, 2)];

/// A login as it would be found by who its user is now, from memory.
fn renewed(views: &Views, login: &Login) -> Option<Login> {
    let UserState { administrator, blocked_until } = views.user_state(&login.user)?;
    Some(Login { administrator, blocked_until, ..login.clone() })
}

/// Keys of the histories have the same ids whoever has them, where real ones are random: only one user is left with any.
fn with_keys_of_one_user(mut steps: Vec<Step>) -> Vec<Step> {
    steps.retain(|step| match step {
        Step::User(number, UserCommand::CreateAccessKey { .. } | UserCommand::IssueLogin(_)) => *number == 1,
        _ => true,
    });
    steps
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_kept_while_it_is_current_is_what_would_be_found_after_every_event(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let node = Node::new();
            let views = node.views("views");
            let aggregates = node.aggregates(&views);
            for step in [open_account(0, "acme"), open_account(1, "globex"), user_of(0, 0), user_of(1, 1), user_of(2, 0)] {
                take(&node, &aggregates, step).await;
            }
            let mut kept = look(&views, &node);
            for step in with_keys_of_one_user(steps) {
                take(&node, &aggregates, step.clone()).await;
                let found = look(&views, &node);
                for (kept, found) in kept.iter_mut().zip(found) {
                    let answer = found.as_ref().map(|found| &found.answer);
                    match kept.as_ref().filter(|kept| views.is_current(&kept.stamp)) {
                        // It is told by the time when what is kept ends by itself.
                        Some(Kept { answer: Answer::Delegation(old), .. }) if old.until.is_some_and(|until| until <= node.now()) => {}
                        Some(old) => prop_assert_eq!(Some(&old.answer), answer, "after {:?}", step),
                        None => {
                            if let Some(Kept { answer: Answer::Login(old), of_login: Some(stamp), .. }) = kept
                                && views.is_current(stamp)
                            {
                                let renewed = renewed(&views, old).map(|login| Answer::Login(Box::new(login)));
                                prop_assert_eq!(renewed.as_ref(), answer, "renewed after {:?}", step);
                            }
                            *kept = found;
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
}

/// An account with two users and an organization with two images, and another account with a user.
fn two_accounts() -> Vec<Step> {
    let group = GroupCommand::Create { account: account(0), name: "leaders".parse().unwrap(), description: "".parse().unwrap() };
    vec![
        open_account(0, "acme"),
        open_account(1, "globex"),
        user_of(0, 0),
        user_of(1, 0),
        user_of(2, 1),
        Step::Group(0, group),
        Step::Group(0, GroupCommand::AddMember { user: user(0) }),
        Step::CreateOrganization(0),
        Step::CreateRepository(0),
        Step::CreateRepository(2),
    ]
}

/// What is kept before each change: that users 0, 1 and 2 are who they are, that user 2 acts for account 0, and then logins of theirs.
fn stamps(views: &Views) -> [Stamp; 8] {
    let generation = views.generation_of_access();
    let [first, second, foreigner] = [(0, 0), (1, 0), (2, 1)].map(|(number, home)| somebody(number, &account(home)));
    let callers = [first, second, foreigner, acting(2, &account(1), &account(0))];
    let logins = [login_of(0, 0, None), login_of(1, 0, None), login_of(2, 1, None), login_of(2, 1, Some(0))];
    std::array::from_fn(|number| match number {
        0..4 => Stamp::of_caller(generation, &callers[number]),
        _ => Stamp::of_login(generation, &logins[number - 4]),
    })
}

fn login_of(number: u8, home: u8, truster: Option<u8>) -> Login {
    Login {
        user: user(number),
        account: account(home),
        project_name: "tr-west-1".parse().unwrap(),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        enabled: true,
        administrator: false,
        blocked_until: None,
        until: None,
        issued_at: None,
        scope: LoginScope::EVERYTHING,
        on_behalf_of: truster.map(account),
    }
}

#[tokio::test]
async fn a_change_of_access_ends_what_it_concerns_and_leaves_everything_else() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    for step in two_accounts() {
        take(&node, &aggregates, step).await;
    }
    let role = Role::SwrAdministrator;
    for (step, ended) in [
        (push(0, 1, 1), &[][..]),
        (Step::User(0, UserCommand::IssueLogin(login(3, None, &Default::default(), 0))), &[]),
        (Step::User(0, UserCommand::RevokeLogin { login: access_key(3), now: after_hours(0) }), &[0, 4]),
        (Step::User(0, UserCommand::GrantRole { role }), &[0]),
        (Step::User(1, block_user(0)), &[1]),
        (Step::User(1, unblock_user(0)), &[1]),
        (Step::Group(0, GroupCommand::GrantRole { role }), &[0]),
        (Step::Group(0, GroupCommand::AddMember { user: user(1) }), &[1]),
        (Step::Group(0, GroupCommand::RevokeRole { role }), &[0, 1]),
        (Step::Group(0, GroupCommand::RemoveMember { user: user(1) }), &[1]),
        (Step::Group(0, GroupCommand::Delete), &[0]),
        (Step::GrantOrganization(0, 0, Level::Edit), &[]),
        (Step::GrantRepository(0, 1, Level::Edit), &[]),
        (Step::Share(0, 1, None), &[]),
        (Step::Publish(0, true), &[]),
        (Step::Account(0, delegate(1, 1, Some(Level::Edit), None)), &[3]),
        (Step::Account(1, AccountCommand::Close), &[2, 3, 6, 7]),
        (Step::User(2, UserCommand::Delete), &[2, 3, 6, 7]),
        (Step::DeleteRepository(0), &[]),
        (Step::Account(0, AccountCommand::Close), &[0, 1, 3, 4, 5, 7]),
    ] {
        let before = stamps(&views);
        take(&node, &aggregates, step.clone()).await;
        let found: Vec<usize> = (0..before.len()).filter(|number| !views.is_current(&before[*number])).collect();
        assert_eq!(found, ended, "{step:?}");
    }
}

#[tokio::test]
async fn nothing_that_was_looked_up_is_current_in_another_file() {
    let (_node, views) = super::history::after(&two_accounts()).await;
    let before = stamps(&views);
    views.rebuild().await.unwrap();
    assert!(before.iter().all(|stamp| !views.is_current(stamp)));
    assert!(stamps(&views).iter().all(|stamp| views.is_current(stamp)));
}
