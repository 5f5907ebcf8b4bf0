//! What was looked up about access, and until when it may be kept.

use ambar_domain::account::AccountCommand;
use ambar_domain::group::GroupCommand;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Role};
use ambar_domain::policy::access::{AccessFacts, Caller};
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::user::UserCommand;
use proptest::prelude::*;

use super::history::{
    Step, access_key, account, block_user, delegate, login, open_account, push, steps, take, unblock_user, user, user_of,
};
use super::node::Node;
use crate::Views;
use crate::access::{Stamp, access_facts};
use crate::delegations::{Delegation, find_delegation_to};
use crate::identity::{Login, find_login};

/// Who somebody was, or what they held, when it was looked up.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Login(Box<Login>),
    Delegation(Box<Delegation>),
    Facts(AccessFacts),
}

/// An answer that is kept for as long as all its stamps are current.
struct Kept {
    answer: Answer,
    stamps: Vec<Stamp>,
}

fn repository(number: u8) -> RepositoryName {
    format!("org{}/repo{number}", number % 2).parse().unwrap()
}

fn somebody(number: u8, home: &AccountId) -> Caller {
    Caller::User { user: user(number), account: home.clone(), administrator: false }
}

/// A user acting for an account, with whatever that has entrusted.
fn acting(number: u8, home: &AccountId, truster: &AccountId) -> Caller {
    Caller::Delegate { user: user(number), home: home.clone(), account: truster.clone(), level: Level::Read, until: None }
}

fn facts(views: &Views, generation: u64, caller: &Caller, number: u8) -> Option<Kept> {
    let asking = match caller {
        Caller::Anonymous => None,
        Caller::User { user, .. } | Caller::Delegate { user, .. } => Some(user),
    };
    let facts = access_facts(&views.reader().unwrap(), asking, &repository(number)).unwrap();
    let owner = facts.owner.clone()?;
    let stamps = vec![Stamp::of_caller(generation, caller), Stamp::of_level(generation, caller, &owner, &repository(number))];
    Some(Kept { answer: Answer::Facts(facts), stamps })
}

/// Everything that can be asked, always in the same order: a login with a key, three users and nobody on three repositories, and what two
/// accounts entrust to two others.
fn look(views: &Views, node: &Node) -> Vec<Option<Kept>> {
    let generation = views.generation_of_access();
    let mut found = Vec::new();
    for key in 0..5 {
        let login = find_login(&views.reader().unwrap(), &access_key(key)).unwrap();
        found.push(login.map(|login| {
            let stamp = Stamp::of_caller(generation, &somebody(1, &login.account));
            Kept { answer: Answer::Login(Box::new(login)), stamps: vec![stamp] }
        }));
    }
    for number in 0..3 {
        found.push(facts(views, generation, &Caller::Anonymous, number));
        for (asking, home) in (0..3).flat_map(|asking| [(asking, account(0)), (asking, account(1))]) {
            // Somebody is of one account; for the other there is no answer that could be remembered.
            let person = crate::identity::find_user_by_id(&views.reader().unwrap(), &user(asking)).unwrap();
            let is_home = person.is_some_and(|person| person.account == home);
            found.push(if is_home { facts(views, generation, &somebody(asking, &home), number) } else { None });
            found.push(if is_home { facts(views, generation, &acting(asking, &home, &account(0)), number) } else { None });
        }
    }
    for (truster, trustee) in [(0, 1), (0, 2), (1, 2)].map(|(truster, trustee)| (account(truster), account(trustee))) {
        let entrusted = find_delegation_to(&views.reader().unwrap(), &truster, &trustee, node.now()).unwrap();
        found.push(entrusted.map(|delegation| {
            let stamp = Stamp::of_caller(generation, &acting(1, &trustee, &truster));
            Kept { answer: Answer::Delegation(Box::new(delegation)), stamps: vec![stamp] }
        }));
    }
    found
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
                    let is_current = |kept: &Kept| kept.stamps.iter().all(|stamp| views.is_current(stamp));
                    match kept.as_ref().filter(|kept| is_current(kept)) {
                        // It is told by the time when what is kept ends by itself.
                        Some(Kept { answer: Answer::Delegation(old), .. }) if old.until.is_some_and(|until| until <= node.now()) => {}
                        Some(old) => prop_assert_eq!(Some(&old.answer), found.as_ref().map(|found| &found.answer), "after {:?}", step),
                        None => *kept = found,
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

/// What is looked up before each change: that users 0, 1 and 2 are who they are, that user 2 acts for account 0, and then what users 0, 1 and 2
/// and nobody hold on image 0 and user 0 on image 2.
fn stamps(views: &Views) -> [Stamp; 9] {
    let generation = views.generation_of_access();
    let [first, second, foreigner] = [(0, 0), (1, 0), (2, 1)].map(|(number, home)| somebody(number, &account(home)));
    let delegate = acting(2, &account(1), &account(0));
    let of = |caller: &Caller, number| Stamp::of_level(generation, caller, &account(0), &repository(number));
    let callers = [&first, &second, &foreigner, &delegate].map(|caller| Stamp::of_caller(generation, caller));
    let levels = [of(&first, 0), of(&second, 0), of(&foreigner, 0), of(&Caller::Anonymous, 0), of(&first, 2)];
    std::array::from_fn(|number| callers.iter().chain(&levels).copied().nth(number).unwrap())
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
    let on_image = |number, by| Step::GrantRepository(number, by, Level::Edit);
    for (step, ended) in [
        (push(0, 1, 1), &[][..]),
        (Step::User(0, UserCommand::IssueLogin(login(3, None, &Default::default(), 0))), &[]),
        (Step::User(0, UserCommand::GrantRole { role }), &[0]),
        (Step::User(1, block_user(0)), &[1]),
        (Step::User(1, unblock_user(0)), &[1]),
        (Step::Group(0, GroupCommand::GrantRole { role }), &[0]),
        (Step::Group(0, GroupCommand::AddMember { user: user(1) }), &[1]),
        (Step::Group(0, GroupCommand::RevokeRole { role }), &[0, 1]),
        (Step::Group(0, GroupCommand::RemoveMember { user: user(1) }), &[1]),
        // Who has left is forgotten once too often.
        (Step::Group(0, GroupCommand::Delete), &[0, 1]),
        (Step::GrantOrganization(0, 0, Level::Edit), &[4, 8]),
        (Step::RevokeOrganization(0, 0), &[4, 8]),
        (on_image(0, 1), &[5]),
        (on_image(2, 0), &[8]),
        (Step::Share(0, 1, None), &[6]),
        (Step::EndShare(0, 1), &[6]),
        (Step::Publish(0, true), &[4, 5, 6, 7]),
        (Step::Account(0, delegate(1, 1, Some(Level::Edit), None)), &[3]),
        (Step::Account(1, AccountCommand::Close), &[2, 3]),
        (Step::User(2, UserCommand::Delete), &[2, 3]),
        (Step::DeleteRepository(2), &[8]),
        (Step::DeleteRepository(0), &[4, 5, 6, 7]),
        (Step::DeleteOrganization(0), &[4, 5, 6, 7, 8]),
        (Step::Account(0, AccountCommand::Close), &[0, 1, 3, 4, 5, 6, 7, 8]),
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
