//! Long looks at the views, taken on threads that may be kept busy: a list of a large account takes milliseconds, and pulls do not wait behind it.

use std::error::Error;

use crate::call::Call;

/// How many are taken at once: more would only take turns on the processors, and uploads need such threads too.
pub(crate) const AT_ONCE: usize = 4;

/// Takes the look when it is its turn.
///
/// # Errors
/// It panicked, or the server is going down.
pub(crate) async fn make<T: Send + 'static>(
    call: &Call,
    look: impl FnOnce(&Call) -> T + Send + 'static,
) -> Result<T, Box<dyn Error + Send + Sync>> {
    let turn = call.registry.lists.clone().acquire_owned().await?;
    let call = call.clone();
    // Goes on when the client is gone, and so keeps its turn until it is done.
    let seen = tokio::task::spawn_blocking(move || {
        let seen = look(&call);
        drop(turn);
        seen
    });
    Ok(seen.await?)
}
