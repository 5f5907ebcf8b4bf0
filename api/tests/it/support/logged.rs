//! What the registries of all tests log, at every level.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    /// From now on. For one test of the program: a subscriber of one thread alone is passed over where others have none.
    pub(crate) fn begin() -> Self {
        let logged = Self::default();
        let writer = logged.clone();
        let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
        tracing::subscriber::set_global_default(lines).unwrap();
        logged
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
