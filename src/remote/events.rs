//! `ambar events list` and `ambar events follow`: what happened in the account (requirement E3). JSON lines for programs.

use std::collections::HashMap;
use std::io::BufRead;
use std::time::Duration;

use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use anyhow::Result;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::people::{list as members, names, text, user_id};
use crate::admin::Reply;
use crate::cli::output;
use crate::client::{Client, Failure, Request};

/// The most that one answer has.
const MOST: u64 = 1000;
/// How long a follower waits before it connects again; twice as long after each time that this was in vain.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Which events are wanted.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
pub(crate) struct EventFilter {
    /// Only what this user did
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Only what this actor did: a user's id, `operator:<uid>`, `worker:<job>`
    #[arg(long, conflicts_with = "user")]
    pub(crate) actor: Option<String>,
    /// Only events of this type, such as `repository.version_pushed`
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) event_type: Option<String>,
    /// Only what happened to this image
    #[arg(long, value_name = "ORGANIZATION/NAME")]
    pub(crate) image: Option<RepositoryName>,
    /// Only what happened in this organization
    #[arg(long = "org", value_name = "ORGANIZATION")]
    pub(crate) organization: Option<OrganizationName>,
    /// Only events of this stream, such as `user/<id>`
    #[arg(long, value_name = "TYPE/ID")]
    pub(crate) stream: Option<String>,
    /// Only from this time on, such as 2027-01-31T18:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filter: EventFilter,
    /// Begin behind this position
    #[arg(long, value_name = "POSITION")]
    after: Option<String>,
    /// How many events, the oldest first
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    limit: u64,
    /// List all there are
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct FollowArgs {
    #[command(flatten)]
    filter: EventFilter,
    /// Begin behind this position, and not with what comes next
    #[arg(long, value_name = "POSITION")]
    after: Option<String>,
}

impl EventFilter {
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
            .with("from", self.from.as_deref())
            .with("until", self.until.as_deref()))
    }
}

/// Prints page by page what there is.
pub(crate) fn list(client: &Client, args: &ListArgs, json: bool) -> Result<()> {
    let (limit, names) = (if args.all { MOST } else { args.limit }, if json { HashMap::new() } else { names(client)? });
    let (mut cursor, mut shown) = (args.after.clone(), Vec::new());
    loop {
        let request = args.filter.request(client, &["v1", "events"])?;
        let page = client.ask(request.with("limit", Some(limit.to_string())).with("cursor", cursor.as_deref()))?;
        for event in members(&page, "/items") {
            if json {
                output::line(event)?;
            } else {
                shown.push(for_people(event, &names));
            }
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || !args.all {
            break;
        }
    }
    if !json {
        let columns = [("position", "position"), ("recorded_at", "time"), ("type", "type"), ("actor", "actor"), ("stream", "stream")];
        output::line(Reply::rows_of(&columns, &shown).to_text())?;
    }
    if let Some(cursor) = cursor {
        output::note(format_args!("there are more; --after {cursor} goes on, --all lists all"));
    }
    Ok(())
}

/// Prints events as they are recorded, for ever: a connection that ends is made anew, and goes on behind the last event.
pub(crate) fn follow(client: &Client, args: &FollowArgs, json: bool) -> Result<()> {
    let names = if json { HashMap::new() } else { names(client)? };
    let mut last = args.after.clone();
    let mut stream = client.follow(args.filter.request(client, &["v1", "events", "stream"])?.behind(last.clone()))?;
    loop {
        read(&mut stream, &mut last, |event| {
            if json {
                return output::line(event);
            }
            let event = for_people(event, &names);
            let [time, kind, actor, stream] = ["/time", "/type", "/actor", "/stream"].map(|field| text(&event, field));
            output::line(format_args!("{time}  {kind:32}  {actor:16}  {stream}"))
        })?;
        stream = connect_again(|| client.follow(args.filter.request(client, &["v1", "events", "stream"])?.behind(last.clone())))?;
    }
}

/// Reads events until the connection ends or breaks; `last` is where to go on.
fn read(stream: &mut impl BufRead, last: &mut Option<String>, mut show: impl FnMut(Value) -> Result<()>) -> Result<()> {
    let (mut line, mut id) = (String::new(), None);
    loop {
        line.clear();
        match stream.read_line(&mut line) {
            Ok(0) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if let Some(position) = line.strip_prefix("id: ") {
            id = Some(position.trim_end().to_owned());
        } else if let Some(event) = line.strip_prefix("data: ").filter(|_| line.ends_with('\n')) {
            show(serde_json::from_str(event)?)?;
            *last = id.take().or(last.take());
        }
    }
}

/// Tries until the server answers. A refusal ends it: the key may have been taken away.
fn connect_again<T>(connect: impl Fn() -> Result<T>) -> Result<T> {
    let mut pause = FIRST_PAUSE;
    loop {
        std::thread::sleep(pause);
        match connect() {
            Err(error) if matches!(error.downcast_ref(), Some(Failure::Unreachable { .. })) => {
                output::note(format_args!("{error:#}; trying again"));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            connected => return connected,
        }
    }
}

/// With names where the log has ids.
fn for_people(mut event: Value, names: &HashMap<String, String>) -> Value {
    if let Some(name) = names.get(&text(&event, "/actor")) {
        event["actor"] = name.as_str().into();
    }
    event
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_stream_is_read_event_by_event_and_what_broke_off_comes_with_the_next_connection() {
        let text = ": following\n\nid: 1:0\ndata: {\"n\":1}\n\n:\n\nid: 2:0\ndata: {\"n\":2}\n\nid: 3:0\ndata: {\"n\":3";
        let (mut last, mut seen) = (None, Vec::new());
        read(&mut Cursor::new(text), &mut last, |event| {
            seen.push(event);
            Ok(())
        })
        .unwrap();
        assert_eq!((seen, last), (vec![json!({ "n": 1 }), json!({ "n": 2 })], Some("2:0".to_owned())));
    }
}
