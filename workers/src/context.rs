//! What the events of a job are recorded with.

use ambar_domain::ids::IdSource;
use ambar_storage::aggregate_store::{Actor, CommandContext};

/// The context of one command of the job.
pub(crate) fn of_job(job: &'static str, ids: &dyn IdSource) -> CommandContext {
    CommandContext::new(ids.uuid(), Actor::Worker { job }, ids.uuid().simple().to_string(), "local".to_owned())
}
