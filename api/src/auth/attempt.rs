//! Attempts to log in: whether one may be made from where it comes, and that it failed (requirement P8).

use std::time::Duration;

use crate::call::Call;
use crate::limits::{Limit, Offence, count_failed_login, count_refusal};

/// Whether a login from the request's address may be checked now; if not, how long it has to wait.
///
/// # Errors
/// The wait.
pub(crate) fn may_log_in(call: &Call) -> Result<(), Duration> {
    let wait = call.client_address().and_then(|address| call.registry.limits.failed_logins.wait(address));
    let Some(wait) = wait else { return Ok(()) };
    count_refusal(Limit::FailedLoginsPerMinute);
    call.offends(Offence::FailedLogin);
    Err(wait)
}

/// A login was wrong: counts for the request's address, whoever it names.
pub(crate) fn login_failed(call: &Call) {
    count_failed_login();
    if let Some(address) = call.client_address() {
        call.registry.limits.failed_logins.failed(address);
    }
    call.offends(Offence::FailedLogin);
}
