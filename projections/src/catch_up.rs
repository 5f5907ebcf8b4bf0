//! The one loop that keeps the views up to date: reads behind the checkpoint, applies, moves the checkpoint, tells who waits.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ambar_storage::event_log::{EventLog, Position};
use futures::executor::block_on;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::access::{Changed, Present};
use crate::batch::{self, Applied, BatchError, Decoded};
use crate::error::ViewsError;
use crate::file::{self, Checkpoint};
use crate::names::Names;
use crate::open::{self, Opened};
use crate::reader::Pool;
use crate::rebuild;
use crate::views::{Shared, State, Status};

/// Events in one transaction.
const BATCH: usize = 1_000;
/// Wake-ups are hints: the loop looks by itself as well, this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the loop can be told.
#[derive(Debug)]
pub(crate) enum Order {
    /// Build the views anew and answer when they are in use.
    Rebuild(oneshot::Sender<Result<(), ViewsError>>),
    /// A file has been built, or not.
    Built(PathBuf, Result<(), ViewsError>),
}

/// What one round of the loop ended with.
enum Round {
    /// The log has nothing more.
    AtHead,
    /// There may be more.
    More,
    /// Nothing more can be applied.
    Stopped,
}

/// The loop's own state, in a thread of its own.
struct Loop {
    directory: PathBuf,
    log: Arc<dyn EventLog>,
    shared: Arc<Shared>,
    connection: Connection,
    names: Names,
    checkpoint: Checkpoint,
    orders: mpsc::WeakUnboundedSender<Order>,
    rebuilding: Option<oneshot::Sender<Result<(), ViewsError>>>,
}

/// Opens or builds the file, catches up, and starts the loop.
pub(crate) fn start(
    directory: &Path,
    log: Arc<dyn EventLog>,
    orders: mpsc::WeakUnboundedSender<Order>,
    receiver: mpsc::UnboundedReceiver<Order>,
) -> Result<(Arc<Shared>, JoinHandle<()>), ViewsError> {
    std::fs::create_dir_all(directory).map_err(ViewsError::file("creating their directory"))?;
    let Opened { path, connection, index } = open::open_or_build(directory, &*log)?;
    let checkpoint = file::read_checkpoint(&connection)?;
    let status = watch::Sender::new(Status { checkpoint: checkpoint.position, state: State::CatchingUp });
    let shared = Arc::new(Shared {
        pool: Arc::new(Pool::new(path)),
        status,
        access: Present::new(index),
        generation_of_addresses: AtomicU64::new(0),
    });
    let mut this = Loop {
        directory: directory.to_owned(),
        log,
        shared: shared.clone(),
        connection,
        names: Names::default(),
        checkpoint,
        orders,
        rebuilding: None,
    };
    while matches!(this.round(), Round::More) {}
    let thread = std::thread::Builder::new().name("views".to_owned()).spawn(move || this.run(receiver));
    Ok((shared, thread.map_err(ViewsError::file("starting their loop"))?))
}

impl Loop {
    fn run(mut self, mut receiver: mpsc::UnboundedReceiver<Order>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let Ok(runtime) = runtime.inspect_err(|error| tracing::error!(%error, "the views' loop cannot start")) else { return };
        let mut wakeups = self.log.wakeups();
        loop {
            wakeups.borrow_and_update();
            let round = self.round();
            if matches!(round, Round::More) && receiver.is_empty() && !receiver.is_closed() {
                continue;
            }
            let order = runtime.block_on(async {
                tokio::select! {
                    order = receiver.recv() => order.map(Some),
                    changed = wakeups.changed(), if matches!(round, Round::AtHead) => {
                        // The log is closing: nothing will come, but who holds a handle may still read.
                        if changed.is_err() { receiver.recv().await.map(Some) } else { Some(None) }
                    }
                    () = tokio::time::sleep(LOOK_EVERY), if !matches!(round, Round::Stopped) => Some(None),
                }
            });
            match order {
                None => return,
                Some(None) => {}
                Some(Some(order)) => self.obey(order),
            }
        }
    }

    /// Reads and applies one batch.
    fn round(&mut self) -> Round {
        let page = match block_on(self.log.read_all(self.checkpoint.position, BATCH)) {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "the views cannot follow the event log");
                self.publish(State::CatchingUp);
                return Round::AtHead;
            }
        };
        if page.events.is_empty() {
            self.publish(State::Live);
            return Round::AtHead;
        }
        let at_head = page.at_head;
        let decoded: Result<Vec<Decoded>, _> = page.events.into_iter().map(batch::understand).collect();
        let applied = decoded.and_then(|events: Vec<Decoded>| self.apply(&events));
        match applied {
            Ok(applied) => {
                self.advance(applied, if at_head { State::Live } else { State::CatchingUp });
                if at_head { Round::AtHead } else { Round::More }
            }
            Err(error) => self.failed(error),
        }
    }

    fn apply(&mut self, events: &[Decoded]) -> Result<Applied, BatchError> {
        batch::apply(&self.connection, &mut self.names, self.checkpoint, events, Some(Changed::default()))
    }

    fn advance(&mut self, applied: Applied, state: State) {
        self.checkpoint = applied.checkpoint;
        if let Some(refreshed) = &applied.access {
            self.shared.access.note(refreshed);
        }
        if applied.touched_addresses {
            self.shared.generation_of_addresses.fetch_add(1, Ordering::AcqRel);
        }
        self.publish(state);
    }

    fn failed(&mut self, error: BatchError) -> Round {
        match error {
            BatchError::Poison { event_id, position, error } => {
                // What stands before the event in its batch can be applied.
                if self.apply_before(position) {
                    return Round::More;
                }
                tracing::error!(%event_id, %position, error, "the views have stopped");
                self.publish(State::Degraded { event_id, position, error });
                Round::Stopped
            }
            BatchError::File(error) => {
                tracing::error!(error = &error as &dyn Error, "the views cannot be written; trying again");
                self.publish(State::CatchingUp);
                if error.is_a_damaged_file() {
                    // Nobody waits for it; one that is under way already is enough.
                    self.obey(Order::Rebuild(oneshot::channel().0));
                }
                Round::AtHead
            }
        }
    }

    /// Applies what stands before `poison`; whether that was anything.
    fn apply_before(&mut self, poison: Position) -> bool {
        let Ok(page) = block_on(self.log.read_all(self.checkpoint.position, BATCH)) else { return false };
        let before = page.events.into_iter().take_while(|event| event.position < poison);
        let Ok(events) = before.map(batch::understand).collect::<Result<Vec<_>, _>>() else { return false };
        if events.is_empty() {
            return false;
        }
        let applied = self.apply(&events);
        applied.map(|applied| self.advance(applied, State::CatchingUp)).is_ok()
    }

    fn publish(&self, state: State) {
        let status = Status { checkpoint: self.checkpoint.position, state };
        self.shared.status.send_if_modified(|known| {
            let modified = *known != status;
            *known = status;
            modified
        });
    }

    fn obey(&mut self, order: Order) {
        match order {
            // The one who asked may have gone; then nobody minds the answer.
            Order::Rebuild(done) if self.rebuilding.is_some() => drop(done.send(Err(ViewsError::RebuildRunning))),
            Order::Rebuild(done) => match self.start_rebuild() {
                Ok(()) => self.rebuilding = Some(done),
                Err(error) => drop(done.send(Err(error))),
            },
            Order::Built(path, built) => {
                let swapped = built.and_then(|()| self.swap(&path));
                if swapped.is_err() && file::current(&self.directory).is_none_or(|current| current != path) {
                    file::remove(&path);
                }
                if let Some(done) = self.rebuilding.take() {
                    drop(done.send(swapped));
                }
            }
        }
    }

    fn start_rebuild(&self) -> Result<(), ViewsError> {
        let (path, log, orders) = (file::next(&self.directory), self.log.clone(), self.orders.clone());
        let build = move || {
            let built = rebuild::build(&path, &*log, None).map(|_| ());
            if let Some(orders) = orders.upgrade() {
                drop(orders.send(Order::Built(path, built)));
            }
        };
        let thread = std::thread::Builder::new().name("views-rebuild".to_owned()).spawn(build);
        thread.map(|_| ()).map_err(ViewsError::file("starting the rebuild"))
    }

    /// Folds what has come since, and puts the new file in use.
    fn swap(&mut self, path: &Path) -> Result<(), ViewsError> {
        let connection = file::open(path)?.ok_or(ViewsError::Closed)?;
        let checkpoint = file::read_checkpoint(&connection)?;
        let checkpoint = rebuild::fold_rest(&connection, &*self.log, checkpoint, None)?;
        let index = open::load_index(&connection)?;
        // All is in the file itself before its name is in `current`.
        connection.close().map_err(|(_, error)| ViewsError::file("closing a new file")(error))?;
        self.connection = open::put_in_use(&self.directory, path)?;
        self.names.forget();
        self.checkpoint = checkpoint;
        self.shared.pool.swap(path.to_owned());
        file::remove_others(&self.directory, path);
        self.shared.access.replace(index);
        self.shared.generation_of_addresses.fetch_add(1, Ordering::AcqRel);
        self.publish(State::Live);
        Ok(())
    }
}
