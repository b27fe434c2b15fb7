//! The SQLite store: one file, one writer, WAL, full synchronous.
