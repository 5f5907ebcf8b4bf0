//! A misspelt variable is an error, not a setting that silently does nothing.

use anyhow::{Result, bail};
use clap::Command;

/// Variables that Kubernetes sets in every pod beside a service named `ambar`; they are nobody's setting.
fn is_service_discovery(name: &str) -> bool {
    name == "AMBAR_PORT" || name.starts_with("AMBAR_PORT_") || name.starts_with("AMBAR_SERVICE_")
}

/// Refuses an `AMBAR_*` variable that no flag of `command` or its subcommands knows.
pub(crate) fn refuse_unknown_variables(command: &Command, names: impl Iterator<Item = String>) -> Result<()> {
    let known: Vec<String> = variables(command);
    for name in names.filter(|name| name.starts_with("AMBAR_")) {
        if !is_service_discovery(&name) && !known.contains(&name) {
            bail!("the environment variable {name} is no setting of Ambar");
        }
    }
    Ok(())
}

fn variables(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env());
    let own = own.map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}
