//! Why a verdict is what it is: a closed list, each with a stable code and a sentence in two languages.
use core::fmt;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $name:ident = $code:literal, $blames:literal, $id:literal, $en:literal; )+) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $( $(#[doc = $doc])+ $name, )+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Whether the file does not fit because of it. Otherwise it is something to know.
            #[must_use]
            pub const fn does_not_fit(self) -> bool {
                match self { $(Self::$name => $blames),+ }
            }

            /// One sentence in Bahasa Indonesia.
            #[must_use]
            pub const fn indonesian(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            /// The same in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $en),+ }
            }
        }
    };
}

codes! {
    /// The machine part cannot be read.
    MachinePart = "machine_part", true,
        "Bagian mesin slip rusak atau diubah.",
        "The machine part of the slip is damaged or was changed.";
    /// Another renderer drew it.
    Version = "version", false,
        "Slip ini dibuat oleh versi Upah yang lain; periksa dengan versi itu.",
        "Another version of Upah drew this slip; check it with that version.";
    /// A record is not an event.
    RecordUnreadable = "record_unreadable", true,
        "Catatan ini tidak dapat dibaca.",
        "This record cannot be read.";
    /// A record is not in its one form.
    RecordNotCanonical = "record_not_canonical", true,
        "Catatan ini tidak ditulis dalam bentuk bakunya.",
        "This record is not written in its one canonical form.";
    /// The record before it is not the one it was chained to.
    RecordChain = "record_chain", true,
        "Catatan ini tidak menyambung ke catatan sebelumnya: ada yang diubah, dihapus, atau ditukar.",
        "This record does not continue the one before it: something was changed, dropped or swapped.";
    /// The events do not make a payment.
    Story = "events", true,
        "Urutan kejadian ini bukan riwayat sebuah pembayaran.",
        "These events are not the history of one payment.";
    /// A record that must be proven is not.
    ProofMissing = "proof_missing", true,
        "Bukti bahwa catatan ini ada di buku tidak disertakan.",
        "The proof that this record stands in the book is missing.";
    /// A proof where none belongs.
    ProofUnexpected = "proof_unexpected", true,
        "Ada bukti di tempat yang tidak semestinya.",
        "There is a proof where none belongs.";
    /// A proof does not hold.
    Proof = "proof", true,
        "Catatan ini tidak ada di buku pada entri yang disebut: isi, nomor, atau buktinya tidak cocok.",
        "This record does not stand in the book at the entry named: content, number or proof does not fit.";
    /// Entries that cannot follow each other so.
    EntryOrder = "entry_order", true,
        "Nomor entri tidak urut.",
        "The numbers of the entries are out of order.";
    /// A run is missing or not the one that instructed the payment.
    Run = "run", true,
        "Catatan daftar gaji ini bukan milik daftar yang memerintahkan pembayaran.",
        "The record of this pay run is not of the run that instructed the payment.";
    /// The approval is of other rows than were sealed.
    RunDigest = "run_digest", true,
        "Persetujuan diberikan untuk isi daftar gaji yang lain.",
        "The approval was given for another list of wages.";
    /// One run says sandbox, another does not, or a run pays for another employer.
    RunDisagrees = "run_disagrees", true,
        "Daftar gaji dan pembayaran ini saling bertentangan.",
        "The pay run and the payment contradict each other.";
    /// The checkpoint cannot be read.
    Checkpoint = "checkpoint", true,
        "Tanda akhir buku (checkpoint) rusak atau diubah.",
        "The checkpoint is damaged or was changed.";
    /// The key that the slip names did not sign the checkpoint.
    HintSignature = "hint_signature", true,
        "Tanda tangan pada checkpoint bukan dari kunci yang tertulis di slip.",
        "The checkpoint is not signed by the key that the slip names.";
    /// The page is not what is drawn from the records.
    Page = "page", true,
        "Tulisan di halaman tidak sama dengan catatannya.",
        "What the page says is not what the records say.";
    /// The page was signed otherwise, or by another key than the one that the slip names.
    PageNote = "page_note", true,
        "Tanda tangan halaman tidak cocok dengan isi slip.",
        "The signature of the page does not fit what the slip says.";
    /// A key of this log was given, and it did not sign.
    NotSignedByOffice = "not_signed_by_office", true,
        "Tidak ditandatangani dengan kunci dari kantor.",
        "Not signed by the office's key.";
    /// The slip names another key of the log than the one given.
    HintIsNotTheOfficeKey = "hint_is_not_the_office_key", true,
        "Kunci yang tertulis di slip bukan kunci dari kantor.",
        "The key that the slip names is not the office's key.";
    /// A witness of the policy is named, and its cosignature is wrong.
    WitnessSignature = "witness_signature", true,
        "Tanda tangan saksi ini salah: checkpoint diubah, atau saksi lain memakai namanya.",
        "The cosignature of this witness is wrong: the checkpoint was changed, or another one uses its name.";
    /// The policy asks for more witnesses.
    WitnessesMissing = "witnesses_missing", false,
        "Saksi yang disyaratkan kantor belum cukup.",
        "Fewer witnesses have cosigned than the office asks for.";
    /// A file of a log's tree does not fit the others.
    TreeFile = "tree_file", true,
        "Berkas buku ini tidak cocok dengan berkas di sekitarnya: hilang, rusak, atau diubah.",
        "This file of the book does not fit the files around it: it is missing, damaged or was changed.";
    /// Bundles were left out because of an erased entry.
    EntriesLeftOut = "entries_left_out", false,
        "Isi entri ini tidak disertakan; sidik jarinya ada dan cocok.",
        "These entries themselves were left out; their hashes are there and fit.";
    /// A proof file without its entry.
    LeafMissing = "leaf_missing", false,
        "Isi entri tidak disertakan, jadi bukti ini tidak dapat diikuti.",
        "The entry itself was not given, so this proof cannot be followed.";
    /// No key was given.
    NoKey = "no_key", false,
        "Kunci pemeriksa belum diberikan. Minta kepada kantor; jangan diambil dari slip.",
        "No verification key was given. Ask the office for it; never take it from the slip.";
    /// Only keys of other logs were given.
    OtherLog = "other_log", false,
        "Kunci yang diberikan bukan kunci buku ini.",
        "The key that was given is not a key of this log.";
    /// There are signatures that nobody could check.
    OtherSignatures = "other_signatures", false,
        "Ada tanda tangan lain yang tidak diperiksa karena kuncinya tidak diberikan.",
        "There are further signatures that were not checked, because their keys were not given.";
    /// Not real money.
    Sandbox = "sandbox", false,
        "UJI COBA: ini bukan uang sungguhan.",
        "TEST: this is not real money.";
}

/// One finding: what, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    /// What was found.
    pub code: Code,
    /// Where: `payment record 2`, `checkpoint`, `line 14`, or the log's name. Nothing personal.
    pub place: String,
}

impl Reason {
    pub(crate) fn new(code: Code, place: impl Into<String>) -> Self {
        Self { code, place: place.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.code.english())
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.code.name(), self.place)
    }
}

/// `{"code":"proof","place":"payment record 2","id":"…","en":"…"}`
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_struct("Reason", 4)?;
        fields.serialize_field("code", self.code.name())?;
        fields.serialize_field("place", &self.place)?;
        fields.serialize_field("id", self.code.indonesian())?;
        fields.serialize_field("en", self.code.english())?;
        fields.end()
    }
}
