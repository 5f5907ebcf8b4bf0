//! Every noun once, for people and for programs.

use serde_json::{Value, json};

use super::{Person, all, front, push};
use crate::registry::Registry;

#[test]
fn organizations_are_made_listed_shown_and_deleted() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    assert_eq!(person.text(&["org", "create", "web"]), "organization 'web' created\n");
    let listed = person.json(&["org", "list"]);
    assert_eq!(listed[1], json!({ "organization": "web", "level": "manage", "images": 0, "users": 0 }));
    assert!(person.text(&["org", "list"]).starts_with("ORGANIZATION  LEVEL   IMAGES  USERS\nteam"));
    assert_eq!(person.json(&["org", "show", "web"])["creator"], "admin");
    person.text(&["org", "delete", "web"]);
    assert_eq!(all(&person.json(&["org", "list"]), "organization"), ["team"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images_are_made_described_found_and_deleted() {
    let registry = Registry::start();
    push(&registry, "v1", 1).await;
    let (person, front) = (Person::logged_in(&registry, "admin"), front());
    person.text(&["image", "create", "team/base", "--category", "linux", "--description", "first\nline"]);
    let listed = person.json(&["image", "list", "team", "--sort", "name"]);
    assert_eq!(all(&listed, "repository"), ["team/base", front.as_str()]);
    assert_eq!((&listed[1]["tags"], &listed[1]["public"], &listed[0]["category"]), (&json!(1), &json!(false), &json!("linux")));
    assert!(listed[1]["size_bytes"].as_u64().unwrap() > 0 && listed[1]["downloads"] == 0);
    assert_eq!(person.text(&["image", "list", "--category", "linux"]).lines().count(), 2);
    assert_eq!(all(&person.json(&["image", "search", "front"]), "repository"), [front.as_str()]);
    assert_eq!(all(&person.json(&["image", "list", "--sort", "size"]), "repository"), [front.as_str(), "team/base"]);
    assert_eq!(person.json(&["image", "list", "--sort", "downloads"]).as_array().unwrap().len(), 2);
    let part = person.run(&["--json", "image", "list", "--sort", "name", "--limit", "1", "--offset", "1"]);
    assert!(String::from_utf8(part.stdout).unwrap().contains(&front) && part.stderr.is_empty());
    let part = person.run(&["image", "list", "--limit", "1"]);
    assert!(String::from_utf8(part.stderr).unwrap().contains("1 of 2; --offset 1 goes on"));
    assert_eq!(person.json(&["image", "list", "--all"]).as_array().unwrap().len(), 2);

    person.text(&["image", "set", &front, "--visibility", "public", "--description", "for all"]);
    let shown = person.json(&["image", "show", &front]);
    assert_eq!((&shown["public"], &shown["description"], &shown["category"]), (&json!(true), &json!("for all"), &json!("other")));
    let found = person.json(&["center", "search", "front", "--org", "team"]);
    assert_eq!((all(&found, "repository"), &found[0]["account"]), (vec![json!(front)], &json!("default")));
    assert!(
        found[0]["pull"].as_str().unwrap().starts_with("docker pull ") && person.text(&["center", "search", "none"]).lines().count() < 2
    );
    person.text(&["repo", "visibility", &front, "private"]);
    assert!(person.json(&["image", "list", "--visibility", "public"]).as_array().unwrap().is_empty());
    assert!(person.text(&["image", "show", "team/base"]).contains("description:      first line\n"));
    assert!(person.refused(&["image", "set", &front]).1.contains("nothing to change"));
    person.text(&["image", "delete", &front]);
    assert_eq!(all(&person.json(&["image", "list"]), "repository"), ["team/base"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_are_listed_copied_deleted_and_pointed_back() {
    let registry = Registry::start();
    push(&registry, "v1", 1).await;
    push(&registry, "v1", 2).await;
    let (person, front) = (Person::logged_in(&registry, "admin"), front());
    let tag = |name: &str| format!("{front}:{name}");
    person.text(&["tag", "copy", &tag("v1"), "v2"]);
    assert!(person.refused(&["tag", "copy", &tag("v1"), "v2"]).1.contains("4090048"));
    person.text(&["tag", "copy", &tag("v1"), "v2", "--replace"]);
    let listed = person.json(&["tag", "list", &front, "--sort", "tag"]);
    assert_eq!((all(&listed, "tag"), &listed[0]["kind"]), (vec![json!("v1"), json!("v2")], &json!("image")));
    assert_eq!(listed[0]["digest"], listed[1]["digest"]);
    assert_eq!(person.json(&["image", "tags", &front]), json!([{ "tag": "v1" }, { "tag": "v2" }]));
    assert!(person.text(&["tag", "list", &front, "--tag", "2"]).starts_with("TAG  DIGEST"));
    let shown = person.json(&["tag", "show", &tag("v1")]);
    assert!(shown["manifest"].as_str().unwrap().starts_with('{'));
    let pull = format!("docker pull {}/{}", registry.server.host(), tag("v1"));
    assert_eq!((&shown["docker_pull"], &shown["downloads"], &shown["last_pulled_at"]), (&json!(pull), &json!(0), &Value::Null));
    let text = person.text(&["tag", "show", &tag("v1")]);
    let by_digest = format!("{}/{front}@{}", registry.server.host(), shown["digest"].as_str().unwrap());
    let lines = [pull, format!("docker pull {by_digest}"), format!("ctr images pull {by_digest}")];
    assert!(lines.iter().all(|line| text.contains(&format!("  {line}\n"))), "{text}");
    let image = person.json(&["image", "show", &front]);
    assert_eq!(image["docker_push"], format!("docker push {}/{front}:TAG", registry.server.host()));
    assert_eq!(image["containerd_push"], format!("ctr images push --user USER {}/{front}:TAG", registry.server.host()));
    assert_eq!((&listed[0]["pushed_by_name"], &shown["pushed_by_name"]), (&json!("admin"), &json!("admin")));

    let history = person.json(&["tag", "history", &tag("v1")]);
    let first = history[1]["digest"].as_str().unwrap();
    assert_eq!((&history[0]["digest"], &history[0]["until"]), (&listed[0]["digest"], &Value::Null));
    let id = person.json(&["whoami"])["id"].clone();
    assert_eq!((&history[1]["pushed_by"], &history[1]["pushed_by_name"], &history[1]["ended_by"]), (&id, &json!("admin"), &id));
    assert_eq!(serde_json::from_str::<Value>(&registry.ambar(&["--json", "tag", "history", &tag("v1")])).unwrap(), history);
    for table in [person.text(&["tag", "history", &tag("v1")]), registry.ambar(&["tag", "history", &tag("v1")])] {
        assert!(
            table.contains("PUSHED_BY  ENDED_BY\n") && table.contains("admin      admin\n") && !table.contains(id.as_str().unwrap()),
            "{table}"
        );
    }
    person.text(&["tag", "restore", &tag("v1"), first]);
    assert_eq!(person.json(&["tag", "show", &tag("v1")])["digest"], first);
    assert!(person.refused(&["tag", "delete", &tag("v1"), &tag("none")]).1.contains("the tag 'none' does not exist; nothing is deleted"));
    let manifest = format!("{front}@{first}");
    let mixed: [(&[&str], &str); 3] = [
        (&[&tag("v1"), "team/other:v1"], "are of one image"),
        (&[&tag("v1"), &manifest], "a manifest is deleted alone"),
        (&[&manifest, &tag("v1")], "a manifest is deleted alone"),
    ];
    for (images, expected) in mixed {
        let (code, said) = person.refused(&[&["tag", "delete"], images].concat());
        assert!(code == 2 && said.contains(expected), "{code} {said}");
    }
    assert_eq!(person.refused(&["tag", "delete", &format!("{front}:{first}")]).0, 2);
    person.text(&["tag", "copy", &tag("v1"), "v3"]);
    assert_eq!(all(&person.json(&["tag", "list", &front, "--sort", "tag", "--limit", "1", "--offset", "1"]), "tag"), ["v2"]);
    assert_eq!(
        person.text(&["tag", "delete", &tag("v1"), &tag("v2"), &tag("v1")]),
        format!("versions '{}', '{}' deleted\n", tag("v1"), tag("v2"))
    );
    assert_eq!(all(&person.json(&["tag", "list", &front]), "tag"), ["v3"]);
    person.text(&["tag", "delete", &manifest, &manifest]);
    assert_eq!(person.json(&["tag", "list", &front]), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permissions_are_given_by_user_name_and_access_is_explained() {
    let registry = Registry::start();
    push(&registry, "v1", 1).await;
    let (person, front) = (Person::logged_in(&registry, "admin"), front());
    person.text(&["user", "create", "anna"]);
    for on in ["team", &front] {
        person.text(&["grant", "set", on, "--user", "anna", "--level", "read"]);
        person.text(&["grant", "add", on, "--user", "anna", "--level", "edit"]);
        let listed = person.json(&["grant", "list", on]);
        assert_eq!((all(&listed, "user"), all(&listed, "level")), (vec![json!("anna")], vec![json!("edit")]));
    }
    let rows = person.json(&["access", &front]);
    let anna = rows.as_array().unwrap().iter().find(|row| row["name"] == "anna").unwrap();
    assert_eq!((&anna["kind"], &anna["level"]), (&json!("user"), &json!("edit")));
    assert!(person.text(&["access", &front]).contains("account_administrator"));
    let past = person.refused(&["access", &front, "--at", "2020-01-01T00:00:00Z"]);
    assert!(past.0 == 3 && past.1.contains(&format!("at 2020-01-01T00:00:00Z there was no image '{front}'")), "{}", past.1);
    assert_eq!(person.refused(&["access", &front, "--at", "2020-01-01"]), past);
    let wrong = person.refused(&["access", &front, "--at", "yesterday"]);
    assert!(wrong.0 == 2 && wrong.1.contains("such as 2027-01-31T18:00:00Z"), "{}", wrong.1);
    assert!(person.refused(&["access", &front, "--at", "2200-01-01T00:00:00Z"]).1.contains("it must be a time that has passed"));

    let anna = Person::logged_in(&registry, "anna");
    assert_eq!(anna.json(&["grant", "list", "team"])[0]["level"], "edit");
    person.text(&["grant", "remove", &front, "--user", "anna"]);
    person.text(&["grant", "repo", &front, "--user", "anna", "--level", "manage"]);
    person.text(&["grant", "org", "team", "--user", "anna", "--level", "none"]);
    assert!(person.json(&["grant", "list", "team"]).as_array().unwrap().is_empty());
    // Who manages an image may not look up others, and gives an id.
    person.text(&["user", "create", "otto"]);
    let otto = person.json(&["user", "show", "otto"])["id"].as_str().unwrap().to_owned();
    assert!(anna.refused(&["grant", "set", &front, "--user", "otto", "--level", "read"]).1.contains("only administrators"));
    anna.text(&["grant", "set", &front, "--user", &otto, "--level", "read"]);
    assert_eq!(all(&person.json(&["grant", "list", &front]), "user"), ["anna", "otto"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images_are_shared_with_another_account_until_an_end() {
    let registry = Registry::start();
    push(&registry, "v1", 1).await;
    let (person, front) = (Person::logged_in(&registry, "admin"), front());
    registry.ambar(&["account", "create", "acme"]);
    person.text(&["share", "add", &front, "acme", "--until", "2099-12-31", "--description", "trial"]);
    let listed = person.json(&["share", "list", &front]);
    assert_eq!((&listed[0]["account"], &listed[0]["until"]), (&json!("acme"), &json!("2100-01-01T00:00:00Z")));
    assert_eq!(person.refused(&["share", "set", &front, "acme"]).0, 2);
    person.text(&["share", "set", &front, "acme", "--description", "renewed"]);
    let listed = person.json(&["share", "list", &front]);
    assert_eq!((&listed[0]["description"], &listed[0]["until"]), (&json!("renewed"), &json!("2100-01-01T00:00:00Z")));
    person.text(&["share", "set", &front, "acme", "--until", "forever"]);
    let text = person.text(&["share", "list", &front]);
    assert!(text.contains("forever") && text.contains("renewed"), "{text}");
    assert_eq!(all(&person.json(&["share", "list"]), "repository"), [front.as_str()]);
    assert_eq!(person.json(&["share", "list", "--org", "team", "--name", "front", "--category", "other"]).as_array().unwrap().len(), 1);
    assert_eq!(person.json(&["share", "list", "--category", "linux"]), json!([]));
    assert_eq!(person.refused(&["share", "list", &front, "--name", "front"]).0, 2);
    assert_eq!(person.json(&["share", "received", "--name", "front", "--org", "team"]), json!([]));
    let access = person.json(&["access", &front]);
    assert!(access.as_array().unwrap().iter().any(|row| row["kind"] == "account" && row["name"] == "acme"), "{access}");
    assert_eq!(person.json(&["share", "list", "--ended"]), json!([]));
    assert_eq!(person.refused(&["share", "list", &front, "--limit", "1"]).0, 2);
    let removed = person.text(&["share", "remove", &front, "acme"]);
    assert_eq!(removed, format!("image '{front}' is no longer shared with account 'acme'\n"));
    assert_eq!(all(&person.json(&["share", "list", "--ended"]), "repository"), [front.as_str()]);
    let history = person.json(&["share", "history", &front]);
    assert_eq!(
        (all(&history, "ending"), &history[0]["until"]),
        (vec![json!("ended"), json!("changed"), json!("changed")], &json!("forever"))
    );
    assert_eq!((&history[0]["ended_by_name"], &history[1]["written_by_name"]), (&json!("admin"), &json!("admin")));
    let acme = all(&serde_json::from_str(&registry.ambar(&["--json", "account", "list"])).unwrap(), "id");
    assert!(history[0]["account"] == "acme" && acme.contains(&history[0]["account_id"]), "{history}");
    assert_eq!(serde_json::from_str::<Value>(&registry.ambar(&["--json", "share", "history", &front])).unwrap(), history);
    let of_account = person.json(&["share", "history"]);
    assert_eq!((all(&of_account, "repository"), all(&of_account, "ending")), (vec![json!(front); 3], all(&history, "ending")));
    assert_eq!(person.json(&["share", "history", "--state", "changed", "--account", "acme"]), json!([of_account[1], of_account[2]]));
    assert_eq!(person.json(&["share", "history", &front, "--state", "valid"]), json!([]));
    // As the answers spell it, and as options are.
    for state in ["repository_deleted", "repository-deleted"] {
        assert_eq!(person.json(&["share", "history", "--state", state]), json!([]));
    }
    let id = person.json(&["whoami"])["id"].as_str().unwrap().to_owned();
    for table in [person.text(&["share", "history", &front]), registry.ambar(&["share", "history", &front])] {
        assert!(table.contains("admin       admin\n") && !table.contains(&id) && !table.contains("ACCOUNT_ID"), "{table}");
    }
    assert!(person.refused(&["share", "add", &front, "nobody"]).1.contains("SVCSTG.SWR.4001041"));
    person.text(&["image", "delete", &front]);
    let (code, said) = person.refused(&["share", "history", &front]);
    assert!(
        code == 3 && said.contains("does not exist; to administrators `ambar share history` lists those of deleted images too"),
        "{said}"
    );
    assert_eq!(all(&person.json(&["share", "history"]), "repository"), vec![json!(front); 3]);
}

#[test]
fn an_account_is_closed_by_its_administrators_over_the_api() {
    let registry = Registry::start();
    registry.ambar(&["account", "create", "acme"]);
    registry.ambar(&["user", "create", "otto", "--administrator", "--account", "acme"]);
    let otto = Person::logged_in_of(&registry, "acme", "otto");
    let other = otto.refused(&["account", "close", "default"]);
    assert!(other.0 == 1 && other.1.contains("it must be the name of your account; `ambar account show` shows it"), "{other:?}");
    otto.text(&["org", "create", "web"]);
    let full = otto.refused(&["account", "close", "acme"]);
    assert!(full.0 == 1 && full.1.contains("the account still has organizations; `ambar org list` lists them"), "{full:?}");
    otto.text(&["org", "delete", "web"]);
    assert_eq!(otto.text(&["account", "close", "acme"]), "account 'acme' closed; `ambar logout` forgets the key for it\n");
    assert_eq!(otto.refused(&["whoami"]).0, 4);
    assert_eq!(otto.refused(&["account", "close", "acme"]).0, 4);
    registry.ambar(&["account", "create", "acme"]);
}

#[test]
fn the_account_as_a_whole_is_shown() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let overview = person.json(&["overview"]);
    assert_eq!((&overview["organizations"], &overview["images"], &overview["size_bytes"]), (&json!(1), &json!(0), &json!(0)));
    assert!(person.text(&["overview"]).contains("size:           0 B\n"));
    let days = person.json(&["report", "stored"]);
    assert_eq!((days.as_array().unwrap().len(), &days[29]["size_bytes"]), (30, &json!(0)));
    assert!(person.text(&["report", "downloaded"]).starts_with("DATE        SIZE\n20"));
    assert_eq!(person.json(&["quota"]), json!([{ "quota": "namespace", "used": 1, "limit": 5 }]));
}

#[test]
fn what_the_registry_can_do_is_listed_with_yes_and_no_alone() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let off = [
        "cci_service",
        "cosign_signature",
        "enterprise_edition_link",
        "experience",
        "hss_service",
        "image_label",
        "image_quota",
        "image_scan",
        "image_sync",
        "pipeline",
        "resource",
        "sm3",
    ];
    let on = ["authorization_token", "customize_validity_period", "list_v3"];
    let mut expected: Vec<_> = off.map(|name| (name, false)).into_iter().chain(on.map(|name| (name, true))).collect();
    expected.sort_unstable();
    let expected: Vec<_> = expected.into_iter().map(|(name, is_on)| json!({ "feature": name, "enabled": is_on })).collect();
    assert_eq!(person.json(&["features"]), json!(expected));
    let shown = person.text(&["features"]);
    assert!(shown.starts_with("FEATURE") && shown.lines().skip(1).all(|line| line.ends_with("yes") || line.ends_with("no")), "{shown}");
}
