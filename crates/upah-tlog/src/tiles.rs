//! A log as static files, c2sp.org/tlog-tiles: how they are named, what is in them, and whether a tree of them fits its
//! checkpoint. Any host or USB stick can serve them.
//!
//! A tile is up to 256 hashes of one stored level (see [`tree`](crate::tree)); a bundle is the entries behind a tile of
//! level 0. A bundle holds all of its entries or is not there: one that holds an erased entry is left out, and its tile
//! still leads from every other entry's proof to the root.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::checkpoint::Checkpoint;
use crate::hash::{Hash, leaf_hash};
use crate::memory::NotStored;
use crate::text::parse_decimal;
use crate::tree::{TreeReader, complete_tile_root, root_at};

/// Hashes of a full tile.
pub const TILE_WIDTH: u64 = 256;

/// The longest entry of a bundle, in bytes.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// One file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// Hashes of which stored level, or entries.
    pub holds: Holds,
    /// Zero-based position within its level.
    pub index: u64,
    /// How many of them: 1 to 256.
    pub width: u16,
}

/// What is in a file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Hashes of this stored level.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

impl Tile {
    /// The hash tiles of a log of `size` entries, lowest level first.
    pub fn hashes_of(size: u64) -> impl Iterator<Item = Self> {
        // A level has one hash for every 256 of the one below, and the last level has at least one.
        let levels =
            core::iter::successors(Some(size), |hashes| Some(hashes / TILE_WIDTH)).take_while(|count| *count > 0);
        (0..).zip(levels).flat_map(|(level, count)| Self::covering(Holds::Hashes(level), count))
    }

    /// The entry bundles of a log of `size` entries.
    pub fn bundles_of(size: u64) -> impl Iterator<Item = Self> {
        Self::covering(Holds::Entries, size)
    }

    fn covering(holds: Holds, count: u64) -> impl Iterator<Item = Self> {
        (0..count.div_ceil(TILE_WIDTH)).map(move |index| {
            let width = (count - index * TILE_WIDTH).min(TILE_WIDTH);
            Self { holds, index, width: width as u16 }
        })
    }

    /// Whether it has its full width.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// Its first hash or entry, by position within the level.
    pub fn start(&self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// Reads a path as [`Tile`]'s `Display` writes it: `tile/0/x001/x234/067.p/5`. Other spellings are none.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let holds = match kind {
            "entries" => Holds::Entries,
            level => Holds::Hashes(u8::try_from(parse_decimal(level)?).ok().filter(|level| *level < 64)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, parse_decimal(width).filter(|width| (1..TILE_WIDTH).contains(width))?),
            None => (rest, TILE_WIDTH),
        };
        let digits = |part: &str| parse_digits(part.strip_prefix('x').unwrap_or(part));
        let index =
            number.split('/').try_fold(0_u64, |index, part| index.checked_mul(1_000)?.checked_add(digits(part)?))?;
        let tile = Self { holds, index, width: width as u16 };
        (tile.to_string() == path).then_some(tile)
    }
}

fn parse_digits(part: &str) -> Option<u64> {
    let is_three = part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_three { part.parse().ok() } else { None }
}

impl fmt::Display for Tile {
    /// Writes its path below the log's folder: three digits a folder, all but the last with an `x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Hashes(level) => write!(f, "tile/{level}/")?,
            Holds::Entries => f.write_str("tile/entries/")?,
        }
        let mut above = 1_000_u64;
        while self.index / above >= 1_000 {
            above *= 1_000;
        }
        if self.index >= 1_000 {
            while above >= 1_000 {
                write!(f, "x{:03}/", self.index / above % 1_000)?;
                above /= 1_000;
            }
        }
        write!(f, "{:03}", self.index % 1_000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// An entry is longer than [`ENTRY_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an entry has {bytes} bytes, more than a bundle can hold")]
pub struct EntryTooLong {
    /// Its length.
    pub bytes: usize,
}

/// Puts entries into a bundle: the length of each in two bytes, big-endian, and the entry.
///
/// # Errors
/// [`EntryTooLong`].
pub fn encode_bundle<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Result<Vec<u8>, EntryTooLong> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| EntryTooLong { bytes: entry.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle; `None` when its last one is cut short.
pub fn decode_bundle(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}

/// What was found out about a tree of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeReport {
    /// Everything that does not fit.
    pub faults: Vec<TileFault>,
    /// How many entries were hashed and compared with their tile.
    pub entries: u64,
    /// How many entries are not there to be hashed, their bundles having been left out. Their hashes are.
    pub entries_left_out: u64,
}

/// A file that does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileFault {
    /// Its path below the log's folder.
    pub file: String,
    /// What is wrong with it.
    pub what: TileFaultKind,
}

/// What is wrong with a file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TileFaultKind {
    /// A log of this size has this tile.
    #[error("it is missing")]
    Missing,
    /// Not 32 bytes for each of its hashes, or not as many entries as its name says.
    #[error("it has another length than its name says")]
    Length,
    /// One of its hashes is not that of the tile or entry below it.
    #[error("hash {index} of its level does not fit the tiles beside it")]
    Hash {
        /// Position within the level.
        index: u64,
    },
    /// The tile leads to another hash above it than the one there.
    #[error("its hashes do not lead to the hash above them")]
    DoesNotLeadUp,
    /// One of its entries is not the one that was hashed.
    #[error("entry {index} is not the one that was logged")]
    Entry {
        /// Position in the log.
        index: u64,
    },
    /// The tiles lead to another root than the checkpoint's.
    #[error("its root is not the one that the tiles lead to")]
    Root,
}

/// Checks a tree of files against its checkpoint, believed by the caller: every entry against its tile, every tile
/// against the one above, the topmost against the root. `read` gives the bytes of a file, `None` when there is none.
///
/// When two files do not fit each other, the one that does not fit its other neighbour either is blamed.
///
/// # Errors
/// The first one of `read`.
pub fn check_tree<E>(
    head: &Checkpoint,
    mut read: impl FnMut(&Tile) -> Result<Option<Vec<u8>>, E>,
) -> Result<TreeReport, E> {
    let mut check = Check {
        size: head.size(),
        above: Vec::new(),
        edge: Vec::new(),
        root_fits: false,
        report: TreeReport::default(),
    };
    let (lowest, above): (Vec<Tile>, Vec<Tile>) =
        Tile::hashes_of(head.size()).partition(|tile| tile.holds == Holds::Hashes(0));
    for tile in above {
        let hashes = check.hashes(&tile, read(&tile)?);
        check.keep(&tile, hashes);
    }
    // The right edge of the lowest level is needed for the root, before anything is blamed.
    if let Some(edge) = lowest.last().filter(|tile| !tile.is_full()) {
        check.edge = hashes_in(edge, read(edge)?).unwrap_or_default();
    }
    check.root_fits = root_at(head.size(), &check).is_ok_and(|root| root == *head.root());
    check.compare_above();
    for tile in lowest {
        let hashes = check.hashes(&tile, read(&tile)?);
        check.compare_lowest(&tile, &hashes);
        let bundle = Tile { holds: Holds::Entries, ..tile };
        check.compare_bundle(&bundle, &tile, &hashes, read(&bundle)?);
    }
    if !check.root_fits && check.report.faults.is_empty() {
        check.blame("checkpoint", TileFaultKind::Root);
    }
    Ok(check.report)
}

/// A tree of files as far as it has been read.
struct Check {
    size: u64,
    /// The hashes of the stored levels from 1 on; `None` where a tile is missing or of another length.
    above: Vec<Vec<Option<Hash>>>,
    /// The hashes of the tile at the right edge of level 0, when it is not full.
    edge: Vec<Hash>,
    root_fits: bool,
    report: TreeReport,
}

impl Check {
    fn blame(&mut self, file: impl fmt::Display, what: TileFaultKind) {
        let fault = TileFault { file: file.to_string(), what };
        if !self.report.faults.contains(&fault) {
            self.report.faults.push(fault);
        }
    }

    fn hashes(&mut self, tile: &Tile, bytes: Option<Vec<u8>>) -> Option<Vec<Hash>> {
        let fault = if bytes.is_none() { TileFaultKind::Missing } else { TileFaultKind::Length };
        let hashes = hashes_in(tile, bytes);
        if hashes.is_none() {
            self.blame(tile, fault);
        }
        hashes
    }

    fn keep(&mut self, tile: &Tile, hashes: Option<Vec<Hash>>) {
        if tile.index == 0 {
            self.above.push(Vec::new());
        }
        let width = usize::from(tile.width);
        if let Some(level) = self.above.last_mut() {
            match hashes {
                Some(hashes) => level.extend(hashes.into_iter().map(Some)),
                None => level.resize(level.len() + width, None),
            }
        }
    }

    /// The hash that stands for a full tile in the level above it.
    fn stated(&self, level: u8, index: u64) -> Option<Hash> {
        let hashes = self.above.get(usize::from(level))?;
        usize::try_from(index).ok().and_then(|at| hashes.get(at).copied()).flatten()
    }

    /// Whether a tile leads to what is above it: the hash there or, at the right edge, the root.
    fn leads_up(&self, level: u8, index: u64, root: Option<Hash>) -> bool {
        match root {
            Some(root) => self.stated(level, index) == Some(root),
            None => self.root_fits,
        }
    }

    /// The root of a full tile of a level from 1 on; `None` at the right edge, or when some of it is missing.
    fn root_above(&self, level: u8, index: u64) -> Option<Hash> {
        let hashes = self.above.get(usize::from(level).checked_sub(1)?)?;
        let start = usize::try_from(index * TILE_WIDTH).ok()?;
        let tile = hashes.get(start..start + TILE_WIDTH as usize)?;
        complete_tile_root(tile.iter().copied().collect::<Option<Vec<_>>>()?)
    }

    /// Between the levels from 1 on.
    fn compare_above(&mut self) {
        let full = Tile::hashes_of(self.size).filter(Tile::is_full);
        let full: Vec<(u8, Tile)> = full
            .filter_map(|tile| match tile.holds {
                Holds::Hashes(level) if level > 0 => Some((level, tile)),
                _ => None,
            })
            .collect();
        for (level, tile) in full {
            if let Some(root) = self.root_above(level, tile.index) {
                self.compare_up(level, &tile, root);
            }
        }
    }

    /// A full tile against the hash above it.
    fn compare_up(&mut self, level: u8, tile: &Tile, root: Hash) {
        if self.stated(level, tile.index).is_none_or(|stated| stated == root) {
            return;
        }
        let above = level + 1;
        let parent = tile.index / TILE_WIDTH;
        if self.leads_up(above, parent, self.root_above(above, parent)) {
            self.blame(tile, TileFaultKind::DoesNotLeadUp);
        } else {
            self.blame(self.tile_at(above, parent), TileFaultKind::Hash { index: tile.index });
        }
    }

    fn tile_at(&self, level: u8, index: u64) -> Tile {
        let count = self.size >> (8 * u32::from(level));
        let width = (count - index * TILE_WIDTH).min(TILE_WIDTH);
        Tile { holds: Holds::Hashes(level), index, width: width as u16 }
    }

    fn compare_lowest(&mut self, tile: &Tile, hashes: &Option<Vec<Hash>>) {
        if let Some(root) = hashes.clone().filter(|_| tile.is_full()).and_then(complete_tile_root) {
            self.compare_up(0, tile, root);
        }
    }

    fn compare_bundle(&mut self, bundle: &Tile, tile: &Tile, hashes: &Option<Vec<Hash>>, bytes: Option<Vec<u8>>) {
        let Some(bytes) = bytes else {
            self.report.entries_left_out += u64::from(bundle.width);
            return;
        };
        let entries = decode_bundle(&bytes).filter(|entries| entries.len() == usize::from(bundle.width));
        let Some(entries) = entries else {
            self.blame(bundle, TileFaultKind::Length);
            return;
        };
        let Some(hashes) = hashes else { return };
        self.report.entries += u64::from(bundle.width);
        let root = if tile.is_full() { complete_tile_root(hashes.clone()) } else { None };
        for (at, (entry, hash)) in (tile.start()..).zip(entries.iter().zip(hashes)) {
            if leaf_hash(entry) == *hash {
                continue;
            }
            if self.leads_up(0, tile.index, root) {
                self.blame(bundle, TileFaultKind::Entry { index: at });
            } else {
                self.blame(tile, TileFaultKind::Hash { index: at });
            }
        }
    }
}

/// The stored hashes as the root needs them: complete levels, and the right edge of the lowest.
impl TreeReader for Check {
    type Error = NotStored;

    fn coarse(&self, level: u8, index: u64) -> Result<Hash, NotStored> {
        let missing = NotStored { level, index };
        if level > 0 {
            return self.stated(level - 1, index).ok_or(missing);
        }
        let start = self.size / TILE_WIDTH * TILE_WIDTH;
        let at = index.checked_sub(start).and_then(|at| usize::try_from(at).ok()).ok_or(missing)?;
        self.edge.get(at).copied().ok_or(missing)
    }
}

fn hashes_in(tile: &Tile, bytes: Option<Vec<u8>>) -> Option<Vec<Hash>> {
    let bytes = bytes?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    let fits = rest.is_empty() && hashes.len() == usize::from(tile.width);
    fits.then(|| hashes.iter().map(|hash| Hash(*hash)).collect())
}
