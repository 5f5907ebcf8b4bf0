//! What a tag pointed at, and with whom an image was shared: `ambar tag history` and `ambar share history`.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_projections::identity::find_user_by_id;
use ambar_projections::repositories::list_version_history;
use ambar_projections::shares::{Ending, ShareRecord, list_share_history};
use ambar_projections::{Reader, ViewsError};
use ambar_schemas::swr::share::FOREVER;
use ambar_schemas::swr::time;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reply, require_repository};
use crate::refusal::NotThere;
use crate::server::Node;

/// More than people read in one table.
const ALL: usize = 100_000;

/// The columns of a tag's history, here and over the API.
pub(crate) const TAG_COLUMNS: [&str; 8] = ["digest", "from", "until", "held", "pushed_by", "pushed_by_name", "ended_by", "ended_by_name"];

/// The columns of the history of an image's shares, here and over the API.
pub(crate) const SHARE_COLUMNS: [&str; 10] =
    ["account", "account_id", "from", "until", "ended_at", "ending", "written_by", "written_by_name", "ended_by", "ended_by_name"];

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum HistoryCommand {
    /// What a tag pointed at, the newest first.
    Tag {
        /// The image.
        repository: RepositoryName,
        /// The tag.
        tag: Tag,
    },
    /// Every share of an image there has been, the newest first.
    Shares {
        /// The image.
        repository: RepositoryName,
    },
}

impl HistoryCommand {
    pub(super) fn execute(self, node: &Node) -> Result<Reply> {
        let reader = node.views().reader()?;
        match self {
            Self::Tag { repository, tag } => {
                require_repository(&reader, &repository)?;
                list_tag(&reader, &repository, &tag)
            }
            Self::Shares { repository } => {
                require_repository(&reader, &repository)?;
                let listed = list_share_history(&reader, &repository, None, ALL)?;
                let now = node.clock().now();
                let rows = listed.into_iter().map(|record| share_row(&reader, record, now)).collect::<Result<Vec<_>, _>>()?;
                Ok(Reply::table(SHARE_COLUMNS, rows))
            }
        }
    }
}

fn list_tag(reader: &Reader, repository: &RepositoryName, tag: &Tag) -> Result<Reply> {
    let listed = list_version_history(reader, repository, tag, None, ALL)?;
    if listed.is_empty() {
        return Err(NotThere::no(format_args!("version '{repository}:{tag}'")).into());
    }
    let mut rows = Vec::with_capacity(listed.len());
    for record in listed {
        let [pushed_by, pushed_by_name] = person(reader, record.pushed_by.as_ref())?;
        let [ended_by, ended_by_name] = person(reader, record.ended_by.as_ref())?;
        let (from, until) = (time::text(record.from).into(), record.until.map(time::text).into());
        rows.push([record.digest.to_string().into(), from, until, record.held.into(), pushed_by, pushed_by_name, ended_by, ended_by_name]);
    }
    Ok(Reply::table(TAG_COLUMNS, rows))
}

fn share_row(reader: &Reader, record: ShareRecord, now: Timestamp) -> Result<[Value; 10], ViewsError> {
    let ShareRecord { share, written_by, ending, .. } = record.at(now);
    let (ending, ended_at, ended_by) = match ending {
        Some((ending, at, by)) => (Some(word(ending)), Some(time::text(at)), by),
        None => (None, None, None),
    };
    let [written_by, written_by_name] = person(reader, written_by.as_ref())?;
    let [ended_by, ended_by_name] = person(reader, ended_by.as_ref())?;
    let until = share.until.map_or_else(|| FOREVER.to_owned(), time::text).into();
    let (account, account_id) = (share.account_name.as_str().into(), share.account.as_str().into());
    let from = time::text(share.updated_at).into();
    Ok([account, account_id, from, until, ended_at.into(), ending.into(), written_by, written_by_name, ended_by, ended_by_name])
}

/// A user's id and name; no name for who is deleted.
fn person(reader: &Reader, id: Option<&UserId>) -> Result<[Value; 2], ViewsError> {
    let Some(id) = id else { return Ok([Value::Null, Value::Null]) };
    let found = find_user_by_id(reader, id)?;
    Ok([id.as_str().into(), found.map(|user| user.name.to_string()).into()])
}

/// As the API writes it.
fn word(ending: Ending) -> &'static str {
    match ending {
        Ending::Changed => "changed",
        Ending::Ended => "ended",
        Ending::Expired => "expired",
        Ending::RepositoryDeleted => "repository_deleted",
    }
}
