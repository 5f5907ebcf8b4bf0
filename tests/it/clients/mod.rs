//! One file a client.

mod buildah;
mod containerd;
mod docker;
mod podman;
mod skopeo;
