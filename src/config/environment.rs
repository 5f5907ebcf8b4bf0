//! A misspelt variable is an error, not a setting that silently does nothing.

use anyhow::Result;
use clap::Command;

use crate::refusal::Misuse;

/// Refuses an `AMBAR_*` variable that no flag of `command` or its subcommands knows.
pub(crate) fn refuse_unknown_variables(command: &Command, variables: impl Iterator<Item = (String, String)>) -> Result<()> {
    let known: Vec<String> = names(command);
    for (name, value) in variables {
        let ours = name.starts_with("AMBAR_");
        if ours && !known.contains(&name) && !is_service_discovery(&name, &value) {
            return Err(Misuse(format!("the environment variable {name} is no setting of Ambar").into()).into());
        }
    }
    Ok(())
}

fn names(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env());
    let own = own.map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(names)).collect()
}

/// Variables that Kubernetes sets in every pod beside a service named `ambar` or `ambar-something`; they are nobody's setting:
/// `<SERVICE>_SERVICE_HOST`, `<SERVICE>_SERVICE_PORT[_<NAME>]`, `<SERVICE>_PORT` and `<SERVICE>_PORT_<NUMBER>_<PROTOCOL>[_<PART>]`.
fn is_service_discovery(name: &str, value: &str) -> bool {
    if name.ends_with("_SERVICE_HOST") {
        return true;
    }
    if let Some((_, rest)) = name.rsplit_once("_SERVICE_PORT") {
        return rest.is_empty() || rest.starts_with('_');
    }
    // Somebody may as well mean a setting by `AMBAR_PORT=5000`. Kubernetes always says a URL.
    if name.ends_with("_PORT") && value.contains("://") {
        return true;
    }
    // The last one: a service's own name may have the word in it.
    name.rsplit_once("_PORT_").is_some_and(|(_, port)| is_port_of_service(port))
}

/// `5000_TCP`, or that with `_PROTO`, `_PORT` or `_ADDR` behind it.
fn is_port_of_service(text: &str) -> bool {
    let mut parts = text.split('_');
    let number = parts.next().is_some_and(|number| number.parse::<u16>().is_ok());
    let protocol = parts.next().is_some_and(|protocol| matches!(protocol, "TCP" | "UDP" | "SCTP"));
    let part = parts.next().is_none_or(|part| matches!(part, "PROTO" | "PORT" | "ADDR"));
    number && protocol && part && parts.next().is_none()
}
