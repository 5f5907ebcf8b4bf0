//! Whose events are and what they are about, for who reads the whole log.

use std::collections::HashMap;

use ambar_domain::ids::AccountId;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::aggregate_store::Actor;
use ambar_storage::event_log::{Position, RecordedEvent};
use rusqlite::{Row, params};

use super::EventFilter;
use crate::columns::{optional_text, position, text};
use crate::error::ViewsError;
use crate::place::PositionKey;
use crate::reader::Reader;

/// The account that an event belongs to, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSubject {
    /// Whose it is.
    pub account: AccountId,
    /// The organization that it is about, or whose repository.
    pub organization: Option<OrganizationName>,
    /// The repository that it is about.
    pub repository: Option<RepositoryName>,
}

/// What the events behind `after`, up to and with `last`, are about; those of no account have none. One look for each account.
///
/// # Errors
/// The views cannot be read.
pub fn list_event_subjects(reader: &Reader, after: Position, last: Position) -> Result<HashMap<Position, EventSubject>, ViewsError> {
    let sql = "SELECT events.position, accounts.account, organization_names.name, repository_names.name
                 FROM accounts
                 CROSS JOIN event_terms ON event_terms.term = accounts.account
                 CROSS JOIN account_events events
                   ON events.account = event_terms.id AND events.position > ?1 AND events.position <= ?2
                 LEFT JOIN organization_names ON organization_names.id = events.organization
                 LEFT JOIN repository_names ON repository_names.id = events.repository";
    let found = reader.list(sql, params![PositionKey::new(after), PositionKey::new(last)], subject)?;
    Ok(found.into_iter().collect())
}

fn subject(row: &Row<'_>) -> rusqlite::Result<(Position, EventSubject)> {
    let subject = EventSubject { account: text(row, 1)?, organization: optional_text(row, 2)?, repository: optional_text(row, 3)? };
    Ok((position(row, 0)?, subject))
}

impl EventFilter {
    /// Whether an event that is about `subject` is wanted: what [`super::list_account_events`] finds by the views.
    #[must_use]
    pub fn matches(&self, event: &RecordedEvent, subject: Option<&EventSubject>) -> bool {
        let (organization, repository) = subject.map_or((None, None), |of| (of.organization.as_ref(), of.repository.as_ref()));
        self.event_type.as_ref().is_none_or(|wanted| event.event_type == *wanted)
            && self.stream.as_ref().is_none_or(|wanted| event.stream == *wanted)
            && self.organization.as_ref().is_none_or(|wanted| organization == Some(wanted))
            && self.repository.as_ref().is_none_or(|wanted| repository == Some(wanted))
            && self.from.is_none_or(|from| from <= event.recorded_at)
            && self.until.is_none_or(|until| event.recorded_at < until)
            && self.actor.as_ref().is_none_or(|wanted| Actor::recorded(&event.metadata).as_ref() == Some(wanted))
    }
}
