//! Which events of the log the operator wants, those of all accounts or of one, and how each is written.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use ambar_api::render_event;
use ambar_domain::ids::AccountId;
use ambar_projections::events::{EventFilter, EventSubject, list_event_subjects};
use ambar_projections::{ViewsError, identity};
use ambar_schemas::v1::cloud_event::CloudEvent;
use ambar_schemas::v1::event::Event;
use ambar_storage::event_log::{Page, Position, RecordedEvent, StreamId};
use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::admin::user::find_user;
use crate::refusal::{Misuse, NotThere};
use crate::remote::event_filter::{EventFilter as Filter, Nothing, Whose};
use crate::remote::export::Format;
use crate::server::Node;

/// What is wanted, as it is said on the command line.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Only events of this account, by its name or its id; one that is closed has its events still
    #[arg(long, value_name = "NAME|ID")]
    account: Option<String>,
    #[command(flatten)]
    events: Filter,
    /// How each line is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Whom names mean now. Who follows events asks once, so that it goes on to mean the same when they are closed, deleted or given to others.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Meant {
    pub(super) account: Option<AccountId>,
    pub(super) actor: Option<String>,
}

/// The same in the terms of the log.
#[derive(Debug)]
pub(super) struct Selection {
    account: Option<AccountId>,
    filter: EventFilter,
    format: Format,
}

/// Whose an event is.
#[derive(Debug)]
pub(super) enum Owner {
    Account(AccountId),
    Nobody,
    /// The views do not have the event, and cannot be waited for.
    Unknown,
}

/// An event with whose it is.
#[derive(Debug, Serialize)]
struct OfAccount<'a> {
    /// The account's id; `null` is nobody's, and without it that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Option<&'a AccountId>>,
    #[serde(flatten)]
    event: Event,
}

impl Wanted {
    /// Looks up whom the names mean.
    pub(super) fn look_up(&self, node: &Node) -> Result<Meant> {
        let account = self.account.as_deref().map(|account| find_account(node, account)).transpose()?;
        let actor = match (&self.events.user, &account) {
            (None, _) => None,
            (Some(user), Some(account)) => {
                let found = identity::find_user(&node.views().reader()?, account, &name(user)?)?;
                Some(found.ok_or_else(|| NotThere(format!("the account has no user '{user}'")))?.user.to_string())
            }
            (Some(user), None) => Some(find_user(node, None, &name(user)?)?.user.to_string()),
        };
        Ok(Meant { account, actor })
    }

    /// All that was named but users and times, one by one, and what to say if no event is of it.
    pub(super) fn each_alone(&self) -> impl Iterator<Item = (Self, Nothing)> {
        let of = |events| Self { events, ..self.clone() };
        let whose = self.account.as_deref().map_or(Whose::Everybody, Whose::Account);
        self.events.each_alone(whose).into_iter().map(move |(events, nothing)| (of(events), nothing))
    }

    /// The same with ids in the place of names.
    pub(crate) fn meaning(mut self, meant: Meant) -> Self {
        self.account = meant.account.map(|account| account.to_string());
        if self.events.user.take().is_some() {
            self.events.actor = meant.actor;
        }
        self
    }

    pub(super) fn resolve(self, node: &Node) -> Result<Selection> {
        let meant = self.look_up(node)?;
        let Self { account: _, events, format } = self;
        let filter = EventFilter {
            actor: meant.actor.or(events.actor),
            event_type: events.event_type,
            stream: events.stream.as_deref().map(stream_id).transpose()?,
            repository: events.image,
            organization: events.organization,
            from: events.from,
            until: events.until,
        };
        Ok(Selection { account: meant.account, filter, format })
    }
}

/// A name as the command line gives it.
fn name<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Misuse> {
    text.parse().map_err(|error| Misuse(format!("'{text}' is no name: {error}").into()))
}

/// The account of that id or name: one that is open, or else the one that was closed last.
fn find_account(node: &Node, text: &str) -> Result<AccountId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let (reader, name) = (node.views().reader()?, name(text)?);
    if let Some(open) = identity::find_account_by_name(&reader, &name)? {
        return Ok(open.account);
    }
    let closed = identity::find_closed_account(&reader, &name)?;
    Ok(closed.ok_or_else(|| NotThere::no(format_args!("account '{name}'")))?)
}

fn stream_id(text: &str) -> Result<StreamId> {
    let (aggregate_type, aggregate_id) = text.split_once('/').context("a stream is a type and an id, such as repository/team/web")?;
    Ok(StreamId { aggregate_type: aggregate_type.to_owned().into(), aggregate_id: aggregate_id.to_owned() })
}

impl Selection {
    /// Those of a page behind `after` that are wanted, with whose they are.
    pub(super) async fn of(&self, node: &Node, after: Position, page: Page) -> Result<Vec<(Owner, RecordedEvent)>> {
        let mut subjects = list_subjects(node, after, &page, self.needs_subjects()).await?;
        let wanted = page.events.into_iter().filter_map(|event| {
            let subject = subjects.as_mut().and_then(|subjects| subjects.remove(&event.position));
            let is_wanted = self.wants(&event, subject.as_ref());
            let owner = match subject {
                Some(subject) => Owner::Account(subject.account),
                None if subjects.is_some() => Owner::Nobody,
                None => Owner::Unknown,
            };
            is_wanted.then_some((owner, event))
        });
        Ok(wanted.collect())
    }

    /// Whether an event that is about this is wanted.
    pub(super) fn wants(&self, event: &RecordedEvent, subject: Option<&EventSubject>) -> bool {
        let account = subject.map(|subject| &subject.account);
        (self.account.is_none() || account == self.account.as_ref()) && self.filter.matches(event, subject)
    }

    /// Whether it takes what events are about to tell which are wanted.
    pub(super) fn needs_subjects(&self) -> bool {
        self.account.is_some() || self.filter.organization.is_some() || self.filter.repository.is_some()
    }

    /// An event as a line of JSON shows it.
    pub(super) fn render(&self, owner: &Owner, event: &RecordedEvent) -> Result<Value> {
        let event = render_event(event)?;
        let account = match owner {
            Owner::Account(account) => Some(Some(account)),
            Owner::Nobody => Some(None),
            Owner::Unknown => None,
        };
        Ok(match self.format {
            Format::Jsonl => serde_json::to_value(OfAccount { account, event })?,
            Format::Cloudevents => serde_json::to_value(CloudEvent::of(account.flatten(), event))?,
        })
    }
}

/// What the events of a page behind `after` are about, once the views have them. `None` if they cannot have them, and it can be done without:
/// what stopped the views is what the operator looks for.
pub(super) async fn list_subjects(
    node: &Node,
    after: Position,
    page: &Page,
    is_needed: bool,
) -> Result<Option<HashMap<Position, EventSubject>>, ViewsError> {
    let Some(last) = page.events.last().map(|event| event.position) else { return Ok(None) };
    match node.views().wait_for(last).await {
        Err(ViewsError::Degraded { .. } | ViewsError::Behind { .. }) if !is_needed => Ok(None),
        waited => waited.and_then(|_| list_event_subjects(&node.views().reader()?, after, last)).map(Some),
    }
}
