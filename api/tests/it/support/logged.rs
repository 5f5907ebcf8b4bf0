//! What the registries of all tests log, at every level.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex, OnceLock};

/// One for the whole program: a subscriber of one thread alone is passed over where others have none.
static LOGGED: OnceLock<Logged> = OnceLock::new();

#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    /// From now on, and what tests beside log as well.
    pub(crate) fn begin() -> Self {
        let begin = || {
            let (logged, level) = (Self::default(), tracing::Level::TRACE);
            let writer = logged.clone();
            let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(move || writer.clone()).finish();
            tracing::subscriber::set_global_default(lines).unwrap();
            logged
        };
        LOGGED.get_or_init(begin).clone()
    }

    pub(crate) fn lines(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Logged {
    fn write(&mut self, line: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
