//! The tables, and what a fixed history makes of them: whoever changes either counts up the views' version, so that every node builds anew.

use std::fmt::Write as _;
use std::path::Path;

use ambar_domain::access_key::{LoginKeyHash, SealedSecret};
use ambar_domain::account::{AccountCommand, DelegationChange};
use ambar_domain::blob::BlobCommand;
use ambar_domain::group::GroupCommand;
use ambar_domain::level::{Level, Role};
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::password::PasswordHash;
use ambar_domain::repository::Category;
use ambar_domain::user::{NewLogin, UserCommand};

use super::history::{
    Step, access_key, account, after_hours, block_address, block_user, delegate, delegation, login, take, unblock_address, unblock_user,
    user,
};
use super::node::{Node, dump};
use crate::Reader;

fn people() -> Vec<Step> {
    let (name, project_name, project_id) = ("acme".parse().unwrap(), "local".parse().unwrap(), "f".repeat(32).parse().unwrap());
    let create = |name: &str| UserCommand::Create {
        account: account(0),
        name: name.parse().unwrap(),
        console_access: false,
        programmatic_access: true,
    };
    let key = UserCommand::CreateAccessKey {
        access_key: access_key(1),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        sealed_secret: SealedSecret::new("sealed".to_owned()),
        description: "of the pipeline".parse().unwrap(),
    };
    let reseal = UserCommand::ResealAccessKey { access_key: access_key(1), sealed_secret: SealedSecret::new("sealed anew".to_owned()) };
    let builders =
        GroupCommand::Create { account: account(0), name: "builders".parse().unwrap(), description: "for builds".parse().unwrap() };
    vec![
        Step::Account(0, AccountCommand::Open { name, project_name, project_id }),
        Step::User(1, create("anna")),
        Step::User(2, create("otto")),
        Step::User(1, UserCommand::GrantRole { role: Role::TenantAdministrator }),
        Step::User(1, key),
        Step::User(1, reseal),
        Step::User(1, UserCommand::DisableAccessKey { access_key: access_key(1) }),
        Step::User(1, UserCommand::ChangeDescription { description: "of operations".parse().unwrap() }),
        Step::User(1, UserCommand::ChangeAccessMethods { console_access: Some(true), programmatic_access: Some(true) }),
        Step::Group(0, builders),
        Step::Group(0, GroupCommand::GrantRole { role: Role::SwrAdministrator }),
        Step::Group(0, GroupCommand::AddMember { user: user(2) }),
        Step::Group(0, GroupCommand::Rename { name: "makers".parse().unwrap() }),
        Step::Group(0, GroupCommand::ChangeDescription { description: "for all builds".parse().unwrap() }),
        Step::User(2, UserCommand::Delete),
    ]
}

fn images() -> Vec<Step> {
    let push = |manifest, tag, subject| Step::Push { repository: 0, manifest, tag, subject };
    vec![
        Step::CreateOrganization(0),
        Step::GrantOrganization(0, 1, Level::Read),
        Step::GrantOrganization(0, 1, Level::Edit),
        Step::CreateRepository(0),
        Step::CreateRepository(2),
        Step::Link(0, 0),
        Step::Link(0, 2),
        Step::Mount { repository: 2, digest: 2, from: 0 },
        push(1, 1, None),
        push(3, 1, None),
        push(2, 2, Some(1)),
        Step::Untag(0, 2),
        Step::DeleteManifest(0, 1),
        Step::GrantRepository(0, 1, Level::Manage),
        Step::Share(0, 1, Some(1_000)),
        Step::ChangeShare(0, 1, None),
        Step::EndShare(0, 1),
        Step::Share(0, 1, None),
        Step::Share(2, 1, None),
        Step::EndShare(0, 1),
        Step::Publish(0, true),
        Step::Describe(0, Some(Category::Lang), Some(1)),
        Step::Describe(0, Some(Category::Arm), Some(2)),
        Step::Unlink(0, 0),
        Step::Blob(0, BlobCommand::Condemn),
        Step::DeleteRepository(2),
    ]
}

fn passwords() -> Vec<Step> {
    let set = |user, hash: &str| Step::User(user, UserCommand::SetPassword { password_hash: PasswordHash::new(hash.to_owned()) });
    let account = account(0);
    let create = UserCommand::Create { account, name: "ida".parse().unwrap(), console_access: true, programmatic_access: false };
    vec![Step::User(3, create), set(1, "first"), set(1, "second"), set(3, "hash"), Step::User(3, UserCommand::Delete)]
}

fn logins() -> Vec<Step> {
    let key = |n: u8| UserCommand::CreateAccessKey {
        access_key: access_key(n),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        sealed_secret: SealedSecret::new("sealed".to_owned()),
        description: Default::default(),
    };
    let limit = LoginRepository { repository: "org0/repo0".parse().unwrap(), right: LoginRight::Push };
    let limited = LoginScope::only(vec![limit]).unwrap();
    let issue = |id: u8, scope: &LoginScope, hours| Step::User(1, UserCommand::IssueLogin(login(id, Some(2), scope, hours)));
    vec![
        Step::User(1, key(2)),
        issue(3, &limited, 0),
        issue(4, &LoginScope::EVERYTHING, 0),
        Step::User(1, UserCommand::RevokeLogin { login: access_key(4), now: after_hours(0) }),
        issue(3, &limited, 1),
        issue(4, &LoginScope::EVERYTHING, 1),
        Step::User(1, UserCommand::DeleteAccessKey { access_key: access_key(2) }),
        Step::User(1, UserCommand::IssueLogin(login(5, None, &LoginScope::EVERYTHING, 1))),
    ]
}

fn delegations() -> Vec<Step> {
    let of = |command| Step::Account(0, command);
    let change = DelegationChange { level: Some(Some(Level::Manage)), until: Some(Some(after_hours(3))), description: None };
    let for_other = NewLogin { on_behalf_of: Some(account(1)), ..login(6, None, &LoginScope::EVERYTHING, 1) };
    vec![
        of(delegate(1, 1, None, Some(2))),
        of(AccountCommand::ChangeDelegation { delegation: delegation(1), change, now: after_hours(1) }),
        of(delegate(2, 2, Some(Level::Read), Some(1))),
        of(AccountCommand::ExpireDelegation { delegation: delegation(2), now: after_hours(1) }),
        of(delegate(3, 3, Some(Level::Edit), None)),
        of(AccountCommand::RevokeDelegation { delegation: delegation(3), now: after_hours(1) }),
        Step::User(1, UserCommand::IssueLogin(for_other)),
    ]
}

fn blocks() -> Vec<Step> {
    let steps = [(0, true), (1, true), (1, false)];
    let of_user = steps.map(|(hours, begin)| Step::User(1, if begin { block_user(hours) } else { unblock_user(hours) }));
    let of_address = steps.map(|(hours, begin)| Step::Address(1, if begin { block_address(hours) } else { unblock_address(hours) }));
    let still = [Step::User(1, block_user(2)), Step::Address(2, block_address(0))];
    of_user.into_iter().chain(of_address).chain(still).collect()
}

/// The tables, indexes and views, without their comments.
fn schema(reader: &Reader) -> String {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let tables: Vec<String> = reader.list(sql, [], |row| row.get(0)).unwrap();
    tables.iter().flat_map(|sql| sql.lines()).fold(String::new(), |mut text, line| {
        let line = line.split("--").next().unwrap().trim_end();
        if !line.is_empty() {
            writeln!(text, "{line}").unwrap();
        }
        text
    })
}

#[tokio::test]
async fn the_tables_and_what_events_make_of_them_change_only_with_the_version_of_the_views() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    let pulls = [1, 2].map(|count| Step::Download { repository: 0, manifest: 3, count });
    for step in people().into_iter().chain(images()).chain(passwords()).chain(logins()).chain(delegations()).chain(blocks()).chain(pulls) {
        take(&node, &aggregates, step).await;
    }
    let reader = views.reader().unwrap();
    let version: String = reader.find("SELECT version FROM checkpoint", [], |row| row.get(0)).unwrap().unwrap();
    // The checkpoint tells of the log, not of the views.
    let rows = dump(&views).into_iter().filter(|row| !row.starts_with("checkpoint ")).collect::<Vec<_>>().join("\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/golden.txt");
    ambar_test_support::golden::check(&file, &version, &format!("{}{rows}\n", schema(&reader))).unwrap();
}
