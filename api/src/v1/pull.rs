//! The commands that pull a version, ready to copy (requirement M2).

use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;

use crate::call::Call;

/// The one of Docker, and the one of containerd.
pub(super) fn commands(call: &Call, name: &RepositoryName, tag: &Tag) -> (String, String) {
    of(call, &format!("{name}:{tag}"))
}

/// The same of a manifest, wherever its tags point by then.
pub(super) fn commands_by_digest(call: &Call, name: &RepositoryName, digest: &Digest) -> (String, String) {
    of(call, &format!("{name}@{digest}"))
}

fn of(call: &Call, version: &str) -> (String, String) {
    let reference = format!("{}/{version}", call.host());
    let plain = if call.is_encrypted() { "" } else { " --plain-http" };
    (format!("docker pull {reference}"), format!("ctr images pull{plain} {reference}"))
}
