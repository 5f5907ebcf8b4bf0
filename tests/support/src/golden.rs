//! Texts that are checked in because they may change only together with a version number.

use anyhow::{Result, bail};
use std::path::Path;

/// Compares `text` with the one in `file`, whose first line names its version.
///
/// A text that differs must have another version. Then the file is written anew, to be looked at and checked in; the check fails all the
/// same, so that nothing is checked in unseen.
pub fn check(file: &Path, version: &str, text: &str) -> Result<()> {
    let now = format!("version {version}\n{text}");
    let known = std::fs::read_to_string(file).unwrap_or_default();
    if known == now {
        return Ok(());
    }
    if known.lines().next() == now.lines().next() {
        let (was, is) = known.lines().zip(now.lines()).find(|(was, is)| was != is).unwrap_or(("", "the one is longer than the other"));
        bail!("{} says otherwise, and the version is still {version}: count it up\nwas: {was}\nis:  {is}", file.display());
    }
    std::fs::write(file, now)?;
    bail!("{} is written anew for version {version}: look at what has changed, and check it in", file.display())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_changes_only_with_its_version_and_never_unseen() {
        let file = std::env::temp_dir().join(format!("ambar-golden-{}", std::process::id()));
        let check = |version, text| super::check(&file, version, text).map_err(|error| error.to_string());
        assert!(check("1", "a\n").unwrap_err().contains("written anew"));
        assert_eq!(check("1", "a\n"), Ok(()));
        assert!(check("1", "b\n").unwrap_err().contains("count it up\nwas: a\nis:  b"));
        assert!(check("2", "b\n").unwrap_err().contains("written anew"));
        assert_eq!(check("2", "b\n"), Ok(()));
        std::fs::remove_file(file).expect("it was written");
    }
}
