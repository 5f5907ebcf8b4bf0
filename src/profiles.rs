//! `profiles.toml`: the servers that `ambar login` knows, with the keys to call them.
//!
//! The file has secrets in it. It is only ever written as a whole, for its owner alone, and is not read while others could read it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ambar_domain::access_key::AccessKeyId;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::client::ServerUrl;
use crate::refusal::NotThere;

/// The name of a profile if none is given.
pub(crate) const DEFAULT_NAME: &str = "default";

/// The permission bits of others than the owner.
const OTHERS: u32 = 0o077;

/// A server and who one is there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) url: ServerUrl,
    pub(crate) access_key: AccessKeyId,
    pub(crate) secret_key: String,
    /// Whom to trust instead of the system's authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<PathBuf>,
    /// Take any certificate, and plain HTTP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) insecure: bool,
}

impl fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Profile").field("url", &self.url).field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// What is in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profiles {
    /// The one that is used if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<String>,
    #[serde(default, rename = "profile")]
    pub(crate) by_name: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Reads the file; there are no profiles where there is none.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            text => text.with_context(|| format!("the profiles in {} cannot be read", path.display()))?,
        };
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & OTHERS != 0 {
            bail!("others can read the keys in {0}; `chmod 600 {0}` closes it, and then those keys should be replaced", path.display());
        }
        // The reason is not told: it would quote the line, which may be that of a secret.
        toml::from_str(&text).map_err(|_| anyhow::anyhow!("the profiles in {} are not in order", path.display()))
    }

    /// Writes the file anew, beside the old one and then in its place.
    pub(crate) fn store(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).context("the profiles cannot be written down")?;
        let write = || {
            let folder = path.parent().unwrap_or(Path::new("."));
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let beside = path.with_extension("toml.new");
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let mut file = File::options().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        write().with_context(|| format!("the profiles cannot be written to {}", path.display()))
    }

    /// The profile of that name, or the current one, with its name; `None` if no name is given and none is current.
    pub(crate) fn find(&self, name: Option<&str>) -> Result<Option<(&str, &Profile)>> {
        let Some(name) = name.or(self.current.as_deref()) else { return Ok(None) };
        match self.by_name.get_key_value(name) {
            Some((name, profile)) => Ok(Some((name, profile))),
            None => Err(NotThere(format!(
                "there is no profile '{name}'; `ambar profile list` lists those there are, `ambar --profile {name} login <URL>` makes it"
            ))
            .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "SKexample0000000000000000000000000000000";

    fn profiles() -> Profiles {
        let profile = Profile {
            url: "https://registry.example.com".parse().unwrap(),
            access_key: "AKEXAMPLE00000000001".parse().unwrap(),
            secret_key: SECRET.to_owned(),
            ca: None,
            insecure: false,
        };
        Profiles { current: Some("work".to_owned()), by_name: BTreeMap::from([("work".to_owned(), profile)]) }
    }

    #[test]
    fn what_was_stored_is_loaded_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/profiles.toml");
        assert_eq!(Profiles::load(&path).unwrap(), Profiles::default());
        profiles().store(&path).unwrap();
        profiles().store(&path).unwrap();
        assert_eq!(Profiles::load(&path).unwrap(), profiles());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        profiles().store(&path).unwrap();
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(Profiles::load(&path).unwrap_err().to_string().contains("chmod 600"), "{mode:o}");
        }
    }

    #[test]
    fn neither_errors_nor_debugging_show_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        profiles().store(&path).unwrap();
        let broken = fs::read_to_string(&path).unwrap().replace("secret_key", "sekret_key");
        fs::write(&path, broken).unwrap();
        let error = format!("{:#}", Profiles::load(&path).unwrap_err());
        assert!(error.contains("not in order") && !error.contains(SECRET), "{error}");
        assert!(!format!("{:?}", profiles()).contains(SECRET));
    }

    #[test]
    fn a_profile_is_the_named_one_or_the_current_one() {
        let profiles = profiles();
        assert_eq!(profiles.find(None).unwrap(), profiles.find(Some("work")).unwrap());
        profiles.find(Some("play")).unwrap_err();
        assert_eq!(Profiles::default().find(None).unwrap(), None);
    }
}
