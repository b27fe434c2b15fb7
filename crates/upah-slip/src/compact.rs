//! The compact form of a proof: what fits into a code on paper, and expands to the text of a `.tlog-proof` byte for byte.
//!
//! `UPAH1:` and then base45 (RFC 9285), whose signs a QR code holds in five and a half bits each. Inside stand the parts
//! of the file in its order, without what the form of the file repeats: numbers in seven bits a byte, lengths before
//! texts, hashes and signatures as they are, and of a leaf its commitment alone.
use upah_core::commitment::{Commit, Leaf};
use upah_tlog::{Checkpoint, Hash, SignedNote, TlogProof};

/// What a compact proof begins with.
pub(crate) const PREFIX: &str = "UPAH1:";

/// The longest text that is read: far more than a code holds.
const CHARS_MAX: usize = 20_000;

/// A text that is not the compact form of any proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the compact form of a proof")]
pub struct NotCompact;

/// What follows is the entry that is proven, in one of these forms.
const NO_ENTRY: u8 = 0;
/// The 32 bytes of the commitment of a leaf that says nothing else.
const PLAIN_LEAF: u8 = 1;
/// A length and so many bytes.
const ENTRY: u8 = 2;

/// Writes a proof in its compact form. `None` when its checkpoint is not in the form that Upah writes.
#[must_use]
pub fn compact(proof: &TlogProof) -> Option<String> {
    let note = SignedNote::parse(proof.unverified_checkpoint()).ok()?;
    let head = Checkpoint::parse_body(note.unverified_text()).ok()?;
    let mut writer = Writer(Vec::new());
    writer.entry(proof.unauthenticated_extra());
    writer.number(proof.index());
    writer.length(proof.path().len());
    proof.path().iter().for_each(|hash| writer.0.extend_from_slice(&hash.0));
    writer.bytes(head.origin().as_bytes());
    writer.number(head.size());
    writer.0.extend_from_slice(&head.root().0);
    writer.length(head.extensions().len());
    head.extensions().iter().for_each(|line| writer.bytes(line.as_bytes()));
    writer.length(note.signatures().len());
    for signature in note.signatures() {
        // No key has an empty name: it stands for the log's own.
        let name = if signature.name() == head.origin() { "" } else { signature.name() };
        writer.bytes(name.as_bytes());
        writer.0.extend_from_slice(&signature.key_id().to_be_bytes());
        writer.bytes(signature.bytes());
    }
    let text = format!("{PREFIX}{}", base45::encode(&writer.0));
    // Only what comes back byte for byte is given out.
    read(&text).is_some_and(|again| again == proof.to_string()).then_some(text)
}

/// Reads a compact proof. What it expands to is `to_string()` of the result; nothing of it is believed.
///
/// # Errors
/// [`NotCompact`], also for another spelling of the same proof.
pub fn expand(text: &str) -> Result<TlogProof, NotCompact> {
    let proof = read(text).and_then(|file| TlogProof::parse(&file).ok()).ok_or(NotCompact)?;
    if compact(&proof).as_deref() == Some(text) { Ok(proof) } else { Err(NotCompact) }
}

/// The text of the file.
fn read(text: &str) -> Option<String> {
    let encoded = text.strip_prefix(PREFIX).filter(|text| text.len() <= CHARS_MAX)?;
    let bytes = base45::decode(encoded).ok()?;
    let mut reader = Reader(&bytes);
    let entry = reader.entry()?;
    let index = reader.number()?;
    let path = reader.list(|reader| reader.hash())?;
    let origin = reader.text()?;
    let (size, root) = (reader.number()?, reader.hash()?);
    let extensions = reader.list(|reader| reader.text().map(str::to_owned))?;
    let head = Checkpoint::new(origin, size, root).ok()?;
    let head = extensions.iter().try_fold(head, |head, line| head.with_extension(line)).ok()?;
    let mut checkpoint = format!("{head}\n");
    for line in reader.list(|reader| reader.signature(origin))? {
        checkpoint.push_str(&line);
    }
    if !reader.0.is_empty() {
        return None;
    }
    let proof = TlogProof::new(index, path, &checkpoint).ok()?;
    let proof = if entry.is_empty() { proof } else { proof.with_extra(&entry).ok()? };
    Some(proof.to_string())
}

struct Writer(Vec<u8>);

impl Writer {
    /// Little-endian base 128, as in many formats.
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
            number >>= 7;
        }
        self.0.push(u8::try_from(number).unwrap_or_default());
    }

    fn length(&mut self, length: usize) {
        // A usize has at most 64 bits.
        self.number(u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn entry(&mut self, entry: &[u8]) {
        let leaf = serde_json::from_slice::<Leaf>(entry).ok();
        match leaf.filter(|leaf| Leaf::of(leaf.commit).bytes().as_bytes() == entry) {
            _ if entry.is_empty() => self.0.push(NO_ENTRY),
            Some(leaf) => {
                self.0.push(PLAIN_LEAF);
                self.0.extend_from_slice(&leaf.commit.0);
            }
            None => {
                self.0.push(ENTRY);
                self.bytes(entry);
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn hash(&mut self) -> Option<Hash> {
        self.array().map(Hash)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// Every member takes a byte at least, so that the input bounds the list.
    fn list<T>(&mut self, mut member: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())?;
        (0..count).map(|_| member(self)).collect()
    }

    fn entry(&mut self) -> Option<Vec<u8>> {
        match self.byte()? {
            NO_ENTRY => Some(Vec::new()),
            PLAIN_LEAF => Some(Leaf::of(Commit(self.array()?)).bytes().into_bytes()),
            ENTRY => self.bytes().filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec),
            _ => None,
        }
    }

    /// A signature line of a note.
    fn signature(&mut self, origin: &str) -> Option<String> {
        let name = self.text()?;
        let name = if name.is_empty() { origin } else { name };
        let mut field = self.array::<4>()?.to_vec();
        field.extend_from_slice(self.bytes()?);
        Some(format!("\u{2014} {name} {}\n", data_encoding::BASE64.encode(&field)))
    }
}
