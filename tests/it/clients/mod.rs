//! One file a client.

mod buildah;
mod podman;
mod skopeo;
