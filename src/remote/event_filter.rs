//! Which events are wanted, as `ambar events list`, `export`, `follow` and `tail` are told.

use ambar_domain::clock::Timestamp;
use ambar_domain::event::Event;
use ambar_domain::ids::UserId;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_schemas::swr::time;
use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::{Deserialize, Serialize};

use super::people::{list, user_id};
use crate::cli::output;
use crate::client::{Client, Request};
use crate::moment;
use crate::refusal::NotThere;

/// Which events are wanted.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct EventFilter {
    /// Only what this user did
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Only what this actor did: a user's id, `operator:<uid>`, `worker:<job>`, `anonymous`
    #[arg(long, conflicts_with = "user", value_parser = actor)]
    pub(crate) actor: Option<String>,
    /// Only events of this type, such as `repository.version_pushed`
    #[arg(long = "type", value_name = "TYPE", value_parser = types(), hide_possible_values = true)]
    pub(crate) event_type: Option<String>,
    /// Only what happened to this image, which may be deleted by now
    #[arg(long, value_name = "ORGANIZATION/NAME")]
    pub(crate) image: Option<RepositoryName>,
    /// Only what happened in this organization, which may be deleted by now
    #[arg(long = "org", value_name = "ORGANIZATION")]
    pub(crate) organization: Option<OrganizationName>,
    /// Only events of this stream, such as `user/<id>`
    #[arg(long, value_name = "TYPE/ID", value_parser = stream)]
    pub(crate) stream: Option<String>,
    /// Only from this time on, such as 2027-01-31T18:00:00Z; a day, 2027-01-31, is meant from its beginning (UTC)
    #[arg(long, value_name = "TIME", value_parser = moment::read)]
    pub(crate) from: Option<Timestamp>,
    /// Only before this time; a day is meant with all of it
    #[arg(long, value_name = "TIME", value_parser = moment::read_end)]
    pub(crate) until: Option<Timestamp>,
}

impl EventFilter {
    /// Asks for them at this path. A user's name is looked up.
    pub(super) fn request(&self, client: &Client, segments: &[&str]) -> Result<Request> {
        let actor = match &self.user {
            Some(name) => Some(user_id(client, name)?),
            None => self.actor.clone(),
        };
        Ok(Request::get(segments)
            .with("actor", actor)
            .with("type", self.event_type.as_deref())
            .with("repository", self.image.as_ref().map(RepositoryName::as_str))
            .with("organization", self.organization.as_ref())
            .with("stream", self.stream.as_deref())
            .with("from", self.from.map(time::text))
            .with("until", self.until.map(time::text)))
    }

    /// Where nothing was found on a server: tells if no event is of what was named, whenever it was.
    ///
    /// # Errors
    /// [`NotThere`] if nothing has ever happened in the organization, or to the image.
    pub(super) fn explain_nothing(&self, client: &Client) -> Result<()> {
        for (alone, nothing) in self.each_alone(Whose::Caller) {
            if !is_any(client, &alone)? {
                output::note(nothing.note()?);
            }
        }
        Ok(())
    }

    /// All that was named but users and times, one by one, and what to say if no event is of it: what a wrong name finds is nothing as well.
    pub(crate) fn each_alone(&self, whose: Whose<'_>) -> Vec<(Self, Nothing)> {
        let Self { user: _, actor, event_type, image, organization, stream, from: _, until: _ } = self.clone();
        let (place, never) = match whose {
            Whose::Everybody => (String::new(), "there is no event"),
            Whose::Caller => (String::new(), "the account has no event"),
            Whose::Account(account) => (format!(" in account '{account}'"), "the account has no event"),
        };
        let missing = |what: &str, name: &str| Nothing::NotThere(format!("there is no {what} '{name}'{place}, and no event of one"));
        let never = |what: &str, value: &str| Nothing::Never(format!("{never} of the {what} '{value}'"));
        let nothing = [
            organization.as_ref().map(|name| missing("organization", name.as_str())),
            image.as_ref().map(|name| missing("image", name.as_str())),
            event_type.as_ref().map(|value| never("type", value)),
            actor.as_ref().map(|value| never("actor", value)),
            stream.as_ref().map(|value| never("stream", value)),
        ];
        let alone = [
            Self { organization, ..Self::default() },
            Self { image, ..Self::default() },
            Self { event_type, ..Self::default() },
            Self { actor, ..Self::default() },
            Self { stream, ..Self::default() },
        ];
        alone.into_iter().zip(nothing).filter_map(|(alone, nothing)| Some((alone, nothing?))).collect()
    }
}

/// Whose events are looked through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// Those of all accounts.
    Everybody,
    /// Those of the account that asks, over the API.
    Caller,
    /// Those of the account that the operator has named so.
    Account(&'a str),
}

/// What there is to say if no event is of what was named.
pub(crate) enum Nothing {
    /// It does not exist, and never has.
    NotThere(String),
    /// It may well be that it never happened.
    Never(String),
}

impl Nothing {
    /// What to tell people.
    ///
    /// # Errors
    /// [`NotThere`] of what does not exist.
    pub(crate) fn note(self) -> Result<String, NotThere> {
        match self {
            Self::NotThere(text) => Err(NotThere(text)),
            Self::Never(text) => Ok(text),
        }
    }
}

/// Whether the account has an event that is wanted.
fn is_any(client: &Client, wanted: &EventFilter) -> Result<bool> {
    let mut cursor = None::<String>;
    loop {
        let request = wanted.request(client, &["v1", "events"])?.with("limit", Some("1"));
        let page = client.ask(request.with("cursor", cursor.as_deref()))?;
        if !list(&page, "/items").is_empty() {
            return Ok(true);
        }
        // A page may end before anything is found.
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return Ok(false);
        }
    }
}

/// The types of events that there are.
fn types() -> PossibleValuesParser {
    Event::types().map(|(_, name, _)| name).collect::<Vec<_>>().into()
}

/// Who did something, as events say it.
fn actor(text: &str) -> Result<String, &'static str> {
    let is_part_of_ambar = ["operator:", "worker:"].iter().any(|kind| text.starts_with(kind));
    let is_actor = text == "anonymous" || is_part_of_ambar || text.parse::<UserId>().is_ok();
    if is_actor {
        Ok(text.to_owned())
    } else {
        Err("an actor is a user's id (--user takes a name), operator:<uid>, worker:<job> or anonymous")
    }
}

/// A stream, as events say it.
fn stream(text: &str) -> Result<String, &'static str> {
    let is_stream = text.split_once('/').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty());
    if is_stream { Ok(text.to_owned()) } else { Err("a stream is a type and an id, such as organization/team or repository/team/web") }
}
