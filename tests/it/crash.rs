//! `kill -9` under load, again and again: what was answered 201 is there, and whatever is served is whole.

mod uploads;
mod whole;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ambar_load::client::Client;
use ambar_load::content::{Image, Random};
use ambar_load::subject::Subject;
use ambar_test_support::server::{HIGH_UPLOAD_LIMITS, Server};

use self::uploads::Open;
use self::whole::Seen;
use crate::registry::{Login, ORGANIZATION, Registry};

const KILLS: u64 = 50;
const CLIENTS: u64 = 4;

/// An image whose push was answered 201.
type Pushed = (String, String, Arc<Image>);

/// What clients have done and what they left undone.
#[derive(Debug, Default, Clone)]
struct Work {
    pushed: Arc<Mutex<Vec<Pushed>>>,
    open: Arc<Mutex<Vec<Open>>>,
}

fn repository(client: u64) -> String {
    format!("{ORGANIZATION}/crash-{}", client % CLIENTS)
}

async fn push_until_it_breaks(subject: Subject, seed: u64, pushed: Arc<Mutex<Vec<Pushed>>>) {
    let repository = repository(seed);
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

async fn load_until_killed(subject: &Subject, server: &mut Server, round: u64, work: &Work) {
    let before = work.pushed.lock().unwrap().len();
    let push = |client| tokio::spawn(push_until_it_breaks(subject.clone(), round * CLIENTS + client, work.pushed.clone()));
    let mut clients: Vec<_> = (0..CLIENTS).map(push).collect();
    // Seeds apart from those of the images.
    let upload = uploads::leave_open(subject.clone(), repository(round), u64::MAX - round, work.open.clone());
    clients.push(tokio::spawn(upload));
    // The moment depends on how far the load has come, so it falls anywhere in a push.
    let wanted = before + Random::new(round).next() as usize % 12;
    let deadline = Instant::now() + Duration::from_secs(20);
    while work.pushed.lock().unwrap().len() < wanted && Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    server.process.kill().unwrap();
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_fifty_times_under_load_has_every_push_that_it_acknowledged() {
    let mut registry = Registry::start_with(&HIGH_UPLOAD_LIMITS);
    let login = registry.administrator();
    let (work, mut seen) = (Work::default(), Seen::new());
    let (mut checked, mut resumed) = (0, 0);
    for round in 0..KILLS {
        let subject = registry.subject(&login);
        load_until_killed(&subject, &mut registry.server, round, &work).await;
        registry.server = Server::start(&registry.options).unwrap();
        let acknowledged = work.pushed.lock().unwrap().clone();
        checked = check(&registry, &login, &acknowledged, checked, &mut seen).await;
        let open = std::mem::take(&mut *work.open.lock().unwrap());
        resumed += uploads::resume(&mut client(&registry, &login).await, open).await;
    }
    assert!(checked > 100 && resumed > 50, "only {checked} images were pushed, and {resumed} uploads resumed");
    let acknowledged = work.pushed.lock().unwrap().clone();
    check(&registry, &login, &acknowledged, 0, &mut Seen::new()).await;
    assert!(registry.ambar(&["views", "status"]).contains("live"));
}

/// A client that may pull from and push to all of the repositories.
async fn client(registry: &Registry, login: &Login) -> Client {
    let repositories: Vec<_> = (0..CLIENTS).map(repository).collect();
    Client::new(registry.subject(login).authorized(&repositories).await.unwrap())
}

/// Pulls every image from `from` on and compares each byte, and walks whatever else is served; answers how many images there are.
async fn check(registry: &Registry, login: &Login, pushed: &[Pushed], from: usize, seen: &mut Seen) -> usize {
    let mut client = client(registry, login).await;
    for (repository, tag, image) in &pushed[from..] {
        client.pull_image(repository, tag, image).await.unwrap();
    }
    for number in 0..CLIENTS {
        whole::walk(&mut client, &repository(number), seen).await;
    }
    for (repository, tag, _) in pushed {
        assert!(seen.contains(&(repository.clone(), tag.clone())), "{repository}:{tag} is not listed");
    }
    pushed.len()
}
