//! `kill -9` under load, again and again: what was answered 201 is there and whole afterwards.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::registry::{ORGANIZATION, Registry};
use ambar_load::client::Client;
use ambar_load::content::{Image, Random};
use ambar_load::endpoint::Endpoint;
use ambar_load::login::Login;
use ambar_load::subject::Subject;
use ambar_test_support::server::Server;

const KILLS: u64 = 50;
const CLIENTS: u64 = 4;

/// An image whose push was answered 201.
type Pushed = (String, String, Arc<Image>);

async fn push_until_it_breaks(subject: Subject, seed: u64, pushed: Arc<Mutex<Vec<Pushed>>>) {
    let repository = format!("{ORGANIZATION}/crash-{}", seed % CLIENTS);
    let Ok(endpoint) = subject.authorized(std::slice::from_ref(&repository)).await else { return };
    let mut client = Client::new(endpoint);
    let mut random = Random::new(seed);
    for number in 0_u64.. {
        let (tag, image) = (format!("v{seed}-{number}"), Arc::new(Image::random(&mut random)));
        if client.push_image(&repository, &tag, &image).await.is_err() {
            return;
        }
        pushed.lock().unwrap().push((repository.clone(), tag, image));
    }
}

async fn load_until_killed(subject: &Subject, server: &mut Server, round: u64, pushed: &Arc<Mutex<Vec<Pushed>>>) {
    let before = pushed.lock().unwrap().len();
    let clients: Vec<_> =
        (0..CLIENTS).map(|client| tokio::spawn(push_until_it_breaks(subject.clone(), round * CLIENTS + client, pushed.clone()))).collect();
    // The moment depends on how far the load has come, so it falls anywhere in a push.
    let wanted = before + Random::new(round).next() as usize % 12;
    let deadline = Instant::now() + Duration::from_secs(20);
    while pushed.lock().unwrap().len() < wanted && Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    server.process.kill().unwrap();
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_fifty_times_under_load_has_every_push_that_it_acknowledged() {
    let mut registry = Registry::start();
    let login = registry.administrator();
    let login = Login { user: login.user, key: login.key };
    let pushed = Arc::new(Mutex::new(Vec::new()));
    let mut checked = 0;
    for round in 0..KILLS {
        let endpoint = Endpoint::new(&registry.server.url, Some(&registry.tls.authority)).unwrap();
        let subject = Subject { name: "Ambar".to_owned(), endpoint, login: Some(login.clone()), process: None };
        load_until_killed(&subject, &mut registry.server, round, &pushed).await;
        registry.server = Server::start(&registry.options).unwrap();
        let acknowledged = pushed.lock().unwrap().clone();
        checked = check(&registry, &login, &acknowledged, checked).await;
    }
    assert!(checked > 100, "only {checked} images were pushed");
    let acknowledged = pushed.lock().unwrap().clone();
    check(&registry, &login, &acknowledged, 0).await;
    assert!(registry.ambar(&["views", "status"]).contains("live"));
}

/// Pulls every image from `from` on and compares each byte; answers how many there are.
async fn check(registry: &Registry, login: &Login, pushed: &[Pushed], from: usize) -> usize {
    let endpoint = Endpoint::new(&registry.server.url, Some(&registry.tls.authority)).unwrap();
    let subject = Subject { name: "Ambar".to_owned(), endpoint, login: Some(login.clone()), process: None };
    let repositories: Vec<_> = (0..CLIENTS).map(|client| format!("{ORGANIZATION}/crash-{client}")).collect();
    let mut client = Client::new(subject.authorized(&repositories).await.unwrap());
    for (repository, tag, image) in &pushed[from..] {
        client.pull_image(repository, tag, image).await.unwrap();
    }
    pushed.len()
}
