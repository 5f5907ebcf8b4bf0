//! What is refused for being over a limit, in the metrics.

/// A limit that requests run into, by its name in the metrics and in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    UploadsAtOnce,
    UploadsPerSecond,
    FailedLoginsPerMinute,
    EventStreams,
    TokensPerMinute,
    LayerBytes,
    Organizations,
    /// Of a user who is locked.
    WrongPasswords,
    /// Of an access key that is locked.
    WrongSignatures,
}

impl Limit {
    const ALL: [Self; 9] = [
        Self::UploadsAtOnce,
        Self::UploadsPerSecond,
        Self::FailedLoginsPerMinute,
        Self::EventStreams,
        Self::TokensPerMinute,
        Self::LayerBytes,
        Self::Organizations,
        Self::WrongPasswords,
        Self::WrongSignatures,
    ];

    /// As the metrics name it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::UploadsAtOnce => "uploads_at_once",
            Self::UploadsPerSecond => "uploads_per_second",
            Self::FailedLoginsPerMinute => "failed_logins_per_minute",
            Self::EventStreams => "event_streams",
            Self::TokensPerMinute => "tokens_per_minute",
            Self::LayerBytes => "layer_bytes",
            Self::Organizations => "organizations",
            Self::WrongPasswords => "lock_user_after",
            Self::WrongSignatures => "lock_key_after",
        }
    }
}

/// Says that nothing has been refused so far, so that the first refusal is seen as an increase.
pub(super) fn describe() {
    metrics::describe_counter!("ambar_limit_refusals_total", "What was refused for being over a limit, by limit.");
    Limit::ALL.into_iter().for_each(|limit| count(limit, 0));
}

/// One more was refused for being over a limit.
pub(crate) fn count_refusal(limit: Limit) {
    count(limit, 1);
}

fn count(limit: Limit, more: u64) {
    metrics::counter!("ambar_limit_refusals_total", "limit" => limit.as_str()).increment(more);
}
