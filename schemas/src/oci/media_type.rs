//! The media types that the registry itself must tell apart. Configs, layers and artifacts may have any other.

/// An OCI image manifest; also carries artifacts.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An OCI image index.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// A Docker image manifest, version 2, schema 2.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// A Docker manifest list: several manifests by platform.
pub const DOCKER_MANIFEST_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// A Docker image manifest, schema 1. Not supported; named so that it is refused with a clear text.
pub const DOCKER_SCHEMA1: &str = "application/vnd.docker.distribution.manifest.v1+json";
/// The signed form of [`DOCKER_SCHEMA1`].
pub const DOCKER_SCHEMA1_SIGNED: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";
/// An OCI image configuration.
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// A Docker image configuration.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// Any bytes.
pub const OCTET_STREAM: &str = "application/octet-stream";

const DOCKER_FOREIGN_LAYER: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar";
const OCI_NONDISTRIBUTABLE_LAYER: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar";

/// The type itself, without parameters such as `; charset=utf-8`.
#[must_use]
pub fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim_matches([' ', '\t'])
}

/// Whether a layer of this type may be kept by others only, so that the registry must not ask for it.
#[must_use]
pub fn is_nondistributable(media_type: &str) -> bool {
    let compressed = |base| media_type.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', '.']));
    compressed(DOCKER_FOREIGN_LAYER) || compressed(OCI_NONDISTRIBUTABLE_LAYER)
}

/// Whether an `Accept` header asks for schema 1 manifests and for nothing else: the header of a Docker engine before 1.10.
#[must_use]
pub fn accepts_only_schema1<'a>(accept: impl Iterator<Item = &'a str>) -> bool {
    let mut types = accept.flat_map(|header| header.split(',')).map(essence).filter(|accepted| !accepted.is_empty()).peekable();
    types.peek().is_some() && types.all(|accepted| accepted == DOCKER_SCHEMA1 || accepted == DOCKER_SCHEMA1_SIGNED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_content_type_do_not_count() {
        assert_eq!(essence("application/json; charset=utf-8"), "application/json");
        assert_eq!(essence(" application/json\t"), "application/json");
        assert_eq!(essence(""), "");
    }

    #[test]
    fn foreign_layers_are_told_from_others() {
        for foreign in [
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        ] {
            assert!(is_nondistributable(foreign), "{foreign}");
        }
        assert!(!is_nondistributable("application/vnd.oci.image.layer.v1.tar+gzip"));
        assert!(!is_nondistributable("application/vnd.oci.image.layer.nondistributable.v1.tarball"));
    }

    #[test]
    fn only_an_accept_header_of_schema_1_alone_is_one() {
        assert!(accepts_only_schema1([DOCKER_SCHEMA1, DOCKER_SCHEMA1_SIGNED].into_iter()));
        assert!(accepts_only_schema1(["application/vnd.docker.distribution.manifest.v1+json, "].into_iter()));
        assert!(!accepts_only_schema1(["application/vnd.docker.distribution.manifest.v1+json, */*"].into_iter()));
        assert!(!accepts_only_schema1(std::iter::empty()));
    }
}
