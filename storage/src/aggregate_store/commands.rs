//! Sending commands: the framework, bounded retries of conflicts, and the wait for the local views.

use std::sync::Arc;
use std::time::Duration;

use ambar_domain::account::Account;
use ambar_domain::address::Address;
use ambar_domain::blob::Blob;
use ambar_domain::blob_link::BlobLink;
use ambar_domain::clock::Clock;
use ambar_domain::group::Group;
use ambar_domain::ids::IdSource;
use ambar_domain::name_claim::NameClaim;
use ambar_domain::organization::Organization;
use ambar_domain::repository::Repository;
use ambar_domain::user::User;
use cqrs_es::{Aggregate, AggregateError, CqrsFramework};
use futures::future::BoxFuture;
use thiserror::Error;

use super::context::CommandContext;
use super::outcome;
use super::snapshots::SnapshotStore;
use super::store::{AggregateStore, OutcomeUnknown};
use crate::event_log::{EventLog, Position};

/// Attempts at a command that meets conflicts. Other processes, forgotten slots and the failure of an earlier append cause them;
/// so many losses in a row are a storm.
const ATTEMPTS: u32 = 6;

/// Before the third attempt; doubled before each further one, so that two processes do not lose to each other in step.
const PAUSE: Duration = Duration::from_millis(2);

/// Is told of every durable append, and answers when who sent the command may read it.
pub trait Committed: Send + Sync + 'static {
    /// Resolves when the local views have passed `position`, or fails when waiting longer is of no use.
    fn passed(&self, position: Position) -> BoxFuture<'_, Result<(), NotVisible>>;
}

/// Why the local views do not show what was recorded.
pub type NotVisible = Box<dyn std::error::Error + Send + Sync>;

/// Why a command was not carried out.
#[derive(Debug, Error)]
pub enum CommandError<E: std::error::Error + 'static> {
    /// The aggregate said no; nothing was recorded.
    #[error(transparent)]
    Refused(E),
    /// Others changed the aggregate at the same time, again and again; nothing was recorded.
    #[error("the aggregate is being changed by too many at once")]
    Conflict,
    /// The event log cannot take it now; nothing was recorded.
    #[error("the event log is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Whether it was recorded is not known.
    #[error("the outcome of the command is unknown")]
    OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was recorded, but the local views do not show it yet: what it changes has not taken effect here.
    #[error("the command is recorded, but the views do not show it yet")]
    NotVisible(#[source] NotVisible),
    /// The aggregate could not be loaded.
    #[error("the aggregate cannot be loaded")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl<E: std::error::Error> From<AggregateError<E>> for CommandError<E> {
    fn from(error: AggregateError<E>) -> Self {
        match error {
            AggregateError::UserError(error) => Self::Refused(error),
            AggregateError::AggregateConflict => Self::Conflict,
            AggregateError::DatabaseConnectionError(error) => Self::Unavailable(error),
            AggregateError::DeserializationError(error) => Self::Failed(error),
            AggregateError::UnexpectedError(error) => {
                if error.is::<OutcomeUnknown>() {
                    Self::OutcomeUnknown(error)
                } else {
                    Self::Failed(error)
                }
            }
        }
    }
}

/// Sends commands to aggregates of one type.
pub struct Commands<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    framework: CqrsFramework<A, AggregateStore<A>>,
    committed: Arc<dyn Committed>,
}

impl<A> std::fmt::Debug for Commands<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Commands({})", A::TYPE)
    }
}

impl<A> Commands<A>
where
    A: Aggregate<Services = ()> + 'static,
    A::Command: Clone + Send,
    A::Event: 'static,
    A::Error: Send + Sync,
{
    /// Takes commands for the aggregates that `store` holds.
    pub fn new(store: AggregateStore<A>, committed: Arc<dyn Committed>) -> Self {
        Self { framework: CqrsFramework::new(store, vec![], ()), committed }
    }

    /// Has the aggregate carry the command out. When it answers, the events are on disk and the local views show them.
    ///
    /// An answer without events of its own rests on events of others: "it is so already" waits for them in the same way, a refusal until
    /// they are durable.
    /// Dropping the future takes nothing back that was enqueued, and leaves the aggregate as the log has it.
    ///
    /// # Errors
    /// [`CommandError`] says which of the ways it went.
    pub async fn execute(&self, id: &str, command: A::Command, context: &CommandContext) -> Result<(), CommandError<A::Error>> {
        for attempt in 0..ATTEMPTS {
            if attempt >= 2 {
                tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 2)).await;
            }
            if let Some(answer) = self.attempt(id, command.clone(), context).await {
                return answer;
            }
        }
        Err(CommandError::Conflict)
    }

    /// `None` when somebody else was faster, or when what the answer rests on never came to be.
    async fn attempt(&self, id: &str, command: A::Command, context: &CommandContext) -> Option<Result<(), CommandError<A::Error>>> {
        // Unconstrained, so that the runtime does not suspend it between the events of a command: dropped there, it would leave an
        // aggregate behind that is ahead of the log. It suspends only where it waits for a lock, the log or the views.
        let attempt = tokio::task::unconstrained(self.framework.execute_with_metadata(id, command, context.to_metadata()));
        let (answer, basis) = outcome::with_basis(attempt).await;
        match answer {
            Ok(()) => {
                let position = outcome::settle(basis).await?;
                if position == Position::START {
                    return Some(Ok(()));
                }
                Some(self.committed.passed(position).await.map_err(CommandError::NotVisible))
            }
            Err(AggregateError::UserError(refusal)) => {
                outcome::settle(basis).await?;
                Some(Err(CommandError::Refused(refusal)))
            }
            Err(AggregateError::AggregateConflict) => None,
            Err(error) => Some(Err(error.into())),
        }
    }
}

/// Commands to every type of aggregate there is.
#[derive(Debug)]
pub struct Aggregates {
    /// Accounts, by account id.
    pub accounts: Commands<Account>,
    /// Users, by user id.
    pub users: Commands<User>,
    /// Groups, by group id.
    pub groups: Commands<Group>,
    /// Name claims, by the printed name key.
    pub names: Commands<NameClaim>,
    /// Organizations, by name.
    pub organizations: Commands<Organization>,
    /// Repositories, by whole name.
    pub repositories: Commands<Repository>,
    /// Blob links, by repository and digest.
    pub blob_links: Commands<BlobLink>,
    /// Blobs, by digest.
    pub blobs: Commands<Blob>,
    /// Addresses that clients come from, as they print.
    pub addresses: Commands<Address>,
}

impl Aggregates {
    /// Every aggregate over one log. `committed` is waited for after each append.
    pub fn new(
        log: Arc<dyn EventLog>,
        snapshots: Option<Arc<dyn SnapshotStore>>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        committed: Arc<dyn Committed>,
    ) -> Self {
        macro_rules! commands {
            () => {
                Commands::new(AggregateStore::new(log.clone(), snapshots.clone(), clock.clone(), ids.clone()), committed.clone())
            };
        }
        Self {
            accounts: commands!(),
            users: commands!(),
            groups: commands!(),
            names: commands!(),
            organizations: commands!(),
            repositories: commands!(),
            blob_links: commands!(),
            blobs: commands!(),
            addresses: commands!(),
        }
    }
}
