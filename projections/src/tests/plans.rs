//! How SQLite looks things up: what was so at a place in the log is found by an index, however long the history is.

use super::node::Node;
use crate::access::{FACTS, LIST_HOLDERS};
use crate::cards::page::{Key, Page};
use crate::cards::statements::{self, Place, Walk};
use crate::cards::stretches;
use crate::cards::{COUNT_SHARES, CardOrder};
use crate::identity::WITH_ACCESS;
use crate::repositories::{PageOrder, version_pages};
use crate::shares::history::LIST_SHARES_GIVEN;

/// The plan of a query, line by line.
pub(super) fn plan(sql: &str) -> Vec<String> {
    let node = Node::new();
    let views = node.views("views");
    let reader = views.reader().unwrap();
    let mut statement = reader.connection().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // What parameters stand for makes no difference to a plan.
    statement.raw_query().mapped(|row| row.get("detail")).map(Result::unwrap).collect()
}

#[test]
fn what_a_repository_held_at_a_place_in_the_log_is_found_by_an_index() {
    for (table, key) in [("manifests", "digest"), ("tags", "name"), ("blob_links", "digest")] {
        let plan = plan(&format!(
            "SELECT 1 FROM {table} WHERE repository = 1 AND {key} = 1 AND from_position <= x'0101' ORDER BY from_position DESC LIMIT 1"
        ));
        let by_all_of_it = format!("(repository=? AND {key}=? AND from_position<?)");
        assert!(plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].ends_with(&by_all_of_it), "{table}: {plan:?}");
    }
}

#[test]
fn what_a_repository_holds_now_is_found_by_an_index_of_that_alone() {
    for (table, key) in [("manifests", "digest"), ("tags", "name")] {
        let plan = plan(&format!("SELECT from_at FROM {table} WHERE repository = 1 AND {key} = 1 AND until_position IS NULL"));
        let current = format!("INDEX {table}_current (");
        assert!(plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].contains(&current), "{table}: {plan:?}");
    }
}

#[test]
fn what_an_organization_links_is_found_without_a_look_at_what_others_link() {
    let plan = plan("SELECT from_at FROM blob_links WHERE digest = 1 AND organization = 1 AND until_position IS NULL");
    let own = "INDEX blob_links_current (digest=? AND organization=?)";
    assert!(plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].ends_with(own), "{plan:?}");
}

#[test]
fn a_page_of_all_repositories_or_versions_is_read_in_the_order_of_an_index() {
    let cards =
        ["path", "updated_at", "tag_count", "size_bytes", "pull_count"].map(|column| ("repository_cards", "account", column, "repository"));
    let tags = [("tags", "repository", "from_at", "name")];
    for (table, owner, column, tie) in cards.into_iter().chain(tags) {
        let among = if table == "tags" { "AND until_position IS NULL" } else { "" };
        for direction in ["ASC", "DESC"] {
            let order = format!("{column} {direction}, {tie} {direction}");
            let plan = plan(&format!("SELECT {tie} FROM {table} WHERE {owner} = 1 {among} ORDER BY {order} LIMIT 10"));
            assert!(plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].ends_with(&format!("({owner}=?)")), "{order}: {plan:?}");
        }
    }
}

#[test]
fn a_page_of_versions_is_walked_to_from_the_one_before() {
    for (order, index) in [
        (PageOrder::Tag, "tags_current (repository=? AND name>?)"),
        (PageOrder::Newest, "tags_by_time (repository=? AND (from_at,name)<(?,?))"),
    ] {
        let plan = plan(version_pages::statement(order));
        let walk = plan.iter().find(|line| line.starts_with("SEARCH tag ")).unwrap();
        assert!(walk.ends_with(index), "{order:?}: {plan:?}");
        let before_the_page: Vec<_> = plan.iter().take_while(|line| !line.contains("SCAN page")).collect();
        assert!(before_the_page.iter().all(|line| !line.contains("TEMP B-TREE")), "{order:?}: {plan:?}");
    }
}

#[test]
fn the_events_of_an_account_or_of_a_repository_of_it_are_read_in_their_order() {
    let of = |by: &str, among: &str| {
        plan(&format!(
            "SELECT position, previous FROM account_events {by} WHERE account = 1 AND position > x'0101' AND position <= x'0201' {among}
              AND actor = 1 ORDER BY position LIMIT 10"
        ))
    };
    let expected = "SEARCH account_events USING PRIMARY KEY (account=? AND position>? AND position<?)";
    assert_eq!(of("NOT INDEXED", ""), [expected]);
    let expected =
        "SEARCH account_events USING INDEX account_events_by_repository (account=? AND repository=? AND position>? AND position<?)";
    assert_eq!(of("INDEXED BY account_events_by_repository", "AND repository = 1"), [expected]);
}

#[test]
fn shares_are_found_by_repository_by_account_and_by_end() {
    for (condition, index) in [
        ("repository = 1 AND account = '1'", "shares_current (repository=? AND account=?)"),
        ("account = '1'", "shares_by_account (account=?)"),
        ("ends_at IS NOT NULL AND ends_at <= 1", "shares_by_end (ends_at>? AND ends_at<?)"),
    ] {
        let plan = plan(&format!("SELECT from_at FROM shares WHERE until_position IS NULL AND {condition}"));
        assert!(plan.len() == 1 && plan[0].starts_with("SEARCH") && plan[0].ends_with(index), "{condition}: {plan:?}");
    }
}

#[test]
fn what_is_shared_with_an_account_is_counted_in_an_index_alone() {
    let plan = plan(COUNT_SHARES);
    assert_eq!(plan, ["SEARCH shares USING COVERING INDEX shares_by_account (account=?)"]);
}

#[test]
fn the_history_of_what_an_account_shared_is_walked_back_over_and_nothing_else() {
    let plan = plan(LIST_SHARES_GIVEN);
    assert!(plan[0].ends_with("shares_history_by_owner (owner=? AND from_position<?)"), "{plan:?}");
    assert!(plan.iter().all(|line| !line.contains("TEMP B-TREE")), "{plan:?}");
}

/// A page in each order, first and last first.
fn pages() -> impl Iterator<Item = Page> {
    let keys = CardOrder::ALL.map(Key::Of).into_iter().chain([Key::Number]);
    keys.flat_map(|key| [false, true].map(|descending| Page { key, descending, after: 0, offset: 0, limit: 10 }))
}

/// What the plan says of the cards that a page is looked for among, before those on it are looked up.
fn on_the_way(sql: &str) -> Vec<String> {
    plan(sql).into_iter().take_while(|line| !line.contains("SCAN page")).filter(|line| line.contains(" card ")).collect()
}

#[test]
fn a_page_of_all_cards_or_of_most_is_walked_to_in_the_index_of_its_order() {
    for page in pages() {
        let index = match page.key {
            Key::Number => "repository_cards_by_number (account=? AND repository>?)",
            Key::Of(CardOrder::Name) => "repository_cards_by_path (account=?)",
            Key::Of(CardOrder::UpdatedAt) => "repository_cards_by_update (account=?)",
            Key::Of(CardOrder::TagCount) => "repository_cards_by_tags (account=?)",
            Key::Of(CardOrder::Size) => "repository_cards_by_size (account=?)",
            Key::Of(CardOrder::PullCount) => "repository_cards_by_pulls (account=?)",
        };
        for walk in [Walk::Straight, Walk::Telling, Walk::Found] {
            let found = on_the_way(statements::walk(walk, page));
            assert_eq!(found, [format!("SEARCH card USING COVERING INDEX {index}")], "{walk:?} {page:?}");
        }
        let found = on_the_way(statements::walk(Walk::Looking, page));
        assert!(found.len() == 1 && found[0].ends_with(index), "{page:?}: {found:?}");
    }
}

#[test]
fn a_page_far_inside_a_list_is_walked_to_from_a_boundary_and_cards_before_a_boundary_are_counted_back_from_it() {
    for (order, index, key) in [
        (CardOrder::Name, "repository_cards_by_path", "path"),
        (CardOrder::UpdatedAt, "repository_cards_by_update", "updated_at"),
        (CardOrder::TagCount, "repository_cards_by_tags", "tag_count"),
        (CardOrder::Size, "repository_cards_by_size", "size_bytes"),
        (CardOrder::PullCount, "repository_cards_by_pulls", "pull_count"),
    ] {
        let page = Page { key: Key::Of(order), descending: false, after: 0, offset: 0, limit: 10 };
        let onwards = on_the_way(statements::walk(Walk::Onwards(order), page));
        assert_eq!(onwards, [format!("SEARCH card USING COVERING INDEX {index} (account=? AND ({key},repository)>(?,?))")]);
        let back = plan(stretches::back(order));
        assert_eq!(back, [format!("SEARCH repository_cards USING COVERING INDEX {index} (account=? AND ({key},repository)<(?,?))")]);
    }
}

#[test]
fn what_is_limited_is_looked_for_only_where_it_stands() {
    let all = "SEARCH card USING PRIMARY KEY (account=?)";
    let of_organization = "SEARCH card USING PRIMARY KEY (account=? AND organization=?)";
    let one = "SEARCH card USING INDEX repository_cards_current (repository=? AND account=?)";
    let place = "SEARCH card USING PRIMARY KEY (account=? AND organization=? AND repository>? AND repository<?)";
    for (way, expected) in [
        (Place::Account, &[all][..]),
        (Place::Organization, &[of_organization]),
        (Place::Grants, &[of_organization, one]),
        (Place::Names, &[place]),
    ] {
        assert_eq!(on_the_way(statements::keys(way)), expected);
    }
}

#[test]
fn who_holds_what_is_found_without_a_look_at_the_administrators_of_other_accounts() {
    let plan = plan(LIST_HOLDERS);
    for (row, index) in [("role", "user_roles_by_account"), ("carried", "group_roles_by_account")] {
        let own =
            plan.iter().any(|line| line.starts_with(&format!("SEARCH {row} USING")) && line.ends_with(&format!("{index} (account=?)")));
        assert!(own, "{row}: {plan:?}");
    }
    assert!(plan.iter().all(|line| !line.starts_with("SCAN member") && !line.starts_with("SCAN person")), "{plan:?}");
}

#[test]
fn what_decides_about_somebody_on_an_image_is_read_without_an_index_beside_each_table() {
    let plan = plan(FACTS);
    for table in ["organizations", "organization_grants", "repository_visibility", "repository_grants", "repositories"] {
        assert!(plan.iter().any(|line| line.starts_with(&format!("SEARCH {table} USING PRIMARY KEY"))), "{table}: {plan:?}");
    }
    assert!(plan.iter().all(|line| line.starts_with("SEARCH") || line.starts_with("CORRELATED")), "{plan:?}");
}

#[test]
fn who_is_an_administrator_now_is_found_without_a_look_at_roles_that_have_ended_or_at_other_users() {
    let of_user = plan("SELECT EXISTS (SELECT 1 FROM administrators WHERE user = 'somebody')");
    for index in ["user_roles_current (user=?)", "memberships_current (user=?)", "group_roles_current (user_group=?)"] {
        assert!(of_user.iter().any(|line| line.starts_with("SEARCH") && line.ends_with(index)), "{index}: {of_user:?}");
    }
    let of_account = plan(WITH_ACCESS);
    for index in ["user_roles_current_by_account (account=?)", "group_roles_current_by_account (account=?)"] {
        assert!(of_account.iter().any(|line| line.starts_with("SEARCH") && line.ends_with(index)), "{index}: {of_account:?}");
    }
    assert!(of_account.iter().all(|line| !line.starts_with("SCAN")), "{of_account:?}");
}

#[test]
fn accounts_that_are_closed_are_found_without_a_look_at_those_that_are_open() {
    let plan = plan("SELECT account FROM closed_accounts ORDER BY account");
    assert_eq!(plan, ["SCAN accounts USING INDEX accounts_closed"]);
}
