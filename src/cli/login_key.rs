//! `ambar login-key`: from an access key to the password of a registry login, without a server (requirement L1).

use std::io::Read;

use ambar_api::keys;
use ambar_domain::access_key::AccessKeyId;
use anyhow::{Context, Result};
use clap::Args;

use super::output;
use crate::refusal::Misuse;

#[derive(Debug, Args)]
pub(crate) struct LoginKeyArgs {
    /// The access key's public id (AK)
    access_key: AccessKeyId,
}

/// Reads the secret key from standard input, so that it is in no shell history and no process list.
pub(crate) fn run(args: &LoginKeyArgs, json: bool) -> Result<()> {
    let mut secret_key = String::new();
    std::io::stdin().read_to_string(&mut secret_key).context("the secret key cannot be read from standard input")?;
    let secret_key = secret_key.trim();
    if secret_key.is_empty() {
        return Err(Misuse("give the secret key (SK) on standard input".into()).into());
    }
    let login_key = keys::login_key(&args.access_key, secret_key);
    output::line(if json { serde_json::json!({ "login_key": login_key }).to_string() } else { login_key })
}
