//! How a job ends what it finds: each for itself, so that what cannot be ended keeps nothing else waiting.

use std::future::Future;

use ambar_projections::ViewsError;

/// What one walk ends at most; the next run comes soon.
const BATCH: usize = 500;

/// The walks of one run of a job, and the first failure among them.
#[derive(Debug)]
pub(crate) struct Walks<E> {
    failure: Option<E>,
}

impl<E: From<ViewsError> + Send> Walks<E> {
    pub(crate) const fn new() -> Self {
        Self { failure: None }
    }

    /// Ends each that `list` finds, up to [`BATCH`]; how many were ended.
    ///
    /// `list` is asked for an offset and a limit. `end` says whether it has ended what it was given: what is gone already does not count. What
    /// was not ended is listed still, and passed over.
    pub(crate) async fn end_each<T: Send, F: Future<Output = Result<bool, E>> + Send>(
        &mut self,
        list: impl Fn(usize, usize) -> Result<Vec<T>, ViewsError> + Send,
        end: impl Fn(T) -> F + Send,
    ) -> usize {
        let (mut ended, mut passed) = (0, 0);
        while ended < BATCH {
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
                    Err(error) => {
                        passed += 1;
                        self.note(error);
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
    use std::sync::Mutex;

    use super::*;

    #[derive(Debug)]
    enum Failure {
        Of(usize),
        Views,
    }

    impl From<ViewsError> for Failure {
        fn from(_: ViewsError) -> Self {
            Self::Views
        }
    }

    /// Numbers that are there to be ended.
    struct There(Mutex<BTreeSet<usize>>);

    impl There {
        #[expect(clippy::unnecessary_wraps, reason = "as lists are asked for")]
        fn list(&self, offset: usize, limit: usize) -> Result<Vec<usize>, ViewsError> {
            Ok(self.0.lock().unwrap().iter().skip(offset).take(limit).copied().collect())
        }

        /// Ends those from `first` on.
        async fn end(&self, number: usize, first: usize) -> Result<bool, Failure> {
            if number < first { Err(Failure::Of(number)) } else { Ok(self.0.lock().unwrap().remove(&number)) }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_ended_keeps_nothing_behind_it_waiting_however_much_there_is_of_it() {
        let there = There(Mutex::new((0..2 * BATCH + 3).collect()));
        let mut walks = Walks::new();
        let ended = walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 2 * BATCH)).await;
        assert_eq!((ended, there.0.lock().unwrap().len()), (3, 2 * BATCH));
        assert!(matches!(walks.finish(()), Err(Failure::Of(0))));
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
        let there = There(Mutex::new((0..BATCH + 1).collect()));
        let mut walks = Walks::new();
        for ended in [BATCH, 1, 0] {
            assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 0)).await, ended);
        }
        walks.finish(()).unwrap();
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_told_and_other_walks_go_on() {
        let there = There(Mutex::new((0..1).collect()));
        let mut walks = Walks::new();
        let unreadable = || ViewsError::File { doing: "reading", source: "it rains".into() };
        assert_eq!(walks.end_each(|_, _| Err(unreadable()), |number| there.end(number, 0)).await, 0);
        assert_eq!(walks.end_each(|offset, limit| there.list(offset, limit), |number| there.end(number, 0)).await, 1);
        assert!(matches!(walks.finish(()), Err(Failure::Views)));
    }
}
