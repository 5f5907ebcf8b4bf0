//! Delegations: what is entrusted to whom, now and before.

use ambar_domain::account::{AccountCommand, DelegationChange};
use ambar_domain::delegation::Trustee;
use ambar_domain::level::Level;

use super::history::{Step, account, after, after_hours, delegate, delegation, open_account};
use crate::delegations::{
    find_delegation, find_delegation_by_name, find_delegation_to, list_delegations, list_due_delegations, list_received_delegations,
};

fn of(number: u8, command: AccountCommand) -> Step {
    Step::Account(number, command)
}

fn opened() -> [Step; 4] {
    [open_account(0, "owner"), open_account(1, "first"), open_account(2, "second"), open_account(3, "third")]
}

#[tokio::test]
async fn a_delegation_is_found_by_its_id_its_name_and_its_trustee_until_its_end() {
    let (_node, views) = after(&[&opened()[..], &[of(0, delegate(1, 2, Some(Level::Edit), Some(2)))]].concat()).await;
    let reader = views.reader().unwrap();
    let name = "operations 1".parse().unwrap();
    let found = |minutes: i64| {
        let now = after_hours(0) + chrono::Duration::minutes(minutes);
        [
            find_delegation(&reader, &account(0), &delegation(1), now).unwrap(),
            find_delegation_by_name(&reader, &account(0), &name, now).unwrap(),
            find_delegation_to(&reader, &account(0), &account(2), now).unwrap(),
            list_delegations(&reader, &account(0), now).unwrap().pop(),
            list_received_delegations(&reader, &account(2), now, None, 10).unwrap().pop(),
        ]
    };
    for delegation in found(119) {
        let delegation = delegation.unwrap();
        assert_eq!((delegation.level, delegation.until), (Some(Level::Edit), Some(after_hours(2))));
        assert_eq!((delegation.account_name.as_str(), delegation.trustee), ("owner", Trustee::Account(account(2))));
        assert_eq!(delegation.trustee_name.unwrap().as_str(), "second");
    }
    assert!(found(120).iter().all(Option::is_none));
    assert!(find_delegation_to(&reader, &account(2), &account(0), after_hours(0)).unwrap().is_none());
}

#[tokio::test]
async fn what_was_changed_or_revoked_is_as_the_last_event_says() {
    let change = DelegationChange { level: Some(Some(Level::Manage)), until: Some(None), description: Some("else".parse().unwrap()) };
    let steps = [
        of(0, delegate(1, 1, Some(Level::Read), Some(2))),
        of(0, AccountCommand::ChangeDelegation { delegation: delegation(1), change, now: after_hours(1) }),
        of(0, delegate(2, 2, Some(Level::Read), None)),
        of(0, AccountCommand::RevokeDelegation { delegation: delegation(2), now: after_hours(1) }),
    ];
    let (_node, views) = after(&[&opened()[..], &steps].concat()).await;
    let listed = list_delegations(&views.reader().unwrap(), &account(0), after_hours(5)).unwrap();
    let seen: Vec<_> = listed.iter().map(|found| (found.name.as_str(), found.level, found.until, found.description.as_str())).collect();
    assert_eq!(seen, [("operations 1", Some(Level::Manage), None, "else")]);
}

#[tokio::test]
async fn what_an_account_was_entrusted_with_is_listed_page_by_page() {
    let steps = [1, 2, 3].map(|number| of(number, delegate(number, 0, None, None)));
    let (_node, views) = after(&[&opened()[..], &steps].concat()).await;
    let names = |after, limit| -> Vec<String> {
        let listed = list_received_delegations(&views.reader().unwrap(), &account(0), after_hours(0), after, limit).unwrap();
        listed.iter().map(|found| found.account_name.to_string()).collect()
    };
    assert_eq!(names(None, 2), ["first", "second"]);
    assert_eq!(names(Some("second"), 2), ["third"]);
}

#[tokio::test]
async fn a_delegation_that_has_reached_its_end_is_due_until_that_is_recorded_and_goes_with_its_account() {
    let steps = [of(0, delegate(1, 1, None, Some(1))), of(0, delegate(2, 2, None, Some(2))), of(3, delegate(3, 1, None, Some(1)))];
    let (node, views) = after(&[&opened()[..], &steps].concat()).await;
    let due = |hours| list_due_delegations(&views.reader().unwrap(), after_hours(hours), 0, 10).unwrap().len();
    assert_eq!((due(0), due(1), due(2)), (0, 2, 3));
    let aggregates = node.aggregates(&views);
    super::take(&node, &aggregates, of(0, AccountCommand::ExpireDelegation { delegation: delegation(1), now: after_hours(1) })).await;
    super::take(&node, &aggregates, of(3, AccountCommand::Close)).await;
    assert_eq!((due(1), due(2)), (0, 1));
    let received = list_received_delegations(&views.reader().unwrap(), &account(1), after_hours(0), None, 10).unwrap();
    assert_eq!(received, []);
}
