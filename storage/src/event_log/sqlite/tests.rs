//! What only the SQLite log promises.
