//! Two files of one log: do they speak of one history, or are there two books?
//!
//! A log that shows one worker one history and another worker another is found out when the two put their slips beside
//! each other. Each file fixes more than its root: an inclusion proof fixes every complete subtree beside its path, and
//! such a subtree never changes again (RFC 9162 section 2.1.3). So two files contradict each other when they fix the
//! same subtree otherwise, and the larger one shows the smaller one's root when what it fixes is enough to compute it.
//! Where it is not, a consistency proof of the log decides ([`Glimpse::of_growth`]).
//!
//! Nothing here looks at signatures: whose word a checkpoint is, [`Trust`](crate::Trust) says.
use crate::assemble::instructing;
use crate::compact::expand;
use crate::input::{Entry, RunOnSlip, Sealing, SlipInput, SlipRecord};
use crate::machine::Slip;
use crate::verdict::Kind;
use crate::verify::detect;
use std::collections::BTreeMap;
use upah_core::commitment::{Commit, Leaf};
use upah_core::event::{PaymentEvent, RunEvent};
use upah_core::run::RunId;
use upah_tlog::witness::AddCheckpoint;
use upah_tlog::{Checkpoint, Hash, TlogProof, empty_root, leaf_hash, node_hash, verify_consistency, verify_inclusion};

/// A complete subtree: the root of the entries `index × 2^level` and following.
type Place = (u32, u64);

/// What one file fixes of a log.
#[derive(Clone, Debug)]
pub struct Glimpse {
    origin: String,
    size: u64,
    root: Hash,
    fixed: BTreeMap<Place, Hash>,
    /// Roots of smaller sizes that it proves.
    shown: BTreeMap<u64, Hash>,
}

/// How the histories of two files stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum History {
    /// Proven: one continues the other.
    OneBook,
    /// Proven: no log can hold both. Somebody signed two histories.
    TwoBooks,
    /// Nothing contradicts, and nothing proves that one continues the other: it takes a consistency proof.
    NotShown,
    /// They are of logs with different names.
    OtherLogs,
}

impl History {
    /// The word in the JSON of `upah verify`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneBook => "one_book",
            Self::TwoBooks => "two_books",
            Self::NotShown => "not_shown",
            Self::OtherLogs => "other_logs",
        }
    }

    /// One sentence in Bahasa Indonesia.
    #[must_use]
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::OneBook => "BUKU UPAH SAMA: kedua berkas berasal dari satu riwayat.",
            Self::TwoBooks => "ADA DUA BUKU: kedua berkas tidak mungkin dari satu buku. Simpan keduanya sebagai bukti.",
            Self::NotShown => {
                "BELUM TERBUKTI satu buku: tidak ada yang bertentangan. Minta bukti sambungan buku kepada pemberi kerja."
            }
            Self::OtherLogs => "Kedua berkas berasal dari buku yang berbeda namanya.",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::OneBook => "ONE BOOK: both files speak of one history.",
            Self::TwoBooks => "TWO BOOKS: no one book can hold both files. Keep both as evidence.",
            Self::NotShown => {
                "NOT SHOWN to be one book: nothing contradicts. Ask the employer for the book's consistency proof."
            }
            Self::OtherLogs => "The files are of logs with different names.",
        }
    }
}

impl History {
    /// What many files together show: two books outweigh everything, and what is not shown outweighs what is. Files that
    /// are shown to be of one book help to show it of the others.
    #[must_use]
    pub fn of(mut glimpses: Vec<Glimpse>) -> Self {
        'again: loop {
            for at in 0..glimpses.len() {
                for other in at + 1..glimpses.len() {
                    match glimpses[at].beside(&glimpses[other]) {
                        Self::TwoBooks => return Self::TwoBooks,
                        Self::OneBook => {
                            let joined = glimpses.swap_remove(other);
                            glimpses[at].join(&joined);
                            continue 'again;
                        }
                        Self::NotShown | Self::OtherLogs => {}
                    }
                }
            }
            break;
        }
        let same_name = |(at, one): (usize, &Glimpse)| glimpses[..at].iter().any(|other| other.origin == one.origin);
        match glimpses.len() {
            0 | 1 => Self::OneBook,
            _ if glimpses.iter().enumerate().any(same_name) => Self::NotShown,
            _ => Self::OtherLogs,
        }
    }
}

/// The signed head in a slip, a proof or a checkpoint, verbatim and unverified.
#[must_use]
pub fn head_of(text: &str) -> Option<String> {
    match detect(text).ok()? {
        Kind::Slip => Slip::parse(text).ok().map(|slip| slip.unverified.checkpoint),
        Kind::Proof => proof_of(text).map(|proof| proof.unverified_checkpoint().to_owned()),
        Kind::Checkpoint => Some(text.to_owned()),
        Kind::Growth | Kind::Tree => None,
    }
}

/// A proof file in either of its forms.
fn proof_of(text: &str) -> Option<TlogProof> {
    TlogProof::parse(text).ok().or_else(|| expand(text.trim_end_matches(['\r', '\n'])).ok())
}

impl Glimpse {
    /// What a slip, a proof with its entry or a checkpoint fixes, when it holds.
    #[must_use]
    pub fn of_file(text: &str) -> Option<Self> {
        match detect(text).ok()? {
            Kind::Slip => Self::of_slip(&Slip::parse(text).ok()?.unverified),
            Kind::Proof => proof_of(text).and_then(|proof| Self::of_proof(&proof, proof.unauthenticated_extra())),
            Kind::Checkpoint => Checkpoint::open_unverified(text).ok().map(|head| Self::of_checkpoint(&head)),
            Kind::Growth | Kind::Tree => None,
        }
    }

    /// What a file of growth shows (the body of an add-checkpoint request, c2sp.org/tlog-witness): that its checkpoint
    /// continues one of these.
    #[must_use]
    pub fn of_growth_file(growth: &AddCheckpoint, others: &[Self]) -> Option<Self> {
        let head = Checkpoint::parse_body(growth.note().unverified_text()).ok()?;
        let continues = |old: &&Self| old.origin == head.origin() && old.size == growth.old();
        let old = others.iter().find(continues)?;
        Self::of_growth(&head, old.size, &old.root, growth.proof())
    }

    /// What a checkpoint fixes: its root.
    #[must_use]
    pub fn of_checkpoint(checkpoint: &Checkpoint) -> Self {
        let (origin, size, root) = (checkpoint.origin().to_owned(), checkpoint.size(), *checkpoint.root());
        Self { origin, size, root, fixed: BTreeMap::new(), shown: BTreeMap::new() }
    }

    /// What a proof file fixes, when it holds for this entry.
    #[must_use]
    pub fn of_proof(proof: &TlogProof, entry: &[u8]) -> Option<Self> {
        let checkpoint = Checkpoint::open_unverified(proof.unverified_checkpoint()).ok()?;
        let mut glimpse = Self::of_checkpoint(&checkpoint);
        glimpse.walk(leaf_hash(entry), proof.index(), proof.path()).then_some(glimpse)
    }

    /// What a slip fixes, when all of its proofs hold.
    #[must_use]
    pub fn of_slip(slip: &SlipInput) -> Option<Self> {
        let checkpoint = Checkpoint::open_unverified(&slip.checkpoint).ok()?;
        let mut glimpse = Self::of_checkpoint(&checkpoint);
        let proven = |record: &SlipRecord, leaf: Leaf| Some((leaf, record.entry.clone()?));
        let mut entries: Vec<(Leaf, Entry)> = Vec::new();
        for record in &slip.payment {
            entries.extend(proven(record, Leaf::of(Commit::to(&record.record, &record.salt))));
        }
        let events: Vec<PaymentEvent> =
            slip.payment.iter().map(|one| PaymentEvent::open(&one.record).ok()).collect::<Option<_>>()?;
        for (run, (_, id)) in slip.runs.iter().zip(instructing(&events)) {
            entries.extend(proofs_of_run(run, id)?);
        }
        let holds =
            |(leaf, entry): &(Leaf, Entry)| glimpse.walk(leaf_hash(leaf.bytes().as_bytes()), entry.index, &entry.path);
        entries.iter().all(holds).then_some(glimpse)
    }

    /// What a consistency proof shows: the log of this checkpoint begins with the log of `old` entries and this root.
    #[must_use]
    pub fn of_growth(checkpoint: &Checkpoint, old: u64, old_root: &Hash, proof: &[Hash]) -> Option<Self> {
        verify_consistency(old, checkpoint.size(), proof, old_root, checkpoint.root()).ok()?;
        let mut glimpse = Self::of_checkpoint(checkpoint);
        glimpse.shown.insert(old, *old_root);
        Some(glimpse)
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries it speaks of.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// How two files stand to each other.
    #[must_use]
    pub fn beside(&self, other: &Self) -> History {
        if self.origin != other.origin {
            return History::OtherLogs;
        }
        let (old, new) = if self.size <= other.size { (self, other) } else { (other, self) };
        let contradicts = |(place, hash): (&Place, &Hash)| new.subtree(*place).is_some_and(|known| known != *hash);
        if old.fixed.iter().any(contradicts) {
            return History::TwoBooks;
        }
        match new.root_at(old.size) {
            Some(root) if root == old.root => History::OneBook,
            Some(_) => History::TwoBooks,
            None => History::NotShown,
        }
    }

    /// Takes in what another file of the same history fixes.
    pub fn join(&mut self, other: &Self) {
        self.fixed.extend(other.fixed.iter().map(|(place, hash)| (*place, *hash)));
        self.shown.extend(other.shown.iter().map(|(size, root)| (*size, *root)));
        self.shown.insert(other.size, other.root);
        if other.size > self.size {
            self.shown.insert(self.size, self.root);
            (self.size, self.root) = (other.size, other.root);
        }
    }

    /// The root when the log had so many entries, as far as this file fixes it.
    fn root_at(&self, size: u64) -> Option<Hash> {
        if size == self.size {
            return Some(self.root);
        }
        if size == 0 {
            return Some(empty_root());
        }
        if let Some(root) = self.shown.get(&size) {
            return Some(*root);
        }
        // The peaks of the smaller log, smallest first (RFC 9162 section 2.1.1).
        let peaks = (0..u64::BITS).filter(|level| (size >> level) & 1 == 1).map(|level| (level, (size >> level) - 1));
        let mut root: Option<Hash> = None;
        for peak in peaks {
            let hash = self.subtree(peak)?;
            root = Some(root.map_or(hash, |right| node_hash(&hash, &right)));
        }
        root
    }

    /// The root of a complete subtree: fixed itself, or by its two halves.
    fn subtree(&self, (level, index): Place) -> Option<Hash> {
        if let Some(hash) = self.fixed.get(&(level, index)) {
            return Some(*hash);
        }
        // Whatever is fixed below it lies between its first and its last leaf; nothing there ends the search at once.
        let below = level.checked_sub(1)?;
        let any = (0..=below).any(|one| {
            let width = level - one;
            let (first, last) = (index << width, (index << width) + ((1_u64 << width) - 1));
            self.fixed.range((one, first)..=(one, last)).next().is_some()
        });
        if !any {
            return None;
        }
        Some(node_hash(&self.subtree((below, 2 * index))?, &self.subtree((below, 2 * index + 1))?))
    }

    /// Checks a path, and keeps every complete subtree on it and beside it.
    fn walk(&mut self, leaf: Hash, index: u64, path: &[Hash]) -> bool {
        if verify_inclusion(&leaf, index, self.size, path, &self.root).is_err() {
            return false;
        }
        let (mut level, mut node, mut last) = (0, index, self.size - 1);
        let mut hash = leaf;
        self.keep((level, node), hash);
        for sibling in path {
            if node & 1 == 1 || node == last {
                // On the right edge a level without a sibling is passed over.
                while node & 1 == 0 {
                    (level, node, last) = (level + 1, node >> 1, last >> 1);
                }
                self.keep((level, node - 1), *sibling);
                hash = node_hash(sibling, &hash);
            } else {
                self.keep((level, node + 1), *sibling);
                hash = node_hash(&hash, sibling);
            }
            (level, node, last) = (level + 1, node >> 1, last >> 1);
            self.keep((level, node), hash);
        }
        true
    }

    /// A subtree that is not complete yet changes when the log grows, and says nothing about another size.
    fn keep(&mut self, (level, index): Place, hash: Hash) {
        let end = (u128::from(index) + 1) << level;
        if end <= u128::from(self.size) {
            self.fixed.insert((level, index), hash);
        }
    }
}

/// The entries of a run that a slip proves.
fn proofs_of_run(run: &RunOnSlip, id: &RunId) -> Option<Vec<(Leaf, Entry)>> {
    let mut entries = vec![match &run.sealing {
        Sealing::Closed { commit, count, day, entry } => {
            (Leaf::sealing(*commit, id, *count, day.clone()), entry.clone())
        }
        Sealing::Open(one) => {
            let event = RunEvent::open(&one.record).ok()?;
            (event.leaf(Commit::to(&one.record, &one.salt)), one.entry.clone()?)
        }
    }];
    if let Some(approval) = &run.approval {
        let leaf = Leaf::of(Commit::to(&approval.record, &approval.salt));
        entries.extend(approval.entry.clone().map(|entry| (leaf, entry)));
    }
    Some(entries)
}
