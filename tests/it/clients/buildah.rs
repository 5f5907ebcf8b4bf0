//! Buildah: images for several architectures under one name.

use std::process::Command;

use crate::registry::{Registry, succeed};

#[test]
fn buildah_pushes_an_index_of_two_architectures_and_each_is_pulled_back() {
    let registry = Registry::start();
    let login = registry.administrator();
    let home = registry.path().join("buildah");
    let buildah = |arguments: &[&str]| {
        let mut command = Command::new("buildah");
        command.args(["--storage-driver", "vfs"]).arg("--root").arg(home.join("root")).arg("--runroot").arg(home.join("run"));
        succeed(command.args(arguments).env("HOME", &home))
    };
    buildah(&["manifest", "create", "many"]);
    for architecture in ["amd64", "arm64"] {
        let container = buildah(&["from", "--arch", architecture, "scratch"]);
        buildah(&["config", "--arch", architecture, "--os", "linux", container.trim()]);
        buildah(&["commit", "--quiet", "--manifest", "many", container.trim()]);
    }
    let (credentials, certificates) = (format!("{}:{}", login.user, login.key), registry.certificates().display().to_string());
    let image = format!("docker://{}:v1", registry.image("many"));
    buildah(&["manifest", "push", "--all", "--creds", &credentials, "--cert-dir", &certificates, "many", &image]);
    let skopeo = |arguments: &[&str]| succeed(Command::new("skopeo").args(arguments));
    let raw = skopeo(&["inspect", "--raw", "--creds", &credentials, "--cert-dir", &certificates, &image]);
    assert!(raw.contains("amd64") && raw.contains("arm64"), "{raw}");
    for architecture in ["amd64", "arm64"] {
        let to = format!("dir:{}", registry.path().join(architecture).display());
        skopeo(&["--override-arch", architecture, "copy", "--src-creds", &credentials, "--src-cert-dir", &certificates, &image, &to]);
    }
}
