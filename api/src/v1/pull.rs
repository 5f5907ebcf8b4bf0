//! The commands that pull a version, ready to copy (requirement M2).

use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;

use crate::call::Call;

/// The one of Docker, and the one of containerd.
pub(super) fn commands(call: &Call, name: &RepositoryName, tag: &Tag) -> (String, String) {
    let reference = format!("{}/{name}:{tag}", call.host());
    let plain = if call.is_encrypted() { "" } else { " --plain-http" };
    (format!("docker pull {reference}"), format!("ctr images pull{plain} {reference}"))
}
