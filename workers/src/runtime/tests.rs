use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_is_run_again_and_a_stopped_one_is_not() {
    let runs = Arc::new(AtomicU32::new(0));
    let stop = CancellationToken::new();
    let job = {
        let (runs, stop) = (runs.clone(), stop.clone());
        move || {
            let (runs, stop) = (runs.clone(), stop.clone());
            async move {
                if runs.fetch_add(1, Ordering::Relaxed) == 2 {
                    stop.cancel();
                }
                Err::<(), _>(std::io::Error::other("it rains"))
            }
        }
    };
    run("test", Duration::from_secs(60), stop, job).await;
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}

#[test]
fn a_logged_error_tells_its_whole_chain() {
    #[derive(Debug, thiserror::Error)]
    #[error("the job failed")]
    struct Outer(#[source] std::io::Error);
    assert_eq!(chain(&Outer(std::io::Error::other("it rains"))), "the job failed: it rains");
}
