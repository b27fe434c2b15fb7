//! The book's file: JSON Lines, appended under a lock, one write a change.
//!
//! What was acknowledged survives `kill -9` of the process, because the system holds it; it is not
//! synced to the disk. A line without its end is what a killed writer left: it was never
//! acknowledged, and is cut off.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::{clock, keys};

/// One change of the book.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Line {
    /// A reference is taken on or refused.
    Enter(Box<Entry>),
    /// A payment in progress is booked.
    Settle { reference: String, at: String },
    /// A payment in progress came to nothing.
    Fail {
        reference: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A booked payment went back.
    GiveBack { reference: String, at: String },
    /// The source account now holds this.
    Available { amount: u64 },
}

impl Line {
    pub(super) fn settle(reference: String) -> Self {
        let at = clock::iso(clock::now());
        Self::Settle { reference, at }
    }

    pub(super) fn give_back(reference: String) -> Self {
        let at = clock::iso(clock::now());
        Self::GiveBack { reference, at }
    }
}

#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// How far this process has read; always the end of a line.
    offset: u64,
}

impl Journal {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = keys::owner_only(OpenOptions::new().read(true).append(true).create(true)).open(path)?;
        Ok(Self { file, offset: 0 })
    }

    /// Waits for the lock, which stays held, and reads what others appended. On an error nothing is
    /// held.
    pub(super) fn lock_and_catch_up(&mut self) -> io::Result<Vec<Line>> {
        self.file.lock()?;
        let read = self.catch_up();
        if read.is_err() {
            self.unlock()?;
        }
        read
    }

    pub(super) fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }

    /// Only under the lock.
    pub(super) fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line).map_err(io::Error::other)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    fn catch_up(&mut self) -> io::Result<Vec<Line>> {
        let length = self.file.metadata()?.len();
        if length < self.offset {
            return Err(invalid("the ledger file became shorter"));
        }
        if length == self.offset {
            return Ok(Vec::new());
        }
        self.file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let mut lines = Vec::new();
        for line in bytes[..whole].split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            lines.push(serde_json::from_slice(line).map_err(|_| invalid("a ledger line is broken"))?);
        }
        self.offset += whole as u64;
        if whole < bytes.len() {
            self.file.set_len(self.offset)?;
        }
        Ok(lines)
    }
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
