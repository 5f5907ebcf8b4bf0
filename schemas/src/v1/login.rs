//! Temporary logins: without what proves them, but for the one answer that hands it out.

use std::fmt;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::login::LoginRepository;
use ambar_domain::names::{AccountName, LoginName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A temporary login that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TemporaryLogin {
    /// Its id.
    pub login: AccessKeyId,
    /// What it is for.
    pub name: LoginName,
    /// The access key that it was asked for with; null if it was none.
    pub access_key: Option<AccessKeyId>,
    /// When it was issued.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub issued_at: Timestamp,
    /// Its end: its own, or that of what the account that it acts for has entrusted.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub until: Timestamp,
    /// The id of the account that whoever uses it acts for; null if that is its user's own.
    pub on_behalf_of: Option<AccountId>,
    /// The name of that account.
    pub on_behalf_of_name: Option<AccountName>,
    /// What it is limited to; null if it is good for whatever its user may do.
    pub repositories: Option<Vec<LoginRepository>>,
}

/// A temporary login that was just issued, with what proves it: nothing shows that again.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IssuedLogin {
    /// It.
    #[serde(flatten)]
    pub login: TemporaryLogin,
    /// The user name for registry clients.
    pub user: String,
    /// The password for them.
    pub password: String,
    /// The registry as they name it.
    pub host: String,
    /// Ready lines for bash and zsh that use it: those of the client that it was asked for first, and of each client first the one that
    /// keeps the password out of the shell's history.
    pub commands: Vec<LoginCommand>,
}

impl fmt::Debug for IssuedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLogin").field("login", &self.login).field("user", &self.user).finish_non_exhaustive()
    }
}

/// A line that uses a login.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LoginCommand {
    /// The program that it runs.
    pub client: RegistryClient,
    /// The line. It may have the password in it.
    pub command: String,
    /// What to know before it is run, for people.
    pub note: String,
}

impl fmt::Debug for LoginCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginCommand").field("client", &self.client).field("note", &self.note).finish_non_exhaustive()
    }
}

/// A program that logs in to registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistryClient {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// The command of containerd itself.
    Ctr,
    /// The command for the container runtime of a Kubernetes node.
    Crictl,
    /// The command for containerd that is like Docker's.
    Nerdctl,
}
