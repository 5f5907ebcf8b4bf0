//! What is logged, and how it looks.

use std::str::FromStr;

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// One readable line.
    Text,
    /// One JSON object a line.
    Json,
}

/// Which lines are logged: levels and `module=level` pairs, with commas between them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct LogFilter(String);

/// The text says of no line whether it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "give a level (error, warn, info, debug, trace or off), or module=level pairs with commas between them, such as info,ambar_api=debug"
)]
pub(crate) struct InvalidLogFilter;

impl LogFilter {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl FromStr for LogFilter {
    type Err = InvalidLogFilter;

    fn from_str(text: &str) -> Result<Self, InvalidLogFilter> {
        EnvFilter::try_new(text).map_err(|_| InvalidLogFilter)?;
        // A word that is no level it takes for a module: one that is misspelt would silence all of them.
        let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
        let is_clear = |part: &str| part.contains('=') || is_level(part);
        // Behind a bracket commas stand between the fields of a span as well.
        let is_valid = text.contains('[') || text.split(',').all(is_clear);
        if is_valid { Ok(Self(text.to_owned())) } else { Err(InvalidLogFilter) }
    }
}

impl TryFrom<String> for LogFilter {
    type Error = InvalidLogFilter;

    fn try_from(text: String) -> Result<Self, InvalidLogFilter> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_filter_is_levels_and_modules_with_levels_and_a_misspelt_level_is_an_error() {
        for text in
            ["info", "WARN", "off", "3", "info,ambar_api=debug", "ambar_storage::event_log=trace,warn", "warn,[request{id=1}]=debug"]
        {
            assert_eq!(text.parse::<LogFilter>().as_ref().map(LogFilter::as_str), Ok(text));
        }
        for text in ["", "inof", "verbose", "info,", "info,ambar_api", "ambar_api=loud", "info;warn", "info debug", "=info"] {
            assert_eq!(text.parse::<LogFilter>(), Err(InvalidLogFilter), "{text}");
        }
    }
}
