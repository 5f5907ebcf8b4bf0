//! Which events of the log the operator wants, those of all accounts or of one, and how each is written.

use std::collections::HashMap;

use ambar_api::render_event;
use ambar_domain::ids::AccountId;
use ambar_domain::names::AccountName;
use ambar_projections::events::{EventFilter, EventSubject, list_event_subjects};
use ambar_schemas::v1::cloud_event::CloudEvent;
use ambar_schemas::v1::event::Event;
use ambar_storage::event_log::{Page, Position, RecordedEvent, StreamId};
use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::admin::resolve_account;
use crate::admin::user::find_user;
use crate::remote::event_filter::EventFilter as Filter;
use crate::remote::export::Format;
use crate::server::Node;

/// What is wanted, as it is said on the command line.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Only events of this account
    #[arg(long, value_name = "NAME")]
    account: Option<AccountName>,
    #[command(flatten)]
    events: Filter,
    /// How each line is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The same, looked up.
#[derive(Debug)]
pub(super) struct Selection {
    account: Option<AccountId>,
    filter: EventFilter,
    format: Format,
}

/// An event with whose it is.
#[derive(Debug, Serialize)]
struct OfAccount<'a> {
    /// The account's id; `null` is nobody's.
    account: Option<&'a AccountId>,
    #[serde(flatten)]
    event: Event,
}

impl Wanted {
    pub(super) fn resolve(self, node: &Node) -> Result<Selection> {
        let Self { account, events, format } = self;
        let actor = match events.user {
            Some(name) => Some(find_user(node, account.as_ref(), &name.parse()?)?.user.to_string()),
            None => events.actor,
        };
        let account = account.map(|name| resolve_account(node, Some(&name))).transpose()?;
        let filter = EventFilter {
            actor,
            event_type: events.event_type,
            stream: events.stream.as_deref().map(stream_id).transpose()?,
            repository: events.image,
            organization: events.organization,
            from: events.from,
            until: events.until,
        };
        Ok(Selection { account: account.map(|account| account.account), filter, format })
    }
}

fn stream_id(text: &str) -> Result<StreamId> {
    let (aggregate_type, aggregate_id) = text.split_once('/').context("a stream is a type and an id, such as repository/team/web")?;
    Ok(StreamId { aggregate_type: aggregate_type.to_owned().into(), aggregate_id: aggregate_id.to_owned() })
}

impl Selection {
    /// Those of a page behind `after` that are wanted, with the accounts they belong to.
    pub(super) async fn of(&self, node: &Node, after: Position, page: Page) -> Result<Vec<(Option<AccountId>, RecordedEvent)>> {
        // Whose they are is known once the views have them.
        node.views().wait_for(page.next).await?;
        let mut subjects: HashMap<Position, EventSubject> = list_event_subjects(&node.views().reader()?, after, page.next)?;
        let events = page.events.into_iter().filter_map(|event| {
            let subject = subjects.remove(&event.position);
            let account = subject.as_ref().map(|subject| &subject.account);
            let is_wanted = (self.account.is_none() || account == self.account.as_ref()) && self.filter.matches(&event, subject.as_ref());
            is_wanted.then(|| (subject.map(|subject| subject.account), event))
        });
        Ok(events.collect())
    }

    /// An event as a line of JSON shows it.
    pub(super) fn render(&self, account: Option<&AccountId>, event: &RecordedEvent) -> Result<Value> {
        let event = render_event(event)?;
        Ok(match self.format {
            Format::Jsonl => serde_json::to_value(OfAccount { account, event })?,
            Format::Cloudevents => serde_json::to_value(CloudEvent::of(account, event))?,
        })
    }
}
