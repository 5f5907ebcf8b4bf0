//! The servers under measurement, each with a folder of its own.

use crate::Arguments;
use ambar_load::endpoint::Endpoint;
use ambar_load::login::Login;
use ambar_load::scenario::ORGANIZATION;
use ambar_load::subject::Subject;
use ambar_test_support::server::{HIGH_UPLOAD_LIMITS, Server, ServerOptions};
use ambar_test_support::tls::TlsFiles;
use ambar_test_support::yardstick::{Yardstick, YardstickOptions};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Makes a folder in which each server's lies in another part of the disk, where the file system knows how: what one deletes then does
/// not slow down the other. (ext4 without a journal looks at every inode that was deleted lately before it takes one nearby.)
pub(crate) fn folder_apart(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let opened = std::fs::File::open(folder)?;
    // Other file systems have no such flag and need none.
    if let Ok(flags) = rustix::fs::ioctl_getflags(&opened) {
        let _unknown = rustix::fs::ioctl_setflags(&opened, flags | rustix::fs::IFlags::TOPDIR);
    }
    Ok(())
}

/// By a name like no other: the part of the disk is chosen by it, and must not be the one of the last run.
fn own_folder(folder: &Path, prefix: &str) -> Result<PathBuf> {
    Ok(tempfile::Builder::new().prefix(prefix).tempdir_in(folder)?.keep())
}

/// Certificates for both, if they are wanted.
pub(crate) fn tls(arguments: &Arguments, folder: &Path) -> Result<Option<TlsFiles>> {
    arguments.tls.then(|| TlsFiles::create(&folder.join("tls"))).transpose()
}

/// Ambar with its defaults, but for the access log, which the other server does not write either, and for how much an account may upload, which
/// one driver alone is far beyond; and the organization that everything is pushed into.
pub(crate) fn ambar(arguments: &Arguments, folder: &Path, tls: Option<&TlsFiles>) -> Result<(Server, Subject)> {
    let data_dir = own_folder(folder, "ambar-")?;
    let options = ServerOptions {
        program: arguments.ambar.clone(),
        data_dir,
        tls: tls.cloned(),
        arguments: ["--log", "warn"].into_iter().chain(HIGH_UPLOAD_LIMITS).map(str::to_owned).collect(),
    };
    let server = Server::start(&options)?;
    server.command(&["org", "create", ORGANIZATION])?;
    let login = server.first_login()?;
    let subject = Subject {
        name: "Ambar".to_owned(),
        endpoint: endpoint(&server.url, tls)?,
        login: Some(Login { user: login.login_user, key: login.login_key }),
        process: Some(server.process.id()),
    };
    Ok((server, subject))
}

/// docker-registry without a login.
pub(crate) fn docker_registry(arguments: &Arguments, folder: &Path, tls: Option<&TlsFiles>) -> Result<(Yardstick, Subject)> {
    let options = YardstickOptions { program: arguments.registry.clone(), tls: tls.cloned(), htpasswd: None };
    let server = Yardstick::start(&own_folder(folder, "registry-")?, &options)?;
    let subject = Subject {
        name: "docker-registry".to_owned(),
        endpoint: endpoint(&server.url, tls)?,
        login: None,
        process: Some(server.process.id()),
    };
    Ok((server, subject))
}

fn endpoint(url: &str, tls: Option<&TlsFiles>) -> Result<Endpoint> {
    Endpoint::new(url, tls.map(|tls| tls.authority.as_path()))
}
