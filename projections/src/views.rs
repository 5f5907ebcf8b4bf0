//! The views of a node: kept up to date by one loop, read by everybody, waited for by who has just changed something.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::policy::access::{AccessFacts, Caller};
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::aggregate_store::{Committed, NotVisible};
use ambar_storage::event_log::{EventLog, Position};
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use crate::access::{Entrusted, Present, Stamp, UserState};
use crate::catch_up::{self, Order};
use crate::error::ViewsError;
use crate::reader::{Pool, Reader};

/// Longest wait for the views to reach a position.
const WAIT: Duration = Duration::from_secs(5);

/// How the views are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Behind the log, and on the way.
    CatchingUp,
    /// They have been at the log's head and follow it.
    Live,
    /// They have stopped at an event that they cannot apply. Nothing is skipped.
    Degraded {
        /// The event.
        event_id: Uuid,
        /// Where it is.
        position: Position,
        /// Why it cannot be applied.
        error: String,
    },
}

/// How the views are, and how far they have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The last event that they show.
    pub checkpoint: Position,
    /// How they are.
    pub state: State,
}

/// What the loop and the handles share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pool: Arc<Pool>,
    pub(crate) status: watch::Sender<Status>,
    pub(crate) access: Present,
    pub(crate) generation_of_addresses: AtomicU64,
}

/// A handle to the views; cloning it is cheap, and the last one dropped ends the loop.
#[derive(Clone)]
pub struct Views(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    log: Arc<dyn EventLog>,
    orders: Option<mpsc::UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Views").field(&self.status()).finish()
    }
}

impl Views {
    /// Opens the views in a directory of their own, builds them when there are none of this version, and follows the log from there.
    ///
    /// When it returns they show all that was in the log when it was called.
    ///
    /// # Errors
    /// When the directory cannot be used or the log cannot be read. An event that cannot be applied is no error here: see [`State::Degraded`].
    pub fn open(directory: &Path, log: Arc<dyn EventLog>) -> Result<Self, ViewsError> {
        let (orders, receiver) = mpsc::unbounded_channel();
        let (shared, thread) = catch_up::start(directory, log.clone(), orders.downgrade(), receiver)?;
        Ok(Self(Arc::new(Handle { shared, log, orders: Some(orders), thread: Some(thread) })))
    }

    /// A connection that reads the views as they are now.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn reader(&self) -> Result<Reader, ViewsError> {
        self.0.shared.pool.reader()
    }

    /// How the views are.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.shared.status.borrow().clone()
    }

    /// Changes whenever the views show more.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Status> {
        self.0.shared.status.subscribe()
    }

    /// What decides now about the caller on the repository, whether it exists or not. From memory, as of the checkpoint.
    #[must_use]
    pub fn access_facts(&self, caller: &Caller, repository: &RepositoryName) -> AccessFacts {
        self.0.shared.access.index().facts(caller, repository)
    }

    /// Who the user is now, beside what proves it; `None` if there is none of that id. Whether its account is there is not asked. From memory, as
    /// of the checkpoint.
    #[must_use]
    pub fn user_state(&self, user: &UserId) -> Option<UserState> {
        self.0.shared.access.index().user(user)
    }

    /// What one account has entrusted to another and lasts at `now`. Whether the other is there is not asked. From memory, as of the checkpoint.
    #[must_use]
    pub fn entrusted(&self, account: &AccountId, trustee: &AccountId, now: Timestamp) -> Option<Entrusted> {
        self.0.shared.access.index().entrusted(account, trustee, now)
    }

    #[cfg(test)]
    pub(crate) fn facts_in_memory(&self) -> usize {
        self.0.shared.access.index().len()
    }

    /// How often it may have changed so far who somebody is. Take it before the look for an answer that is to be kept with a [`Stamp`]: what is
    /// found may be newer, never older.
    #[must_use]
    pub fn generation_of_access(&self) -> u64 {
        self.0.shared.access.generation()
    }

    /// Whether an answer with this stamp still holds: until a change of what it depends on can be seen, and no longer than until whoever made
    /// that is answered.
    #[must_use]
    pub fn is_current(&self, stamp: &Stamp) -> bool {
        self.0.shared.access.is_current(stamp)
    }

    /// Changes whenever other addresses may be blocked than before; as long as it does not, what was found before may be kept.
    ///
    /// Take it before the look, and compare it after: it changes after the change can be seen and before who made it is answered.
    #[must_use]
    pub fn generation_of_addresses(&self) -> u64 {
        self.0.shared.generation_of_addresses.load(Ordering::Acquire)
    }

    /// Waits until the views show the event at `position`, at most five seconds.
    ///
    /// # Errors
    /// [`ViewsError::Behind`] when that was too short, [`ViewsError::Degraded`] when waiting is of no use.
    pub async fn wait_for(&self, position: Position) -> Result<(), ViewsError> {
        let mut status = self.0.shared.status.subscribe();
        if status.borrow_and_update().checkpoint >= position {
            return Ok(());
        }
        let reached = status.wait_for(|status| status.checkpoint >= position || matches!(status.state, State::Degraded { .. }));
        match tokio::time::timeout(WAIT, reached).await {
            Err(_) => Err(ViewsError::Behind { wanted: position, at: self.status().checkpoint }),
            Ok(Err(_)) => Err(ViewsError::Closed),
            Ok(Ok(status)) if status.checkpoint >= position => Ok(()),
            Ok(Ok(status)) => match status.state.clone() {
                State::Degraded { event_id, position, error } => Err(ViewsError::Degraded { event_id, position, error }),
                State::CatchingUp | State::Live => Ok(()),
            },
        }
    }

    /// The read barrier: waits until the views show everything that is in the log now.
    ///
    /// # Errors
    /// As [`Views::wait_for`], or when the log cannot be asked for its head.
    pub async fn catch_up(&self) -> Result<(), ViewsError> {
        let head = self.0.log.head().await?;
        self.wait_for(head).await
    }

    /// Looks for something, and where it is not found looks again behind the newest event, if any has come since the first look.
    ///
    /// # Errors
    /// As [`Views::catch_up`], or what `look` says.
    pub async fn find<T>(&self, look: impl Fn(&Reader) -> Result<Option<T>, ViewsError>) -> Result<Option<T>, ViewsError> {
        let shown = self.0.shared.status.borrow().checkpoint;
        if let Some(found) = look(&self.reader()?)? {
            return Ok(Some(found));
        }
        let head = self.0.log.head().await?;
        if head <= shown {
            return Ok(None);
        }
        self.wait_for(head).await?;
        look(&self.reader()?)
    }

    /// Folds the whole log into a new file beside the present one, and swaps them when it has caught up. Reads go on meanwhile.
    ///
    /// # Errors
    /// When an event cannot be applied or the file cannot be written; then the present file stays in use.
    pub async fn rebuild(&self) -> Result<(), ViewsError> {
        let (done, answer) = oneshot::channel();
        let orders = self.0.orders.as_ref().ok_or(ViewsError::Closed)?;
        orders.send(Order::Rebuild(done)).map_err(|_| ViewsError::Closed)?;
        answer.await.map_err(|_| ViewsError::Closed)?
    }
}

impl Committed for Views {
    fn passed(&self, position: Position) -> BoxFuture<'_, Result<(), NotVisible>> {
        Box::pin(async move { Ok(self.wait_for(position).await?) })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the views' loop had died");
        }
    }
}
