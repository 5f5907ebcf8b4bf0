//! A user without rights learns nothing: every answer is the same for what exists and for what does not.

use ambar_domain::level::Level;
use http::Method;

use crate::support::{Login, TestRegistry, digest, image};

/// Every question that can be asked about a repository, a manifest and a blob.
fn questions(repository: &str, reference: &str, blob: &str) -> Vec<(Method, String)> {
    let path = |rest: &str| format!("/v2/{repository}/{rest}");
    let session = format!("blobs/uploads/{}.{}", "0".repeat(32), "A".repeat(43));
    let mut questions = vec![
        (Method::GET, path("tags/list")),
        (Method::GET, path(&format!("referrers/{blob}"))),
        (Method::POST, path("blobs/uploads/")),
        (Method::POST, path(&format!("blobs/uploads/?mount={blob}"))),
        (Method::POST, path(&format!("blobs/uploads/?mount={blob}&from={repository}"))),
    ];
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        questions.push((method, path(&format!("manifests/{reference}"))));
    }
    for method in [Method::GET, Method::HEAD, Method::DELETE] {
        questions.push((method, path(&format!("blobs/{blob}"))));
    }
    for method in [Method::GET, Method::PATCH, Method::PUT, Method::DELETE] {
        questions.push((method, path(&session)));
    }
    questions
}

async fn assert_same_answers(registry: &TestRegistry, login: Option<&Login>, status: u16) {
    let web = image("web");
    let layer = digest(&web.layer);
    let there = questions("team/web", "v1", &layer);
    let nowhere = [
        questions("team/nil", "v1", &layer),
        questions("team/web", "v1", &digest(b"unknown")),
        questions("none/web", "v1", &layer),
        questions("team/web", "v9", &layer),
    ];
    for nowhere in nowhere {
        for ((method, real), (_, unreal)) in there.iter().zip(&nowhere) {
            let mut answers = Vec::new();
            for path in [real, unreal] {
                let request = registry.ask(method.clone(), path);
                let request = match login {
                    Some(login) => request.login(login),
                    None => request,
                };
                let answer = request.send().await;
                assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
                let (status, headers, body) = answer.fingerprint();
                // The challenge repeats the name that was asked for.
                let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name, without_names(&value))).collect();
                answers.push((status, headers, body));
            }
            assert_eq!(answers[0], answers[1], "{method} {real} and {unreal}");
        }
    }
}

fn without_names(value: &str) -> String {
    ["team/web", "team/nil", "none/web"].iter().fold(value.to_owned(), |value, name| value.replace(name, "name"))
}

async fn registry_with_web() -> TestRegistry {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    registry
}

#[tokio::test]
async fn a_colleague_without_rights_learns_nothing() {
    let registry = registry_with_web().await;
    let user = registry.user("user").await;
    assert_same_answers(&registry, Some(&user), 403).await;
}

#[tokio::test]
async fn another_account_learns_nothing() {
    let registry = registry_with_web().await;
    let (_, stranger) = registry.other_account("globex").await;
    assert_same_answers(&registry, Some(&stranger), 403).await;
}

#[tokio::test]
async fn nobody_in_particular_learns_nothing() {
    let registry = registry_with_web().await;
    assert_same_answers(&registry, None, 401).await;
    let registry = TestRegistry::start_with(|settings| settings.anonymous_pull = true).await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    assert_same_answers(&registry, None, 401).await;
}

#[tokio::test]
async fn a_reader_of_one_repository_learns_nothing_of_anothers_blobs() {
    let registry = registry_with_web().await;
    registry.push(&registry.administrator, "team/open", "v1", &image("open")).await.assert(201);
    let user = registry.user("user").await;
    registry.grant_on("team/open", &user, Some(Level::Manage)).await;
    let (there, nowhere) = (digest(&image("web").layer), digest(b"unknown"));
    for method in [Method::GET, Method::HEAD, Method::DELETE] {
        let mut answers = Vec::new();
        for blob in [&there, &nowhere] {
            let answer = registry.ask(method.clone(), &format!("/v2/team/open/blobs/{blob}")).login(&user).send().await;
            answer.assert(404);
            answers.push(String::from_utf8(answer.body.to_vec()).unwrap().replace(blob.as_str(), "digest"));
        }
        assert_eq!(answers[0], answers[1]);
    }
    for blob in [&there, &nowhere] {
        for from in ["", "&from=team/web"] {
            let path = format!("/v2/team/open/blobs/uploads/?mount={blob}{from}");
            registry.post(&path).login(&user).send().await.assert(202);
        }
    }
    // A manifest that names the blob does not bring it in.
    let stolen = image("web");
    registry.put_manifest(&user, "team/open", "v2", &stolen.bytes()).await.assert_refused(400, "MANIFEST_BLOB_UNKNOWN");
}

#[tokio::test]
async fn error_texts_say_nothing_of_the_inside() {
    let registry = registry_with_web().await;
    for path in ["/v2/team/web/manifests/none", "/v2/team/web/blobs/sha256:1", "/v2/nobody/x/tags/list", "/nothing", "/v2/x"] {
        let answer = registry.get(path).login(&registry.administrator).send().await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        for inside in ["sqlite", "SELECT", "panicked", ".rs", "/tmp", "views"] {
            assert!(!text.contains(inside), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn what_an_account_left_under_a_name_that_another_took_over_is_nobodys() {
    use ambar_domain::level::Visibility;
    use ambar_domain::repository::RepositoryCommand;
    let registry = TestRegistry::start().await;
    let (other, stranger) = registry.other_account("globex").await;
    let create = RepositoryCommand::Create { account: other, visibility: Visibility::Public };
    registry.state.aggregates.repositories.execute("team/left", create, &registry.operator()).await.unwrap();
    for login in [&stranger, &registry.administrator] {
        registry.get("/v2/team/left/tags/list").login(login).send().await.assert_refused(403, "DENIED");
    }
}
