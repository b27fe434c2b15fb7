//! The page that a person reads: one file that checks itself, without network. Everything in it comes from the records;
//! whatever a person once typed is escaped.
//!
//! It is written as a browser writes a page that it has read: `document.documentElement.outerHTML` gives back every byte
//! after the doctype, so that the script at its end can hold what is shown against what was signed (ADR 0015). Therefore
//! `tbody` stands where it would be supplied, attributes are in double quotes, `&`, `<`, `>` and the no-break space alone
//! are escaped, and nothing follows the script.
use crate::check::{Facts, check};
use crate::compact::compact;
use crate::drawing::Drawing;
use crate::fingerprint::fingerprint;
use crate::input::SlipInput;
use crate::machine::{CLOSING, OPENING, encode};
use crate::page_note;
use crate::reason::{Code, Reason};
use core::fmt::{self, Write};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use upah_core::canonical::CanonicalError;
use upah_core::row::{Direction, LineSource, Statement};
use upah_core::{PayRow, Payment};
use upah_explain::{Language, Story};
use upah_tlog::{NoteError, SigningKey};

mod civil;
mod story;
mod witnesses;

pub use witnesses::witnesses_named;

/// The version of page and story. Slips of other versions are not drawn again here; so any change of
/// what [`render`] writes for the same input raises it (safety rule 29).
pub const RENDERER_VERSION: u8 = 3;

const STYLE: &str = include_str!("slip.css");

/// What the page checks of itself: `selfcheck/src/check.js`, bundled by `selfcheck/build.mjs`.
const SCRIPT: &str = include_str!("selfcheck.js");

const DOCTYPE: &str = "<!DOCTYPE html>\n";

/// Why no slip is drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlipError {
    /// The input would not stand its own verification.
    #[error("the records of this slip do not fit together: {}", First(.0))]
    DoesNotFit(Vec<Reason>),
    /// The machine part has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// The page could not be written.
    #[error("the page of the slip could not be written")]
    Page(#[from] fmt::Error),
    /// The page could not be signed.
    #[error("the page of the slip could not be signed")]
    Signature(#[from] NoteError),
}

struct First<'a>(&'a [Reason]);

impl fmt::Display for First<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.first().map_or(Ok(()), |reason| reason.fmt(f))
    }
}

/// Draws the slip: the same input gives the same bytes, everywhere and always.
///
/// Without a [`page_note`](SlipInput::page_note) the browser says at most BELUM BISA DICEK of it.
///
/// The page holds personal data in clear, the machine part the whole destination: hand it to the
/// worker alone, and write it to files that only their owner can read (safety rule 28).
///
/// # Errors
/// [`SlipError::DoesNotFit`] when the input would not stand [`verify`](crate::verify).
pub fn render(input: &SlipInput) -> Result<String, SlipError> {
    Frame::around(&facts(input)?, input)?.holding(input)
}

/// Draws the slip with the log's signature of the page, so that it can check itself. Deterministic, as [`render`] is:
/// the same input and key give the same bytes.
///
/// # Errors
/// Those of [`render`], also when `key` is not the one that the slip names.
pub fn render_signed(input: &SlipInput, key: &SigningKey) -> Result<String, SlipError> {
    let facts = facts(input)?;
    let frame = Frame::around(&facts, input)?;
    let note = key.sign_note(&page_note::text(&frame, &facts.head, input)?)?.to_string();
    let input = SlipInput { page_note: Some(note), ..input.clone() };
    if !page_note::fits(&frame, &facts.head, &input) {
        return Err(SlipError::DoesNotFit(vec![Reason::new(Code::PageNote, "page_note")]));
    }
    frame.holding(&input)
}

fn facts(input: &SlipInput) -> Result<Facts, SlipError> {
    let checked = check(input);
    checked.facts.ok_or(SlipError::DoesNotFit(checked.reasons))
}

/// The page without its machine part.
pub(crate) struct Frame {
    before: String,
    after: String,
}

impl Frame {
    /// Draws what was checked.
    pub(crate) fn around(facts: &Facts, input: &SlipInput) -> Result<Self, SlipError> {
        let mut page = Page(String::with_capacity(24_000));
        let payment = &facts.payment;
        let row = &payment.instruction.row;
        page.head(facts, row)?;
        page.verdict()?;
        page.who_and_what(payment, row)?;
        let (id, en) = (story::told(facts, Language::Id), story::told(facts, Language::En));
        page.amount(&id, &en)?;
        page.statement(&row.statement)?;
        page.story(&id, &en)?;
        page.proof(facts)?;
        page.code(input)?;
        page.how_to_check(facts)?;
        Ok(Self { before: page.0, after: format!("\n<script>{SCRIPT}</script></body></html>") })
    }

    /// The whole file.
    pub(crate) fn holding(&self, input: &SlipInput) -> Result<String, SlipError> {
        Ok(format!("{}{OPENING}{}{CLOSING}{}", self.before, encode(input)?, self.after))
    }

    /// The digest of what a browser gives for the element `html`, with nothing in the machine part.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let before = self.before.strip_prefix(DOCTYPE).unwrap_or(&self.before);
        let parts = [before, OPENING, CLOSING, self.after.as_str()];
        parts.into_iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
    }
}

/// A text as the browser writes it back.
fn encode_text(text: &str) -> String {
    as_serialised(html_escape::encode_text(text).into_owned())
}

/// The one character besides `&`, `<` and `>` that a browser escapes when it writes a text.
fn as_serialised(html: String) -> String {
    if html.contains('\u{a0}') { html.replace('\u{a0}', "&nbsp;") } else { html }
}

/// How a content security policy names an element by its text.
fn policy_hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)))
}

struct Page(String);

impl Page {
    /// Nothing but this style and this script is obeyed, and nobody is called.
    fn head(&mut self, facts: &Facts, row: &PayRow) -> fmt::Result {
        let title = encode_text(&format!("Slip upah {} {}", row.name, civil::period(&row.period).0));
        let (style, script) = (policy_hash(STYLE), policy_hash(SCRIPT));
        writeln!(
            self.0,
            "{DOCTYPE}<html lang=\"id\"><head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; \
             img-src data:; style-src {style}; script-src {script}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head><body>"
        )?;
        if facts.sandbox {
            self.test_banner()?;
        }
        writeln!(self.0, "<h1>Slip upah <i lang=\"en\">Pay slip</i></h1>")
    }

    fn test_banner(&mut self) -> fmt::Result {
        writeln!(
            self.0,
            "<p class=\"test\">UJI COBA — bukan uang sungguhan<br><i lang=\"en\">TEST — not real money</i></p>"
        )
    }

    /// What is said where the script does not run: it puts its own verdict in the place of this one.
    fn verdict(&mut self) -> fmt::Result {
        writeln!(
            self.0,
            "<div id=\"upah-verdict\" class=\"verdict\"><b>BELUM BISA DICEK</b><p>Layar ini tidak dapat menjalankan pemeriksaan di \
             dalam slip. Bawa berkas ini ke kantor pengantar kerja. <i lang=\"en\">This screen cannot run the check that is in \
             the slip. Take the file to a job counsellor's office.</i></p></div>"
        )
    }

    fn who_and_what(&mut self, payment: &Payment, row: &PayRow) -> fmt::Result {
        let employer = row.employer.as_ref().unwrap_or(&payment.instruction.employer);
        let (period, period_en) = civil::period(&row.period);
        self.table()?;
        self.fact("Nama", "Name", row.name.as_str())?;
        self.fact("Nomor pekerja", "Worker id", row.worker_id.as_str())?;
        self.fact("Pemberi kerja", "Employer", employer.as_str())?;
        self.fact("Periode upah", "Period", &both(&period, &period_en))?;
        self.fact("Untuk", "For", row.component.as_str())?;
        if let Some(due) = row.due_date {
            let (id, en) = civil::date(due.date());
            self.fact("Jatuh tempo", "Due", &both(&id, &en))?;
        }
        let to = usize::from(payment.destination);
        if let Some(destination) = row.destinations.get(to) {
            self.fact("Tujuan", "Paid to", &destination.masked())?;
        }
        self.fact("Nomor pembayaran", "Payment", &payment.id.to_string())?;
        for attempt in &payment.attempts {
            let place = format!("{} ({})", attempt.made.reference, attempt.made.number);
            self.fact("Nomor rujukan bank", "Bank reference", &place)?;
        }
        if let Some(note) = &row.note {
            self.fact("Catatan pemberi kerja", "Employer's note", note.as_str())?;
        }
        self.end_of_table()
    }

    fn amount(&mut self, id: &Story, en: &Story) -> fmt::Result {
        let (amount, words) = (encode_text(&id.amount_text), encode_text(&id.amount_words));
        let (headline, headline_en) = (encode_text(&id.headline), encode_text(&en.headline));
        writeln!(self.0, "<p class=\"net\">{amount}</p>\n<p>{words}</p>")?;
        writeln!(self.0, "<p><b>{headline}</b> <i lang=\"en\">{headline_en}</i></p>")
    }

    fn table(&mut self) -> fmt::Result {
        writeln!(self.0, "<table><tbody>")
    }

    fn end_of_table(&mut self) -> fmt::Result {
        writeln!(self.0, "</tbody></table>")
    }

    fn fact(&mut self, id: &str, en: &str, value: &str) -> fmt::Result {
        writeln!(self.0, "<tr><th>{id} <i lang=\"en\">{en}</i></th><td>{}</td></tr>", encode_text(value))
    }

    fn statement(&mut self, statement: &Statement) -> fmt::Result {
        self.heading("Rincian", "Why this amount")?;
        self.table()?;
        for line in statement.lines() {
            let (id, en, sign) = match line.direction {
                Direction::Earning => ("Pendapatan", "Earning", ""),
                Direction::Deduction => ("Potongan yang dinyatakan", "Declared deduction", "−"),
            };
            let kind = encode_text(line.kind.as_str());
            let amount = line.amount;
            writeln!(
                self.0,
                "<tr><th>{id}: {kind} <i lang=\"en\">{en}</i></th><td class=\"rp\">{sign}{amount}</td></tr>"
            )?;
            if let LineSource::Computed(computation) = &line.source {
                let formula = format!("{} ({})", computation.formula(), computation.rule());
                self.fact("Hitungannya", "How it is computed", &formula)?;
            }
        }
        let net = statement.net();
        writeln!(
            self.0,
            "<tr class=\"sum\"><th>Upah bersih <i lang=\"en\">Net</i></th><td class=\"rp\">{net}</td></tr>"
        )?;
        self.end_of_table()
    }

    fn story(&mut self, id: &Story, en: &Story) -> fmt::Result {
        let (id, en) = (as_serialised(id.to_html_fragment()), as_serialised(en.to_html_fragment()));
        write!(self.0, "{id}<p><i lang=\"en\">In English:</i></p>\n{en}")
    }

    fn proof(&mut self, facts: &Facts) -> fmt::Result {
        let (first, last) = facts.ends;
        let (day, day_en) = civil::date(facts.last_at.date());
        let key = &facts.head.hint;
        self.heading("Bukti di buku", "Proof in the book")?;
        self.table()?;
        self.fact("Buku", "Log", facts.head.checkpoint.origin())?;
        self.fact("Isi buku saat itu", "Size of the log then", &format!("{} entri", facts.head.checkpoint.size()))?;
        self.fact("Entri pertama pembayaran ini", "First entry of this payment", &first.to_string())?;
        self.fact("Entri terakhir di slip ini", "Last entry on this slip", &last.to_string())?;
        self.fact("Kejadian di slip ini", "Events on this slip", &facts.payment.version.to_string())?;
        self.fact("Hari kejadian terakhir", "Day of the last event", &both(&day, &day_en))?;
        for run in &facts.runs {
            let text = format!("{}: {} pembayaran, disegel {}, entri {}", run.id, run.count, run.day, run.index);
            self.fact("Daftar gaji", "Pay run", &text)?;
        }
        self.fact("Kunci buku (petunjuk saja)", "Log key (a hint only)", &format!("{:08x}", key.key_id()))?;
        self.fact("Sidik jari kunci itu", "Fingerprint of that key", &fingerprint(key))?;
        let witnesses = witnesses::days(&facts.head.note);
        for (name, day) in &witnesses {
            let (day, day_en) = civil::date(*day);
            self.fact("Hari menurut saksi", "Day by a witness", &format!("{} ({name})", both(&day, &day_en)))?;
        }
        self.end_of_table()?;
        let (dated, dated_en) = if witnesses.is_empty() {
            ("belum ada saksi yang memberi tanggal", "no witness has dated it")
        } else {
            ("kata saksi belum diperiksa di slip ini", "what witnesses say is not checked on this slip")
        };
        writeln!(
            self.0,
            "<p>Hari kejadian menurut jam pemberi kerja; {dated}. \
             Slip ini hanya berkata tentang buku sampai entri {last}; kejadian sesudahnya tidak terlihat di sini. \
             <i lang=\"en\">The day of the event is by the employer's clock; {dated_en}. This slip speaks of the book \
             up to entry {last}; later events cannot be seen here.</i></p>"
        )
    }

    /// The proof of the last event once more, for paper. A book with very many witnesses has no code that holds it.
    fn code(&mut self, input: &SlipInput) -> fmt::Result {
        let text = input.last_proof().and_then(|proof| compact(&proof));
        let Some(picture) = text.and_then(|text| Drawing::of(&text).ok()?.data_uri().ok()) else { return Ok(()) };
        writeln!(
            self.0,
            "<p><img class=\"code\" alt=\"Kode bukti\" src=\"{picture}\"></p>\n<p>Kode ini memuat bukti entri terakhir di atas, tanpa nama \
             dan tanpa jumlah. Di kertas slip tidak dapat memeriksa diri: pindai kodenya, simpan teksnya sebagai berkas, lalu \
             periksa berkas itu seperti di bawah. <i lang=\"en\">This code holds the proof of the last entry above, without name and \
             amount. On paper a slip cannot check itself: scan the code, keep its text as a file, and check that file as \
             below.</i></p>"
        )
    }

    fn how_to_check(&mut self, facts: &Facts) -> fmt::Result {
        self.heading("Cara memeriksa slip ini", "How to check this slip")?;
        writeln!(
            self.0,
            "<ol>\n<li>Simpan berkas ini apa adanya, bukan fotonya. <i lang=\"en\">Keep this file as it is, not a photo of it.</i></li>\n\
             <li>Bukalah di peramban, tanpa internet pun bisa: di atas tertulis UTUH atau TIDAK COCOK. UTUH hanya berarti tidak ada \
             yang diubah sejak kunci di atas menandatanganinya. <i lang=\"en\">Open it in a browser, offline if need be: it says UTUH \
             or TIDAK COCOK on top. UTUH only means that nothing was changed since the key above signed it.</i></li>\n\
             <li>Bawa ke kantor pengantar kerja. <b>Kunci pemeriksa harus datang dari kantor itu, bukan dari slip ini</b> dan \
             bukan dari pemberi kerja: pemalsu menulis kuncinya sendiri. <i lang=\"en\">Take it to a job counsellor's office. \
             The verification key must come from that office and not from this slip or the employer: a forger writes his \
             own.</i></li>\n\
             <li>Jalankan: <i lang=\"en\">Run:</i> <code>upah verify slip.html --log-key KUNCI</code></li>\n\
             <li>ASLI: cocok dengan buku. TIDAK COCOK: ada yang diubah. BELUM BISA DICEK: kuncinya belum ada. \
             <i lang=\"en\">ASLI: genuine. TIDAK COCOK: something was changed. BELUM BISA DICEK: the key is missing.</i></li>\n\
             </ol>\n<p class=\"warn\">Berkas ini memuat data pribadi dan nomor rekening. Berikan hanya kepada orang yang Anda \
             percaya. <i lang=\"en\">This file holds personal data and the account number. Give it only to people you trust.</i></p>"
        )?;
        if facts.sandbox { self.test_banner() } else { Ok(()) }
    }

    fn heading(&mut self, id: &str, en: &str) -> fmt::Result {
        writeln!(self.0, "<h2>{id} <i lang=\"en\">{en}</i></h2>")
    }
}

/// The Indonesian text, and the English one when it differs.
fn both(id: &str, en: &str) -> String {
    if id == en { id.into() } else { format!("{id} / {en}") }
}
