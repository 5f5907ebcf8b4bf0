//! Lists that are longer than one answer.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use crate::cli::output;
use crate::client::{Client, Request};

/// The most that one answer has.
const MOST: u64 = 1000;

/// How many are listed if nothing is said.
const USUAL: u64 = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Paging {
    /// How many to list
    #[arg(long, value_name = "NUMBER", default_value_t = USUAL, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    limit: u64,
    /// How many to pass over
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    offset: u64,
    /// List all there are
    #[arg(long, conflicts_with_all = ["limit", "offset"])]
    all: bool,
}

impl Paging {
    pub(super) const EVERYTHING: Self = Self { limit: USUAL, offset: 0, all: true };

    /// Whether nothing was said.
    pub(super) fn is_default(&self) -> bool {
        self.limit == USUAL && self.offset == 0 && !self.all
    }

    /// The wanted part of a list of the management API, asked for with `limit` and `offset`. Tells people if there is more.
    pub(super) fn list(self, client: &Client, request: impl Fn() -> Request) -> Result<Vec<Value>> {
        let (limit, mut offset, mut listed) = (if self.all { MOST } else { self.limit }, self.offset, Vec::new());
        loop {
            let page = request().with("limit", Some(limit.to_string())).with("offset", Some(offset.to_string()));
            let answer = client.send(page)?;
            let items = answer.json()?.as_array().cloned().unwrap_or_default();
            // `<offset>-<how many>/<how many in all>`
            let total = answer.header("content-range").and_then(|range| range.rsplit_once('/')?.1.parse().ok()).unwrap_or(0);
            offset += items.len() as u64;
            let empty = items.is_empty();
            listed.extend(items);
            if empty || offset >= total {
                return Ok(listed);
            }
            if !self.all {
                output::note(format_args!("{} of {total}; --offset {offset} goes on, --all lists all", listed.len()));
                return Ok(listed);
            }
        }
    }

    /// The same of a list of the own API, whose pages go on behind a cursor: what comes before the wanted part is read as well.
    pub(super) fn list_by_cursor(self, client: &Client, request: impl Fn() -> Request) -> Result<Vec<Value>> {
        let wanted = if self.all { u64::MAX } else { self.offset.saturating_add(self.limit) };
        let (mut listed, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let limit = (wanted - listed.len() as u64).min(MOST);
            let page = client.ask(request().with("limit", Some(limit.to_string())).with("cursor", cursor.as_deref()))?;
            listed.extend(page["items"].as_array().cloned().unwrap_or_default());
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || listed.len() as u64 >= wanted {
                break;
            }
        }
        if cursor.is_some() {
            output::note(format_args!("there are more; --offset {wanted} goes on, --all lists all"));
        }
        Ok(listed.into_iter().skip(usize::try_from(self.offset).unwrap_or(usize::MAX)).collect())
    }
}

/// Every item of a list of the own API, page by page.
pub(super) fn every(client: &Client, request: impl Fn() -> Request) -> Result<Vec<Value>> {
    Paging::EVERYTHING.list_by_cursor(client, request)
}
