//! `ambar image`: repositories, their properties, lists and search.

use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Map, Value, json};

use super::paging::Paging;
use crate::admin::{self, Reply, VisibilityArgument};
use crate::client::{Client, Request};
use crate::refusal::Misuse;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ImageCommand {
    /// List images: those of an organization, or all that you may see
    List(ListArgs),
    /// List the images with a text in their name
    Search {
        /// Part of a name, in lower case as all of them are
        text: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show an image
    Show {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
    },
    /// Make an image without versions; a push makes one as well
    Create {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
        #[command(flatten)]
        properties: Properties,
    },
    /// Change what is said of an image and who may pull it
    Set {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
        #[command(flatten)]
        properties: Properties,
    },
    /// Let every user pull an image, or only who has a grant
    Visibility {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
        /// Who may pull
        visibility: VisibilityArgument,
    },
    /// List the versions of an image; `ambar tag list` tells more of them
    Tags {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
    },
    /// Delete an image with all its versions
    Delete {
        /// The image, organization/name
        #[arg(value_parser = without_version)]
        repository: RepositoryName,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// The organization
    organization: Option<OrganizationName>,
    /// Only with this in the name, which is in lower case
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only of this kind
    #[arg(long)]
    category: Option<Category>,
    /// Only public, or only private ones
    #[arg(long)]
    visibility: Option<VisibilityArgument>,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    sort: Order,
    #[command(flatten)]
    paging: Paging,
}

/// Reads an image where none of its versions is meant.
pub(super) fn without_version(text: &str) -> Result<RepositoryName, String> {
    text.parse().map_err(|error| match text.split_once(['@', ':']) {
        Some((image, _)) if image.parse::<RepositoryName>().is_ok() => {
            format!("an image is meant here, and no version of it: leave the tag or digest out, '{image}'")
        }
        _ => format!("{error}"),
    })
}

/// In which order images are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// What was changed last comes first
    Newest,
    /// By name
    Name,
    /// The most versions first
    Tags,
    /// The largest first
    Size,
    /// What was pulled most comes first; pulls are counted once a minute
    Downloads,
}

/// What can be said of an image.
#[derive(Debug, Clone, Args)]
#[group(required = false, multiple = true)]
pub(crate) struct Properties {
    /// Who may pull
    #[arg(long)]
    visibility: Option<VisibilityArgument>,
    /// What kind of software it holds
    #[arg(long)]
    category: Option<Category>,
    /// What it is for, in Markdown
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl Properties {
    fn body(self) -> Map<String, Value> {
        let public = self.visibility.map(|visibility| json!(visibility == VisibilityArgument::Public));
        let category = self.category.map(|category| json!(category.as_str()));
        let said = [("is_public", public), ("category", category), ("description", self.description.map(Value::from))];
        said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

impl ImageCommand {
    pub(super) fn on_data_dir(self) -> Option<admin::RepoCommand> {
        match self {
            Self::List(ListArgs { organization: Some(organization), name: None, category: None, visibility: None, sort, paging })
                if sort == Order::Newest && paging.is_default() =>
            {
                Some(admin::RepoCommand::List { organization })
            }
            Self::Tags { repository } => Some(admin::RepoCommand::Tags { repository }),
            Self::Visibility { repository, visibility } => Some(admin::RepoCommand::Visibility { repository, visibility }),
            Self::Delete { repository } => Some(admin::RepoCommand::Delete { repository }),
            Self::List(_) | Self::Search { .. } | Self::Show { .. } | Self::Create { .. } | Self::Set { .. } => None,
        }
    }

    pub(super) fn question(&self) -> Option<String> {
        match self {
            Self::Delete { repository } => Some(format!("Delete image '{repository}' with all its versions?")),
            Self::Visibility { repository, visibility: VisibilityArgument::Public } => {
                Some(format!("Let every user of the registry pull '{repository}'?"))
            }
            Self::List(_)
            | Self::Search { .. }
            | Self::Show { .. }
            | Self::Create { .. }
            | Self::Set { .. }
            | Self::Visibility { .. }
            | Self::Tags { .. } => None,
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::List(args) => list(client, &args),
            Self::Search { text, paging } => {
                let (organization, category, visibility) = (None, None, None);
                list(client, &ListArgs { organization, name: Some(text), category, visibility, sort: Order::Newest, paging })
            }
            Self::Show { repository } => show(client, &repository),
            Self::Create { repository, properties } => create(client, &repository, properties),
            Self::Set { repository, properties } => {
                change(client, &repository, properties)?;
                Ok(Reply::done(format!("repository '{repository}' changed")))
            }
            Self::Visibility { repository, visibility } => {
                change(client, &repository, Properties { visibility: Some(visibility), category: None, description: None })?;
                let now = if visibility == VisibilityArgument::Public { "public" } else { "private" };
                Ok(Reply::done(format!("repository '{repository}' is {now}")))
            }
            Self::Tags { repository } => super::tag::list_names(client, &repository),
            Self::Delete { repository } => {
                client.send(Request::on_repository(Method::DELETE, &repository, &[]))?;
                Ok(Reply::done(format!("repository '{repository}' deleted")))
            }
        }
    }
}

fn list(client: &Client, args: &ListArgs) -> Result<Reply> {
    let (column, direction) = match args.sort {
        Order::Newest => ("updated_time", "desc"),
        Order::Name => ("name", "asc"),
        Order::Tags => ("tag_count", "desc"),
        Order::Size => ("size", "desc"),
        Order::Downloads => ("download_count", "desc"),
    };
    let public = args.visibility.map(|visibility| (visibility == VisibilityArgument::Public).to_string());
    let listed = args.paging.list(client, || {
        Request::get(&["v2", "manage", "repos"])
            .with("namespace", args.organization.as_ref())
            .with("name", args.name.as_deref())
            .with("category", args.category.map(Category::as_str))
            .with("is_public", public.as_deref())
            .with("order_column", Some(column))
            .with("order_type", Some(direction))
    })?;
    // An organization without images is no error; one that is not there is.
    if let (true, Some(organization)) = (listed.is_empty(), &args.organization) {
        client.send(Request::on_organization(Method::GET, organization.as_str(), &[]))?;
    }
    Ok(rows(listed))
}

/// Images as the management API lists them.
pub(super) fn rows(listed: Vec<Value>) -> Reply {
    let columns = [
        ("repository", "repository"),
        ("tags", "num_images"),
        ("size_bytes", "size"),
        ("downloads", "num_download"),
        ("public", "is_public"),
        ("category", "category"),
        ("updated_at", "updated_at"),
    ];
    let whole = |mut image: Value| {
        let (organization, name) = (super::people::text(&image, "/namespace"), super::people::text(&image, "/name"));
        image["repository"] = format!("{organization}/{name}").into();
        image
    };
    Reply::rows_of(&columns, &listed.into_iter().map(whole).collect::<Vec<_>>())
}

fn show(client: &Client, repository: &RepositoryName) -> Result<Reply> {
    let mut shown = client.ask(Request::on_repository(Method::GET, repository, &[]))?;
    shown["repository"] = repository.as_str().into();
    let (path, plain) = (super::people::text(&shown, "/path"), if client.profile().url.is_secure() { "" } else { " --plain-http" });
    // What is in capitals is for people to fill in.
    shown["docker_push"] = format!("docker push {path}:TAG").into();
    shown["containerd_push"] = format!("ctr images push{plain} --user USER {path}:TAG").into();
    let fields = [
        ("repository", "repository"),
        ("path", "path"),
        ("public", "is_public"),
        ("category", "category"),
        ("description", "description"),
        ("tags", "num_images"),
        ("size_bytes", "size"),
        ("downloads", "num_download"),
        ("creator", "creator_name"),
        ("created_at", "created"),
        ("updated_at", "updated"),
        ("docker_push", "docker_push"),
        ("containerd_push", "containerd_push"),
    ];
    Ok(Reply::record_of(&fields, &shown))
}

fn create(client: &Client, repository: &RepositoryName, properties: Properties) -> Result<Reply> {
    let mut body = properties.body();
    body.insert("repository".to_owned(), repository.path().into());
    body.entry("is_public").or_insert(false.into());
    let create = Request::on_organization(Method::POST, repository.organization_str(), &["repos"]);
    client.send(create.json(Value::Object(body)))?;
    Ok(Reply::done(format!("repository '{repository}' created")))
}

fn change(client: &Client, repository: &RepositoryName, properties: Properties) -> Result<()> {
    let body = properties.body();
    if body.is_empty() {
        return Err(Misuse("nothing to change: give --visibility, --category or --description".into()).into());
    }
    client.send(Request::on_repository(Method::PATCH, repository, &[]).json(Value::Object(body)))?;
    Ok(())
}
