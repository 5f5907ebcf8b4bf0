//! `ambar share`: private images for other accounts.

use ambar_domain::names::AccountName;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;
use ambar_schemas::swr::share::{READ, deadline_text};
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};

use super::image::{self, without_version};
use super::paging::{Paging, every};
use super::people::with_names;
use crate::admin::{self, AdminCommand, HistoryCommand, Reply};
use crate::client::{Client, Request};
use crate::moment::End;

/// What whoever asks for the shares of an image that is gone is told.
const OF_DELETED: &str = "to administrators `ambar share history` lists those of deleted images too";

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ShareCommand {
    /// List with whom an image is shared, or the images that your account shares
    List {
        /// The image, organization/name
        #[arg(conflicts_with_all = ["filters", "limit", "offset"], value_parser = without_version)]
        repository: Option<RepositoryName>,
        #[command(flatten)]
        filters: Filters,
        #[command(flatten)]
        paging: Paging,
    },
    /// List the images that other accounts share with yours
    Received {
        #[command(flatten)]
        filters: Filters,
        #[command(flatten)]
        paging: Paging,
    },
    /// Let the users of another account pull a private image
    Add(ShareArgs),
    /// Change until when an image is shared, or why
    Set(ChangeArgs),
    /// Share an image with an account no longer
    Remove {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
        /// The other account
        account: AccountName,
    },
    /// List every share there has been, the newest first: those of an image, or for administrators all of the account
    History(HistoryArgs),
}

/// Which shared images are wanted.
#[derive(Debug, Clone, Args)]
#[group(id = "filters", required = false, multiple = true)]
pub(crate) struct Filters {
    /// Only with this in the name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only of this organization
    #[arg(long, value_name = "ORGANIZATION")]
    org: Option<OrganizationName>,
    /// Only of this kind
    #[arg(long)]
    category: Option<Category>,
    /// Those that were shared and are no more
    #[arg(long)]
    ended: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct HistoryArgs {
    /// The image, organization/name
    #[arg(value_parser = without_version)]
    repository: Option<RepositoryName>,
    /// Only with this account
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<AccountName>,
    /// Only what is so now, or ended so
    #[arg(long, value_name = "STATE")]
    state: Option<State>,
}

/// What a share is, or how a stretch of its history ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// It lasts
    Valid,
    /// It was given another end or description
    Changed,
    /// It was ended
    Ended,
    /// It reached its end
    Expired,
    /// Its image was deleted
    #[value(name = "repository_deleted", alias = "repository-deleted")]
    RepositoryDeleted,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Changed => "changed",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::RepositoryDeleted => "repository_deleted",
        }
    }
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ShareArgs {
    /// The image, organization/name
    #[arg(value_parser = without_version)]
    repository: RepositoryName,
    /// The other account
    account: AccountName,
    /// The last day it is shared, a time in UTC such as 2027-01-31T18:00:00Z, or 'forever'
    #[arg(long, default_value = End::FOREVER, value_name = "END")]
    until: End,
    /// Why
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

/// What is not named stays as it is.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChangeArgs {
    /// The image, organization/name
    #[arg(value_parser = without_version)]
    repository: RepositoryName,
    /// The other account
    account: AccountName,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// The last day it is shared, a time in UTC such as 2027-01-31T18:00:00Z, or 'forever'
    #[arg(long, value_name = "END")]
    until: Option<End>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl ShareCommand {
    pub(super) fn on_data_dir(self) -> Option<AdminCommand> {
        match self {
            Self::History(HistoryArgs { repository: Some(repository), account: None, state: None }) => {
                Some(AdminCommand::History(HistoryCommand::Shares { repository }))
            }
            Self::List { .. } | Self::Received { .. } | Self::Add(_) | Self::Set(_) | Self::Remove { .. } | Self::History(_) => None,
        }
    }

    pub(super) fn question(&self) -> Option<String> {
        match self {
            Self::Remove { repository, account } => Some(format!("Stop sharing '{repository}' with account '{account}'?")),
            Self::List { .. } | Self::Received { .. } | Self::Add(_) | Self::Set(_) | Self::History(_) => None,
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::List { repository: Some(repository), .. } => list(client, &repository),
            Self::List { repository: None, filters, paging } => list_images(client, "self", &filters, paging),
            Self::Received { filters, paging } => list_images(client, "thirdparty", &filters, paging),
            Self::Add(args) => {
                let deadline = deadline_text(args.until.0).into();
                let mut body = terms(deadline, args.description.as_deref());
                body["access_domain"] = args.account.as_str().into();
                client.send(Request::on_shares(Method::POST, &args.repository, &[]).json(body))?;
                Ok(Reply::done(format!("repository '{}' is shared with account '{}'", args.repository, args.account)))
            }
            Self::Set(args) => set(client, &args),
            Self::Remove { repository, account } => {
                client.send(Request::on_shares(Method::DELETE, &repository, &[account.as_str()]))?;
                Ok(Reply::done(format!("image '{repository}' is no longer shared with account '{account}'")))
            }
            Self::History(args) => history(client, &args),
        }
    }
}

fn terms(deadline: Value, description: Option<&str>) -> Value {
    let mut terms = json!({ "permit": READ, "deadline": deadline });
    if let Some(description) = description {
        terms["description"] = description.into();
    }
    terms
}

/// A change tells the end each time: one that is not named is the one that the share has.
fn set(client: &Client, args: &ChangeArgs) -> Result<Reply> {
    let ChangeArgs { repository, account, change } = args;
    let deadline = match change.until {
        Some(End(until)) => deadline_text(until).into(),
        None => {
            let shares = client.ask(Request::on_shares(Method::GET, repository, &[]))?;
            let share = shares.as_array().into_iter().flatten().find(|share| share["access_domain"] == account.as_str());
            // Where there is no share, the server says so below.
            share.map_or_else(|| End::FOREVER.into(), |share| share["deadline"].clone())
        }
    };
    let terms = terms(deadline, change.description.as_deref());
    client.send(Request::on_shares(Method::PATCH, repository, &[account.as_str()]).json(terms))?;
    Ok(Reply::done(format!("the share of '{repository}' with account '{account}' changed")))
}

fn list(client: &Client, repository: &RepositoryName) -> Result<Reply> {
    let shares = client.ask(Request::on_shares(Method::GET, repository, &[]))?;
    let columns = [
        ("account", "access_domain"),
        ("until", "deadline"),
        ("description", "description"),
        ("creator", "creator_name"),
        ("created_at", "created"),
    ];
    Ok(Reply::rows_of(&columns, shares.as_array().map(Vec::as_slice).unwrap_or_default()))
}

fn list_images(client: &Client, center: &str, filters: &Filters, paging: Paging) -> Result<Reply> {
    let listed = paging.list(client, || {
        Request::get(&["v2", "manage", "shared-repositories"])
            .with("center", Some(center))
            .with("name", filters.name.as_deref())
            .with("namespace", filters.org.as_ref().map(OrganizationName::as_str))
            .with("category", filters.category.map(Category::as_str))
            .with("status", filters.ended.then_some("false"))
    })?;
    Ok(image::rows(listed))
}

/// Whoever manages an image sees its history; that of the account is for administrators.
fn history(client: &Client, args: &HistoryArgs) -> Result<Reply> {
    let listed = every(client, || match args {
        HistoryArgs { repository: Some(repository), account: None, state: None } => {
            Request::on_repository_v1(Method::GET, repository, &["shares", "history"])
        }
        HistoryArgs { repository, account, state } => Request::get(&["v1", "shares", "history"])
            .with("repository", repository.as_ref().map(RepositoryName::as_str))
            .with("account", account.as_ref().map(AccountName::as_str))
            .with("state", state.map(State::word)),
    });
    let mut listed = listed.map_err(|error| super::advised(error, "repository_not_found", OF_DELETED))?;
    for share in &mut listed {
        if share["until"].is_null() {
            share["until"] = End::FOREVER.into();
        }
    }
    with_names(client, &["written_by", "ended_by"], &mut listed)?;
    let fields =
        ["account_name", "account_id", "from", "until", "ended_at", "ending", "written_by", "written_by_name", "ended_by", "ended_by_name"];
    let of_one = admin::SHARE_COLUMNS.into_iter().zip(fields);
    let of_which = args.repository.is_none().then_some(("repository", "repository"));
    Ok(Reply::rows_of(&of_which.into_iter().chain(of_one).collect::<Vec<_>>(), &listed))
}
