//! What every event log promises, as tests that any implementation runs.
