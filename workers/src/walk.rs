//! How a job ends what it finds: each for itself, so that what cannot be ended keeps nothing else waiting.

use std::error::Error;
use std::future::Future;

use ambar_projections::ViewsError;
use ambar_storage::aggregate_store::CommandError;

/// What one walk ends at most; the next run comes soon.
const BATCH: usize = 500;

/// How many that cannot be ended one walk passes over, so that a run ends however many there are.
const MAX_PASSED: usize = 4 * BATCH;

/// Why one was not ended.
#[derive(Debug)]
pub(crate) enum NotEnded<E> {
    /// By what it is itself: others may be ended.
    Itself(E),
    /// By what keeps every other as well: the log cannot be written, or the views do not follow it.
    Any(E),
}

impl<E> NotEnded<E> {
    /// What became of the command that was to end it, told as `tell` does.
    pub(crate) fn by<R>(error: CommandError<R>, tell: impl FnOnce(Box<dyn Error + Send + Sync>) -> E) -> Self
    where
        R: Error + Send + Sync + 'static,
    {
        match error {
            CommandError::Refused(_) | CommandError::Conflict | CommandError::Failed(_) => Self::Itself(tell(error.into())),
            CommandError::Unavailable(_) | CommandError::OutcomeUnknown(_) | CommandError::NotVisible(_) => Self::Any(tell(error.into())),
        }
    }
}

/// The walks of one run of a job, and the first failure among them.
#[derive(Debug)]
pub(crate) struct Walks<E> {
    failure: Option<E>,
    /// Nothing more can be ended in this run.
    is_over: bool,
}

impl<E: From<ViewsError> + Send> Walks<E> {
    pub(crate) const fn new() -> Self {
        Self { failure: None, is_over: false }
    }

    /// Ends each that `list` finds, up to [`BATCH`]; how many were ended.
    ///
    /// `list` is asked for an offset and a limit. `end` says whether it has ended what it was given: what is gone already does not count. What
    /// was not ended is passed over, up to [`MAX_PASSED`]; where it has left the list, another is passed over for it, which the next run finds.
    /// What would keep every other as well ends the run.
    pub(crate) async fn end_each<T: Send, F: Future<Output = Result<bool, NotEnded<E>>> + Send>(
        &mut self,
        list: impl Fn(usize, usize) -> Result<Vec<T>, ViewsError> + Send,
        end: impl Fn(T) -> F + Send,
    ) -> usize {
        let (mut ended, mut passed) = (0, 0);
        while !self.is_over && ended < BATCH && passed < MAX_PASSED {
            let found = match list(passed, BATCH - ended) {
                Ok(found) if found.is_empty() => break,
                Ok(found) => found,
                Err(error) => {
                    self.note(error.into());
                    break;
                }
            };
            for one in found {
                match end(one).await {
                    Ok(true) => ended += 1,
                    Ok(false) => passed += 1,
                    Err(NotEnded::Itself(error)) => {
                        passed += 1;
                        self.note(error);
                    }
                    Err(NotEnded::Any(error)) => {
                        self.is_over = true;
                        self.note(error);
                        break;
                    }
                }
            }
        }
        ended
    }

    /// What the run comes to: `report`, unless something failed.
    pub(crate) fn finish<R>(self, report: R) -> Result<R, E> {
        self.failure.map_or(Ok(report), Err)
    }

    fn note(&mut self, error: E) {
        self.failure.get_or_insert(error);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::future::ready;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use thiserror::Error;

    use super::*;

    #[derive(Debug)]
    enum Failure {
        Of(usize),
        Views,
        Log,
    }

    impl From<ViewsError> for Failure {
        fn from(_: ViewsError) -> Self {
            Self::Views
        }
    }

    #[derive(Debug, Error)]
    #[error("no")]
    struct Refusal;

    /// Numbers that are there to be ended.
    struct There(Mutex<BTreeSet<usize>>);

    impl There {
        fn up_to(end: usize) -> Self {
            Self(Mutex::new((0..end).collect()))
        }

        #[expect(clippy::unnecessary_wraps, reason = "as lists are asked for")]
        fn list(&self, offset: usize, limit: usize) -> Result<Vec<usize>, ViewsError> {
            Ok(self.0.lock().unwrap().iter().skip(offset).take(limit).copied().collect())
        }

        /// Ends those from `first` on.
        async fn end(&self, number: usize, first: usize) -> Result<bool, NotEnded<Failure>> {
            if number < first { Err(NotEnded::Itself(Failure::Of(number))) } else { Ok(self.0.lock().unwrap().remove(&number)) }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_ended_keeps_nothing_behind_it_waiting() {
        let there = There::up_to(2 * BATCH + 3);
        let mut walks = Walks::new();
        let ended = walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 2 * BATCH)).await;
        assert_eq!((ended, there.0.lock().unwrap().len()), (3, 2 * BATCH));
        assert!(matches!(walks.finish(()), Err(Failure::Of(0))));
    }

    #[tokio::test]
    async fn a_run_ends_however_much_there_is_that_cannot_be_ended() {
        let there = There::up_to(3 * MAX_PASSED);
        let mut walks = Walks::new();
        assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 2 * MAX_PASSED)).await, 0);
        assert!(matches!(walks.finish(()), Err(Failure::Of(0))));
    }

    #[tokio::test]
    async fn a_log_that_cannot_be_written_is_tried_once_in_a_run() {
        let (there, tried) = (There::up_to(3), AtomicUsize::new(0));
        let mut walks = Walks::new();
        for _ in 0..2 {
            let end = |_| {
                tried.fetch_add(1, Ordering::Relaxed);
                ready(Err(NotEnded::Any(Failure::Log)))
            };
            assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), end).await, 0);
        }
        assert_eq!(tried.into_inner(), 1);
        assert!(matches!(walks.finish(()), Err(Failure::Log)));
    }

    #[test]
    fn what_one_is_refused_keeps_no_other_and_a_log_that_cannot_be_written_does() {
        let keeps_any = |error| matches!(NotEnded::by::<Refusal>(error, |_| ()), NotEnded::Any(()));
        for itself in [CommandError::Refused(Refusal), CommandError::Conflict, CommandError::Failed("torn".into())] {
            assert!(!keeps_any(itself));
        }
        for any in [CommandError::Unavailable, CommandError::OutcomeUnknown, CommandError::NotVisible] {
            assert!(keeps_any(any("full".into())));
        }
    }

    #[tokio::test]
    async fn what_is_gone_already_does_not_count() {
        let there = There(Mutex::default());
        let mut walks = Walks::new();
        let list = |offset, limit| Ok((0..3).skip(offset).take(limit).collect());
        assert_eq!(walks.end_each(list, |number| there.end(number, 0)).await, 0);
        walks.finish(()).unwrap();
    }

    #[tokio::test]
    async fn a_run_ends_as_much_as_a_batch_and_leaves_the_rest_to_the_next() {
        let there = There::up_to(BATCH + 1);
        let mut walks = Walks::new();
        for ended in [BATCH, 1, 0] {
            assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 0)).await, ended);
        }
        walks.finish(()).unwrap();
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_told_and_other_walks_go_on() {
        let there = There::up_to(1);
        let mut walks = Walks::new();
        let unreadable = || ViewsError::File { doing: "reading", source: "it rains".into() };
        assert_eq!(walks.end_each(|_, _| Err(unreadable()), |number| there.end(number, 0)).await, 0);
        assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 0)).await, 1);
        assert!(matches!(walks.finish(()), Err(Failure::Views)));
    }
}
