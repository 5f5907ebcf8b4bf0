//! `ambar center`: the public images of all accounts (requirement M5).

use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use anyhow::Result;
use clap::Subcommand;
use serde_json::Value;

use super::paging::every;
use super::people::list;
use crate::admin::Reply;
use crate::client::{Client, Request};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum CenterCommand {
    /// List the public images of all accounts, or those with a text in their name
    Search {
        /// Part of a name, in lower case as all of them are
        text: Option<String>,
        /// Only of this organization
        #[arg(long, value_name = "ORGANIZATION")]
        org: Option<OrganizationName>,
        /// Only of this kind
        #[arg(long)]
        category: Option<Category>,
    },
}

impl CenterCommand {
    pub(super) fn execute(&self, client: &Client) -> Result<Reply> {
        let Self::Search { text, org, category } = self;
        let request = || {
            let all = Request::get(&["v1", "center", "images"]).with("name", text.as_deref());
            all.with("organization", org.as_ref().map(OrganizationName::as_str)).with("category", category.map(Category::as_str))
        };
        let mut rows: Vec<Value> = every(client, request)?;
        for row in &mut rows {
            let architectures = list(row, "/newest/architectures");
            row["architectures"] = architectures.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into();
            row["pull"] = row["newest"]["docker_pull"].clone();
        }
        let columns = [
            ("repository", "name"),
            ("account", "account_name"),
            ("category", "category"),
            ("tags", "version_count"),
            ("architectures", "architectures"),
            ("pull", "pull"),
        ];
        Ok(Reply::rows_of(&columns, &rows))
    }
}
