//! `ambar access`: who can do what on an image, and why, now or at a past moment (requirement G4).

use ambar_domain::clock::Timestamp;
use ambar_domain::repository_name::RepositoryName;
use ambar_schemas::swr::time;
use anyhow::Result;
use chrono::SecondsFormat;
use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::image::without_version;
use super::paging::every;
use super::people::list;
use crate::admin::Reply;
use crate::client::{Client, Failure, Request};
use crate::moment;
use crate::refusal::NotThere;

#[derive(Debug, Clone, Args)]
pub(crate) struct AccessArgs {
    /// The image, organization/name
    #[arg(value_parser = without_version)]
    repository: RepositoryName,
    /// As it was at this time, such as 2027-01-31T18:00:00Z; a day, 2027-01-31, is its beginning (UTC)
    #[arg(long, value_name = "TIME", value_parser = moment::read)]
    at: Option<Timestamp>,
}

impl AccessArgs {
    /// The users, then the accounts that the image is shared with, and everybody where it is public.
    pub(super) fn execute(&self, client: &Client) -> Result<Reply> {
        let request = || Request::on_repository_v1(Method::GET, &self.repository, &["access"]).with("at", self.at.map(time::text));
        let mut rows: Vec<Value> = every(client, request).map_err(|error| self.not_yet(error))?;
        for row in &mut rows {
            row["kind"] = "user".into();
            row["name"] = row["user_name"].clone();
        }
        let whole = client.ask(request().with("limit", Some("1")))?;
        for share in list(&whole, "/shares") {
            let (name, until) = (&share["account_name"], &share["until"]);
            rows.push(json!({ "kind": "account", "name": name, "level": "read", "because": "share", "until": until }));
        }
        if whole["public"] == true {
            rows.push(json!({ "kind": "everybody", "level": "read", "because": "public" }));
        }
        let columns = [("kind", "kind"), ("name", "name"), ("level", "level"), ("because", "because"), ("until", "until")];
        Ok(Reply::rows_of(&columns, &rows))
    }

    /// Of a moment the server says that there is no such image as well if there was none yet, or no longer.
    fn not_yet(&self, error: anyhow::Error) -> anyhow::Error {
        match (self.at, error.downcast_ref()) {
            (Some(at), Some(Failure::Refused { code, .. })) if code == "repository_not_found" => {
                let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                NotThere(format!("at {at} there was no image '{}' that you know of", self.repository)).into()
            }
            _ => error,
        }
    }
}
