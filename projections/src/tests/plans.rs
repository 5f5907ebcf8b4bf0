//! How SQLite looks things up: what was so at a place in the log is found by an index, however long the history is.

use super::node::Node;

/// The plan of a query, line by line.
fn plan(sql: &str) -> Vec<String> {
    let node = Node::new();
    let views = node.views("views");
    let reader = views.reader().unwrap();
    let mut statement = reader.connection().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    statement.query_map([], |row| row.get("detail")).unwrap().map(Result::unwrap).collect()
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
