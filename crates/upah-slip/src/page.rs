//! The page that a person reads: one file, no script, no network, printable on A5. Everything in it
//! comes from the records; whatever a person once typed is escaped.
use crate::check::{Facts, check};
use crate::input::SlipInput;
use crate::machine::{CLOSING, OPENING, encode};
use crate::reason::Reason;
use core::fmt::{self, Write};
use html_escape::encode_text;
use upah_core::canonical::CanonicalError;
use upah_core::row::{Direction, Statement};
use upah_core::{PayRow, Payment};
use upah_explain::{Language, Story};

mod civil;
mod story;

/// The version of page and story. Slips of other versions are not drawn again here; so any change of
/// what [`render`] writes for the same input raises it (safety rule 29).
pub const RENDERER_VERSION: u8 = 1;

const STYLE: &str = include_str!("slip.css");

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
}

struct First<'a>(&'a [Reason]);

impl fmt::Display for First<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.first().map_or(Ok(()), |reason| reason.fmt(f))
    }
}

/// Draws the slip: the same input gives the same bytes, everywhere and always.
///
/// The page holds personal data in clear, the machine part the whole destination: hand it to the
/// worker alone, and write it to files that only their owner can read (safety rule 28).
///
/// # Errors
/// [`SlipError::DoesNotFit`] when the input would not stand [`verify`](crate::verify).
pub fn render(input: &SlipInput) -> Result<String, SlipError> {
    let checked = check(input);
    match checked.facts {
        Some(facts) => draw(&facts, input),
        None => Err(SlipError::DoesNotFit(checked.reasons)),
    }
}

/// Draws what was checked.
pub(crate) fn draw(facts: &Facts, input: &SlipInput) -> Result<String, SlipError> {
    let mut page = Page(String::with_capacity(16_000));
    let payment = &facts.payment;
    let row = &payment.instruction.row;
    page.head(facts, row)?;
    page.who_and_what(payment, row)?;
    let (id, en) = (story::told(facts, Language::Id), story::told(facts, Language::En));
    page.amount(&id, &en)?;
    page.statement(&row.statement)?;
    page.story(&id, &en)?;
    page.proof(facts)?;
    page.how_to_check(facts)?;
    writeln!(page.0, "{OPENING}{}{CLOSING}\n</body>\n</html>", encode(input)?)?;
    Ok(page.0)
}

struct Page(String);

impl Page {
    fn head(&mut self, facts: &Facts, row: &PayRow) -> fmt::Result {
        let title = format!("Slip upah {} {}", row.name, civil::period(&row.period).0);
        let title = encode_text(&title);
        writeln!(
            self.0,
            "<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"
        )?;
        if facts.sandbox {
            self.test_banner()?;
        }
        writeln!(self.0, "<h1>Slip upah <i lang=\"en\">Pay slip</i></h1>")
    }

    fn test_banner(&mut self) -> fmt::Result {
        writeln!(
            self.0,
            "<p class=\"test\">UJI COBA &mdash; bukan uang sungguhan<br><i lang=\"en\">TEST &mdash; not real money</i></p>"
        )
    }

    fn who_and_what(&mut self, payment: &Payment, row: &PayRow) -> fmt::Result {
        let employer = row.employer.as_ref().unwrap_or(&payment.instruction.employer);
        let (period, period_en) = civil::period(&row.period);
        writeln!(self.0, "<table>")?;
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
        writeln!(self.0, "</table>")
    }

    fn amount(&mut self, id: &Story, en: &Story) -> fmt::Result {
        let (amount, words) = (encode_text(&id.amount_text), encode_text(&id.amount_words));
        let (headline, headline_en) = (encode_text(&id.headline), encode_text(&en.headline));
        writeln!(self.0, "<p class=\"net\">{amount}</p>\n<p>{words}</p>")?;
        writeln!(self.0, "<p><b>{headline}</b> <i lang=\"en\">{headline_en}</i></p>")
    }

    fn fact(&mut self, id: &str, en: &str, value: &str) -> fmt::Result {
        writeln!(self.0, "<tr><th>{id} <i lang=\"en\">{en}</i></th><td>{}</td></tr>", encode_text(value))
    }

    fn statement(&mut self, statement: &Statement) -> fmt::Result {
        self.heading("Rincian", "Why this amount")?;
        writeln!(self.0, "<table>")?;
        for line in statement.lines() {
            let (id, en, sign) = match line.direction {
                Direction::Earning => ("Pendapatan", "Earning", ""),
                Direction::Deduction => ("Potongan yang dinyatakan", "Declared deduction", "&minus;"),
            };
            let kind = encode_text(line.kind.as_str());
            let amount = line.amount;
            writeln!(
                self.0,
                "<tr><th>{id}: {kind} <i lang=\"en\">{en}</i></th><td class=\"rp\">{sign}{amount}</td></tr>"
            )?;
        }
        let net = statement.net();
        writeln!(
            self.0,
            "<tr class=\"sum\"><th>Upah bersih <i lang=\"en\">Net</i></th><td class=\"rp\">{net}</td></tr>\n</table>"
        )
    }

    fn story(&mut self, id: &Story, en: &Story) -> fmt::Result {
        write!(self.0, "{}<p><i lang=\"en\">In English:</i></p>\n{}", id.to_html_fragment(), en.to_html_fragment())
    }

    fn proof(&mut self, facts: &Facts) -> fmt::Result {
        let (first, last) = facts.ends;
        let (day, day_en) = civil::date(facts.last_at.date());
        self.heading("Bukti di buku", "Proof in the book")?;
        writeln!(self.0, "<table>")?;
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
        self.fact("Kunci buku (petunjuk saja)", "Log key (a hint only)", &format!("{:08x}", facts.head.hint.key_id()))?;
        writeln!(
            self.0,
            "</table>\n<p>Hari di atas menurut jam pemberi kerja; belum ada saksi yang memberi tanggal. \
             Slip ini hanya berkata tentang buku sampai entri {last}; kejadian sesudahnya tidak terlihat di sini. \
             <i lang=\"en\">The day is by the employer's clock; no witness has dated it. This slip speaks of the book \
             up to entry {last}; later events cannot be seen here.</i></p>"
        )
    }

    fn how_to_check(&mut self, facts: &Facts) -> fmt::Result {
        self.heading("Cara memeriksa slip ini", "How to check this slip")?;
        writeln!(
            self.0,
            "<ol>\n<li>Simpan berkas ini apa adanya, bukan fotonya. <i lang=\"en\">Keep this file as it is, not a photo of it.</i></li>\n\
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
