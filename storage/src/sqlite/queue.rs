//! Where requests wait for the one thread that writes a file: callers put them in without waiting, the writer takes all there are at once and
//! commits them together.
//!
//! The queue has no bound of its own. Whoever asks waits for the answer, so it holds at most what the callers hold anyway.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A request on its way, and who waits for what becomes of it.
#[derive(Debug)]
pub(crate) struct Waiting<R, A> {
    pub(crate) request: R,
    pub(crate) answer: oneshot::Sender<A>,
}

/// The way from the callers to the writer thread, for requests `R` that are answered with `A`.
#[derive(Debug)]
pub(crate) struct Queue<R, A> {
    state: Mutex<State<R, A>>,
    filled: Condvar,
}

#[derive(Debug)]
struct State<R, A> {
    waiting: Vec<Waiting<R, A>>,
    writer_sleeps: bool,
    closed: bool,
}

impl<R, A> Default for Queue<R, A> {
    fn default() -> Self {
        Self { state: Mutex::new(State { waiting: Vec::new(), writer_sleeps: false, closed: false }), filled: Condvar::new() }
    }
}

/// Nobody takes requests any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the writer of the file has ended")]
pub(crate) struct Closed;

/// Closes the queue when the writer's thread ends for whatever reason, so that nobody waits for an answer that cannot come.
#[derive(Debug)]
pub(crate) struct AbandonAtEnd<R, A>(pub(crate) Arc<Queue<R, A>>);

impl<R, A> Drop for AbandonAtEnd<R, A> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl<R, A> Queue<R, A> {
    /// Takes the next place in the order.
    pub(crate) fn push(&self, request: R) -> Result<oneshot::Receiver<A>, Closed> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.closed {
            return Err(Closed);
        }
        state.waiting.push(Waiting { request, answer });
        let wake = std::mem::take(&mut state.writer_sleeps);
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(receiver)
    }

    /// Moves everything that waits into `batch`, which is empty; sleeps until there is something. False once closed and drained.
    ///
    /// On a busy machine, whoever else can run goes first: what they ask for shares the commit.
    pub(crate) fn take_all(&self, batch: &mut Vec<Waiting<R, A>>) -> bool {
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
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Takes no more and forgets what waits, whose callers then see that their answer was lost.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State<R, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
