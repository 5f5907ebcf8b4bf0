mod access_changes;
mod access_index;
mod blocks;
mod cards;
mod center;
mod delegations;
mod events;
mod golden;
mod history;
mod lists;
mod logins;
mod node;
mod organization_list;
mod plans;
mod rebuild;
mod shares;
mod stretches;
mod usage;
mod versions;

use ambar_domain::clock::Timestamp;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::event_log::Position;

use self::history::{Step, digest, take};
use self::node::{Node, dump};
use crate::{State, ViewsError, access, blobs, organizations, repositories};

#[tokio::test]
async fn a_command_is_answered_when_the_views_show_it() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    let name: RepositoryName = "org0/repo0".parse().unwrap();
    for step in [Step::CreateOrganization(0), Step::CreateRepository(0), Step::Link(0, 3)] {
        take(&node, &aggregates, step).await;
    }
    take(&node, &aggregates, Step::Push { repository: 0, manifest: 1, tag: 1, subject: Some(2) }).await;
    take(&node, &aggregates, Step::GrantRepository(0, 1, Level::Edit)).await;
    let reader = views.reader().unwrap();
    let found = repositories::find_tag(&reader, &name, &"v1".parse().unwrap()).unwrap().unwrap();
    assert_eq!((found.digest, found.media_type.as_str(), found.size_bytes), (digest(1), "manifest", 9));
    assert_eq!(repositories::list_tags(&reader, &name, None, 10).unwrap(), ["v1"]);
    assert_eq!(repositories::list_referrers(&reader, &name, &digest(2), None, repositories::PushOrder::default(), 10).unwrap().len(), 1);
    assert!(repositories::is_blob_referenced(&reader, &name, &digest(3)).unwrap());
    assert_eq!(blobs::find_link(&reader, &name, &digest(3)).unwrap(), Some(7));
    let user = format!("{:032x}", 1).parse().unwrap();
    let facts = access::access_facts(&reader, Some(&user), &name).unwrap();
    assert_eq!((facts.visibility, facts.repository_grant), (Some(Visibility::Private), Some(Level::Edit)));
}

#[tokio::test]
async fn a_deleted_organization_leaves_nothing_to_the_next_of_its_name() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    for step in [Step::CreateOrganization(0), Step::GrantOrganization(0, 1, Level::Manage), Step::DeleteOrganization(0)] {
        take(&node, &aggregates, step).await;
    }
    let name = "org0".parse().unwrap();
    assert!(organizations::find_organization(&views.reader().unwrap(), &name).unwrap().is_none());
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    assert!(access::list_grants_on_organization(&views.reader().unwrap(), &name).unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_cannot_be_applied_stops_the_views_and_nobody_waits_in_vain() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    let poison = node.append_unknown_event().await;
    take(&node, &aggregates, Step::CreateOrganization(1)).await;
    let stopped = views.catch_up().await;
    assert!(matches!(stopped, Err(ViewsError::Degraded { event_id, .. }) if event_id == poison), "{stopped:?}");
    let status = views.status();
    assert!(matches!(status.state, State::Degraded { .. }) && status.checkpoint > Position::START);
    assert!(organizations::find_organization(&views.reader().unwrap(), &"org0".parse().unwrap()).unwrap().is_some());
    drop((aggregates, views));
    assert!(matches!(node.views("views").status().state, State::Degraded { .. }), "it is still so after a restart");
}

#[tokio::test]
async fn a_new_file_has_nothing_of_an_event_that_cannot_be_applied_and_all_that_stands_before_it() {
    let node = Node::new();
    let views = node.views("views");
    take(&node, &node.aggregates(&views), Step::CreateOrganization(0)).await;
    let expected = dump(&views);
    drop(views);
    // The grant that it ends was never made: it is understood, and found out on the way into the rows.
    let ended = r#""user":"00000000000000000000000000000002","previous_level":"edit""#;
    node.append("organization.access_revoked", ended, 1, Timestamp::UNIX_EPOCH).await;
    let built = node.views("built");
    assert!(matches!(built.status().state, State::Degraded { .. }), "{built:?}");
    assert_eq!(dump(&built), expected);
}

#[tokio::test]
async fn files_of_another_version_broken_ones_and_those_of_another_log_are_built_anew() {
    let node = Node::new();
    let views = node.views("views");
    take(&node, &node.aggregates(&views), Step::CreateOrganization(0)).await;
    let expected = dump(&views);
    drop(views);
    let path = || crate::file::current(&node.directory.path().join("views")).unwrap();
    let change = |sql| assert_eq!(rusqlite::Connection::open(path()).unwrap().execute(sql, []).unwrap(), 1);
    let damage: [&dyn Fn(); 3] =
        [&|| change("UPDATE checkpoint SET version = 'another'"), &|| std::fs::write(path(), "no database").unwrap(), &|| {
            change("UPDATE checkpoint SET event_id = zeroblob(16)")
        }];
    for damage in damage {
        damage();
        assert_eq!(dump(&node.views("views")), expected);
    }
}

#[tokio::test]
async fn a_file_that_is_damaged_while_it_is_used_is_built_anew() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    let path = crate::file::current(&node.directory.path().join("views")).unwrap();
    // Into the file itself, so that nothing of it is left in the write-ahead log.
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    std::fs::write(&path, vec![0xA5; length]).unwrap();
    take(&node, &aggregates, Step::CreateRepository(0)).await;
    assert_ne!(crate::file::current(&node.directory.path().join("views")), Some(path));
    assert_eq!(dump(&views), dump(&node.views("fresh")));
}
