//! What decides about access now: what is in memory is what the rows say.

use ambar_domain::level::{Level, Visibility};
use ambar_domain::policy::access::{AccessFacts, Caller};
use ambar_domain::repository_name::RepositoryName;
use proptest::prelude::*;

use super::access_changes::{TRUSTING, acting, somebody};
use super::history::{Step, account, open_account, steps, take, user, user_of};
use super::node::Node;
use crate::Views;
use crate::access::{Index, UserState, access_facts};
use crate::delegations::find_delegation_to;
use crate::identity::find_user_by_id;

fn repository(number: u8) -> RepositoryName {
    format!("org{}/repo{number}", number % 2).parse().unwrap()
}

/// What is looked up in memory differs nowhere from what is looked up in the rows, and nothing is kept that the rows do not tell.
fn is_as_the_rows(views: &Views, node: &Node, when: &str) -> Result<(), TestCaseError> {
    let reader = views.reader().unwrap();
    for number in 0..4 {
        let name = repository(number);
        let found = access_facts(&reader, None, &name).unwrap();
        prop_assert_eq!(views.access_facts(&Caller::Anonymous, &name), found, "nobody on {} {}", name, when);
        for asking in 0..3 {
            // Users of an account that was closed are there and nobody asks for them: that is told by what proves to be them.
            let Some(person) = find_user_by_id(&reader, &user(asking)).unwrap() else { continue };
            let state = UserState { administrator: person.administrator, blocked_until: person.blocked_until };
            prop_assert_eq!(views.user_state(&person.user), Some(state), "{}", when);
            let found = access_facts(&reader, Some(&person.user), &name).unwrap();
            for caller in [somebody(asking, &person.account), acting(asking, &person.account, &account(0))] {
                prop_assert_eq!(&views.access_facts(&caller, &name), &found, "{:?} on {} {}", caller, name, when);
            }
        }
    }
    for (truster, trustee) in TRUSTING.map(|(truster, trustee)| (account(truster), account(trustee))) {
        let now = node.now();
        let trustee_is_there = crate::identity::find_account(&reader, &trustee).unwrap().is_some();
        let found = find_delegation_to(&reader, &truster, &trustee, now).unwrap();
        let found = found.map(|found| (found.level, found.until, found.granted_at));
        let known = views.entrusted(&truster, &trustee, now).filter(|_| trustee_is_there);
        prop_assert_eq!(known.map(|known| (known.level, known.until, known.granted_at)), found, "{:?} to {:?} {}", truster, trustee, when);
    }
    prop_assert_eq!(views.facts_in_memory(), Index::load(reader.connection()).unwrap().len(), "{}", when);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_in_memory_is_what_the_rows_say_after_every_event(steps in steps(), page in 1..9_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let node = Node::new();
            let views = node.views("views");
            let aggregates = node.aggregates(&views);
            drop(node.views("late"));
            let accounts = [open_account(0, "acme"), open_account(1, "globex"), open_account(2, "initech")];
            for step in accounts.into_iter().chain([user_of(0, 0), user_of(1, 1), user_of(2, 0)]) {
                take(&node, &aggregates, step).await;
            }
            for step in steps {
                take(&node, &aggregates, step.clone()).await;
                is_as_the_rows(&views, &node, &format!("after {step:?}"))?;
            }
            is_as_the_rows(&node.views("loaded"), &node, "loaded")?;
            is_as_the_rows(&node.views_in_pages("late", page), &node, "caught up in batches")?;
            views.rebuild().await.unwrap();
            is_as_the_rows(&views, &node, "rebuilt")
        })?;
    }
}

#[tokio::test]
async fn what_was_held_on_a_name_is_not_held_when_the_name_is_used_again() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    let made = [Step::CreateOrganization(0), Step::CreateRepository(0)];
    let held = [Step::GrantOrganization(0, 1, Level::Manage), Step::GrantRepository(0, 1, Level::Edit), Step::Share(0, 2, None)];
    let people = [open_account(0, "acme"), open_account(2, "other"), user_of(1, 0), user_of(2, 2)];
    let gone = [Step::DeleteRepository(0), Step::DeleteOrganization(0)];
    for step in people.into_iter().chain(made.clone()).chain(held) {
        take(&node, &aggregates, step).await;
    }
    let [member, receiver] = [somebody(1, &account(0)), somebody(2, &account(2))];
    let facts = |caller| views.access_facts(caller, &repository(0));
    let of_member = facts(&member);
    assert_eq!((of_member.organization_grant, of_member.repository_grant), (Some(Level::Manage), Some(Level::Edit)));
    assert!(facts(&receiver).share.is_some());
    for step in gone {
        take(&node, &aggregates, step).await;
    }
    assert_eq!(facts(&member), AccessFacts::default());
    for step in made {
        take(&node, &aggregates, step).await;
    }
    let fresh = AccessFacts { owner: Some(account(0)), visibility: Some(Visibility::Private), ..AccessFacts::default() };
    assert_eq!([facts(&member), facts(&receiver)], [fresh.clone(), fresh]);
}
