//! Where appends wait for the writer: callers put them in without waiting, the writer takes all there are at once.
//!
//! The queue has no bound of its own. Whoever appends waits for the answer, so it holds at most what the callers hold anyway.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::event_log::port::{Append, AppendError, Appended};

/// An append on its way.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) append: Append,
    pub(super) answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// The way from the callers to the writer thread.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    writer_sleeps: bool,
    closed: bool,
}

/// Nobody takes appends any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the writer of the event log has ended")]
pub(super) struct Closed;

impl Queue {
    /// Takes the next place in the order.
    pub(super) fn push(&self, append: Append) -> Result<oneshot::Receiver<Result<Appended, AppendError>>, Closed> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.closed {
            return Err(Closed);
        }
        state.waiting.push(Waiting { append, answer });
        let wake = std::mem::take(&mut state.writer_sleeps);
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(receiver)
    }

    /// Moves everything that waits into `batch`, which is empty; sleeps until there is something. False once closed and drained.
    ///
    /// On a busy machine, whoever else can run goes first: what they append shares the commit.
    pub(super) fn take_all(&self, batch: &mut Vec<Waiting>) -> bool {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return false;
            }
            state.writer_sleeps = true;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        std::thread::yield_now();
        let mut state = self.lock();
        std::mem::swap(&mut state.waiting, batch);
        true
    }

    /// Takes no more; what waits is still worked off.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Takes no more and forgets what waits, whose callers then see that their answer was lost.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
