//! Images that tests push, made by real tools in a folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::registry::succeed;

/// The architectures in [`index`].
pub(crate) const ARCHITECTURES: [&str; 2] = ["amd64", "arm64"];

/// An OCI layout with an image of one small layer, made by umoci; its reference is `image`.
pub(crate) fn layout(folder: &Path) -> PathBuf {
    let file = folder.join("hello");
    std::fs::write(&file, "hello").unwrap();
    layout_of(folder, &file)
}

/// The same with a file of the caller's in its layer.
pub(crate) fn layout_of(folder: &Path, file: &Path) -> PathBuf {
    let layout = folder.join("layout");
    let image = format!("{}:image", layout.display());
    let umoci = |arguments: &[&str]| succeed(Command::new("umoci").args(arguments));
    umoci(&["init", "--layout", &layout.display().to_string()]);
    umoci(&["new", "--image", &image]);
    umoci(&["insert", "--rootless", "--image", &image, &file.display().to_string(), "/hello"]);
    layout
}

/// An archive, `<folder>.tar`, of everything in a folder.
pub(crate) fn archive(folder: &Path) -> PathBuf {
    let archive = folder.with_extension("tar");
    let mut tar = Command::new("tar");
    tar.arg("--create").arg("--file").arg(&archive).arg("--directory").arg(folder);
    succeed(tar.args(["--owner=0", "--group=0", "--numeric-owner", "."]));
    archive
}

/// An archive of a file system with one file, `/hello`, that holds `text`: what an image can be imported from.
pub(crate) fn file_system(folder: &Path, text: &str) -> PathBuf {
    let root = folder.join(text);
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("hello"), text).unwrap();
    archive(&root)
}

/// Buildah with an image store of its own in `folder`.
pub(crate) fn buildah(folder: &Path, arguments: &[&str]) -> Command {
    let home = folder.join("buildah");
    let mut command = Command::new("buildah");
    command.args(["--storage-driver", "vfs"]).arg("--root").arg(home.join("root")).arg("--runroot").arg(home.join("run"));
    // Buildah and Podman make a name of the path of a layout, and temporary folders have capitals in theirs.
    command.args(arguments).env("HOME", &home).current_dir(folder);
    command
}

/// Makes the index `many` of one image an architecture, each with a layer of its own, in the image store of [`buildah`].
pub(crate) fn index(folder: &Path) {
    let run = |arguments: &[&str]| succeed(&mut buildah(folder, arguments));
    run(&["manifest", "create", "many"]);
    for architecture in ARCHITECTURES {
        let container = run(&["from", "--arch", architecture, "scratch"]);
        let archive = file_system(folder, architecture).display().to_string();
        run(&["add", "--quiet", container.trim(), &archive, "/"]);
        run(&["config", "--arch", architecture, "--os", "linux", container.trim()]);
        run(&["commit", "--quiet", "--manifest", "many", container.trim()]);
    }
}

/// An OCI layout with that index; its reference is `many`.
pub(crate) fn index_layout(folder: &Path) -> PathBuf {
    index(folder);
    let layout = folder.join("many");
    succeed(&mut buildah(folder, &["manifest", "push", "--quiet", "--all", "many", &format!("oci:{}:many", layout.display())]));
    layout
}
