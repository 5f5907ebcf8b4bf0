//! Work that must not stop in the middle because the client went away.

use crate::error::ApiError;

/// Runs the work to its end, whether or not somebody still waits for its answer.
///
/// The server drops a request's future when its connection breaks. That is right for reads, and wrong between an append and the look
/// behind it that sets right what went on at the same time.
pub(crate) async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T, ApiError>> + Send + 'static) -> Result<T, ApiError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => Err(ApiError::Internal(Box::new(error))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn work_that_has_begun_ends_when_nobody_waits_any_more() {
        let (go, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (may_go, is_done) = (go.clone(), done.clone());
        let mut request = Box::pin(to_the_end(async move {
            may_go.notified().await;
            is_done.notify_one();
            Ok(())
        }));
        assert!(request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(request);
        go.notify_one();
        done.notified().await;
    }
}
