//! Certificates that are replaced while the server runs (requirement P9).

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::registry::Registry;
use ambar_test_support::tls::TlsFiles;
use ambar_test_support::wait;

/// The server looks every two seconds.
const LIMIT: Duration = Duration::from_secs(30);
const REFUSED: &str = "the old one stays";

/// Whether a new connection is good in the eyes of one who trusts `authority`.
fn trusted(registry: &Registry, authority: &Path) -> bool {
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--output", "/dev/null", "--cacert"]).arg(authority);
    command.arg(format!("{}/healthz", registry.server.url)).status().unwrap().success()
}

fn reloaded(registry: &Registry, authority: &Path) {
    wait::until("the new certificate is in use", LIMIT, || Ok(trusted(registry, authority).then_some(()))).unwrap();
}

/// Replaces the files as tools do that renew certificates: each by a rename.
fn replace(file: &Path, with: &Path) {
    let beside = file.with_extension("new");
    fs::copy(with, &beside).unwrap();
    fs::rename(&beside, file).unwrap();
}

fn refusals(registry: &Registry) -> usize {
    registry.server.process.output().unwrap().matches(REFUSED).count()
}

#[tokio::test]
async fn a_new_certificate_is_taken_by_new_connections_and_old_ones_go_on() {
    let registry = Registry::start();
    let login = registry.administrator();
    let mut old = registry.client(&login, "team/web").await;
    old.expect("GET", "/v2/", 200).await.unwrap();

    let renewed = TlsFiles::create(&registry.path().join("renewed")).unwrap();
    assert!(trusted(&registry, &registry.tls.authority) && !trusted(&registry, &renewed.authority));
    replace(&registry.tls.certificate, &renewed.certificate);
    replace(&registry.tls.key, &renewed.key);
    reloaded(&registry, &renewed.authority);
    assert!(!trusted(&registry, &registry.tls.authority));
    // A new connection of this client would not trust the new authority.
    old.expect("GET", "/v2/", 200).await.unwrap();
}

#[test]
fn a_certificate_that_cannot_be_used_leaves_the_old_one_in_place_and_is_logged_once() {
    let registry = Registry::start();
    fs::write(&registry.tls.certificate, "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
    wait::until("the broken certificate is logged", LIMIT, || Ok((refusals(&registry) > 0).then_some(()))).unwrap();
    assert!(trusted(&registry, &registry.tls.authority));

    // One whose key has not come yet.
    let renewed = TlsFiles::create(&registry.path().join("renewed")).unwrap();
    replace(&registry.tls.certificate, &renewed.certificate);
    wait::until("the certificate without its key is logged", LIMIT, || Ok((refusals(&registry) > 1).then_some(()))).unwrap();
    assert!(trusted(&registry, &registry.tls.authority));
    fs::remove_file(&registry.tls.key).unwrap();
    wait::until("the missing key is logged", LIMIT, || Ok((refusals(&registry) > 2).then_some(()))).unwrap();
    assert!(trusted(&registry, &registry.tls.authority));

    replace(&registry.tls.key, &renewed.key);
    reloaded(&registry, &renewed.authority);
    assert_eq!(refusals(&registry), 3, "each state of the files is logged once");
}
