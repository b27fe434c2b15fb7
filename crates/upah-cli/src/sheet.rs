//! The page from which a person with a phone pays wages: one file, no script, no network, black on A4.
//!
//! The same code scanned twice pays twice, and no bank notices. So each code has a box and a line for the time, only
//! what is open is printed as a code, numbers stay the same on every print, and the page says what to do when an app
//! says that it failed. Whatever a person once typed is escaped.
use html_escape::encode_text;
use upah_slip::{Drawing, DrawingError};

use std::fmt::{self, Write};
use upah_core::{EmployerId, Rupiah};
use upah_explain::terbilang;

const STYLE: &str = include_str!("sheet.css");

/// Everything that the page says.
pub(crate) struct Sheet {
    pub(crate) run: String,
    pub(crate) employer: EmployerId,
    /// When it was printed, in Jakarta.
    pub(crate) printed: String,
    pub(crate) sandbox: bool,
    /// The most that one payment by QRIS moves today.
    pub(crate) limit: Option<Rupiah>,
    /// In the order of the file.
    pub(crate) places: Vec<Place>,
}

/// A payment that goes, or went, by a code.
pub(crate) struct Place {
    /// Its number on every sheet of the run.
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) amount: Rupiah,
    pub(crate) reference: String,
    pub(crate) stands: Stands,
}

/// Where it stands.
pub(crate) enum Stands {
    /// To be paid from this page.
    Open(Code),
    /// Paid; the words say who says so.
    Confirmed(&'static str),
    /// Not to be paid from this page; the state of the contract says why.
    Held(&'static str),
}

/// What is scanned.
pub(crate) struct Code {
    /// The stored body, byte for byte.
    pub(crate) payload: String,
    /// What an app shows of the shop.
    pub(crate) shop: String,
    /// Our reference found no room in the code.
    pub(crate) without_reference: bool,
    /// Other numbers that pay the same shop.
    pub(crate) twins: Vec<usize>,
}

impl Place {
    fn code(&self) -> Option<&Code> {
        if let Stands::Open(code) = &self.stands { Some(code) } else { None }
    }
}

impl Sheet {
    /// How many codes are on it.
    pub(crate) fn codes(&self) -> usize {
        self.places.iter().filter(|place| place.code().is_some()).count()
    }

    /// What all its codes pay.
    pub(crate) fn sum(&self) -> u64 {
        self.places.iter().filter(|place| place.code().is_some()).map(|place| place.amount.value()).sum()
    }

    /// The page.
    ///
    /// # Errors
    /// A payload is longer than a code can hold.
    pub(crate) fn html(&self) -> Result<String, DrawingError> {
        let mut page = Page(String::with_capacity(32_000 + self.codes() * 16_000));
        // A `String` takes everything that is written to it.
        let _ = page.head(self);
        let _ = page.rules();
        for place in &self.places {
            if let Stands::Open(code) = &place.stands {
                let picture = Drawing::of(&code.payload)?.svg_element();
                let _ = page.place(place, code, &picture);
            }
        }
        let _ = page.sum(self);
        let _ = page.others(self);
        let _ = page.end(self);
        Ok(page.0)
    }
}

struct Page(String);

impl Page {
    fn head(&mut self, sheet: &Sheet) -> fmt::Result {
        let (run, employer, printed) =
            (encode_text(&sheet.run), encode_text(sheet.employer.as_str()), encode_text(&sheet.printed));
        writeln!(
            self.0,
            "<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>Lembar QRIS {run}</title>\n<style>\n{STYLE}</style>\n\
             </head>\n<body>"
        )?;
        if sheet.sandbox {
            writeln!(
                self.0,
                "<p class=\"test\">UJI COBA &mdash; bukan untuk membayar; kode di lembar ini bukan dalam rupiah<br>\
                 <i lang=\"en\">TEST &mdash; not for paying; the codes on this sheet are not in rupiah</i></p>"
            )?;
        }
        writeln!(
            self.0,
            "<h1>Lembar upah QRIS <i lang=\"en\">QRIS wage sheet</i></h1>\n\
             <p>Daftar gaji <b>{run}</b> &middot; Pemberi kerja <b>{employer}</b> &middot; Dicetak <b>{printed}</b></p>\n\
             <p>{} kode, jumlah <b>{}</b></p>",
            sheet.codes(),
            crate::output::rupiah(sheet.sum())
        )
    }

    fn rules(&mut self) -> fmt::Result {
        writeln!(
            self.0,
            "<ol class=\"rules\">\n\
             <li><b>Satu kode, satu kali.</b> Kode yang dipindai dua kali dibayar dua kali; bank tidak menolaknya. \
             <i lang=\"en\">Scan each code once: scanned twice, it is paid twice.</i></li>\n\
             <li>Cocokkan nama usaha dan jumlah di layar dengan lembar ini, baru bayar. \
             <i lang=\"en\">Compare shop and amount on the screen before you pay.</i></li>\n\
             <li>Sesudah berhasil: centang kotaknya, tulis jamnya, coret kodenya. \
             <i lang=\"en\">When it is paid: tick the box, write the time, cross the code out.</i></li>\n\
             <li><b>Aplikasi bilang gagal, diam, atau layar mati: jangan pindai lagi.</b> Lihat dulu riwayat transaksi dan \
             saldo di aplikasi. Ada di riwayat: sudah dibayar. Tidak ada: tunggu, lihat lagi besok atau di rekening koran, \
             baru putuskan berdua. <i lang=\"en\">The app says that it failed: do not scan again; look at its history \
             and the balance first.</i></li>\n\
             <li>Lembar ini menggantikan semua lembar sebelumnya. Sobek yang lama. \
             <i lang=\"en\">This sheet replaces all before it; tear those up.</i></li>\n</ol>"
        )
    }

    fn place(&mut self, place: &Place, code: &Code, picture: &str) -> fmt::Result {
        let (name, reference, shop) =
            (encode_text(&place.name), encode_text(&place.reference), encode_text(&code.shop));
        writeln!(
            self.0,
            "<section>\n{picture}\n<div>\n<p class=\"name\">{}. {name}</p>\n<p class=\"amount\">{}</p>\n\
             <p>{} rupiah</p>\n<p>Di layar: <b>{shop}</b></p>\n<p>Rujukan <code>{reference}</code></p>",
            place.number,
            place.amount,
            terbilang(place.amount)
        )?;
        if code.without_reference {
            writeln!(self.0, "<p>Rujukan tidak muat di kode ini: tulis di catatan transaksi.</p>")?;
        }
        if !code.twins.is_empty() {
            let twins: Vec<String> = code.twins.iter().map(usize::to_string).collect();
            writeln!(self.0, "<p class=\"twin\">Usaha yang sama: juga nomor {}.</p>", twins.join(", "))?;
        }
        writeln!(self.0, "<p class=\"tick\"><span></span> dibayar pukul __________</p>\n</div>\n</section>")
    }

    fn sum(&mut self, sheet: &Sheet) -> fmt::Result {
        if sheet.codes() == 0 {
            return writeln!(self.0, "<p class=\"total\">Tidak ada kode yang harus dipindai.</p>");
        }
        let sum = sheet.sum();
        let words = Rupiah::new(sum).map_or_else(|_| String::new(), |sum| format!(" ({} rupiah)", terbilang(sum)));
        writeln!(self.0, "<p class=\"total\">Jumlah {} kode: {}{words}</p>", sheet.codes(), crate::output::rupiah(sum))
    }

    fn others(&mut self, sheet: &Sheet) -> fmt::Result {
        let others = sheet.places.iter().filter(|place| place.code().is_none());
        let mut rows = String::new();
        for place in others {
            let (name, reference) = (encode_text(&place.name), encode_text(&place.reference));
            let words = match &place.stands {
                Stands::Confirmed(words) => *words,
                Stands::Held(state) => held(state),
                Stands::Open(_) => continue,
            };
            writeln!(
                rows,
                "<tr><td>{}</td><td>{name}</td><td class=\"rp\">{}</td><td>{words}</td><td><code>{reference}</code></td></tr>",
                place.number, place.amount
            )?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(
            self.0,
            "<h2>Jangan dipindai <i lang=\"en\">Not to be scanned</i></h2>\n\
             <p>Kode nomor-nomor ini di lembar lama tidak berlaku lagi.</p>\n<table>\n{rows}</table>"
        )
    }

    fn end(&mut self, sheet: &Sheet) -> fmt::Result {
        writeln!(
            self.0,
            "<h2>Sesudahnya <i lang=\"en\">Afterwards</i></h2>\n\
             <p>Pembayaran dicatat lunas dari rekening koran (<code>upah reconcile</code>), atau dari kata dua orang dengan \
             berkas buktinya (<code>upah resolve</code>). Lembar ini memuat data pribadi: simpan, jangan dibagikan.</p>"
        )?;
        if let Some(limit) = sheet.limit {
            writeln!(
                self.0,
                "<p>Batas satu transaksi QRIS {limit}; bank Anda bisa menetapkan batas yang lebih rendah.</p>"
            )?;
        }
        if sheet.sandbox {
            writeln!(self.0, "<p class=\"test\">UJI COBA</p>")?;
        }
        writeln!(self.0, "</body>\n</html>")
    }
}

/// A state of the contract for whoever holds the phone.
fn held(state: &str) -> &'static str {
    match state {
        "cancelled" => "dibatalkan",
        "returned" => "uang kembali; menunggu keputusan",
        "ready" | "awaiting_approval" => "menunggu perintah baru",
        _ => "belum pasti; menunggu keputusan dua orang",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::scan_page;

    const PAYLOAD: &str = "00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204541153033605802ID5913WARUNG CONTOH6006JEMBER61056811863044793";

    fn code(payload: &str) -> Stands {
        let shop = "WARUNG <b>&CONTOH".into();
        Stands::Open(Code { payload: payload.into(), shop, without_reference: false, twins: vec![2, 4] })
    }

    fn sheet(sandbox: bool, stands: Vec<Stands>) -> Sheet {
        let place = |(index, stands): (usize, Stands)| Place {
            number: index + 1,
            name: format!("Siti <script>alert({index})</script> & \"Contoh\""),
            amount: Rupiah::new(600_000).unwrap(),
            reference: format!("REFERENCE{index:016}"),
            stands,
        };
        Sheet {
            run: "q7x".into(),
            employer: "koperasi".parse().unwrap(),
            printed: "2026-11-25 09:05 WIB".into(),
            sandbox,
            limit: Rupiah::new(10_000_000).ok(),
            places: stands.into_iter().enumerate().map(place).collect(),
        }
    }

    #[test]
    fn whoever_is_paid_already_has_no_code_to_be_scanned_again() {
        let (other, stands) = (PAYLOAD.replace("4793", "0000"), "sudah dibayar, menurut rekening koran");
        let page = sheet(
            false,
            vec![
                code(PAYLOAD),
                Stands::Confirmed(stands),
                code(&other),
                Stands::Held("unknown"),
                Stands::Held("cancelled"),
            ],
        )
        .html()
        .unwrap();
        assert_eq!(scan_page(&page), [PAYLOAD.to_owned(), other]);
        for words in ["Jumlah 2 kode: Rp1.200.000 (satu juta dua ratus ribu rupiah)", "enam ratus ribu rupiah", stands]
        {
            assert!(page.contains(words), "{words}");
        }
        let (_, below) = page.split_once("Jangan dipindai <i").unwrap();
        assert!(below.contains("belum pasti; menunggu keputusan dua orang") && below.contains("dibatalkan"));
        assert!(!below.contains("REFERENCE0000000000000000") && below.contains("REFERENCE0000000000000001"));
        assert!(page.contains("Usaha yang sama: juga nomor 2, 4."));
        assert!(page.contains("jangan pindai lagi") && !page.contains("UJI COBA"));
    }

    #[test]
    fn what_somebody_once_typed_is_text_and_the_page_asks_for_nothing() {
        let page = sheet(true, vec![code(PAYLOAD), Stands::Held("unknown")]).html().unwrap();
        assert!(!page.contains("<script") && !page.contains("<b>&C"), "{page}");
        assert!(page.contains("Siti &lt;script&gt;alert(0)&lt;/script&gt; &amp;"));
        assert!(page.contains("UJI COBA") && page.contains("default-src 'none'"));
        // The one address is the name of a namespace.
        let addresses = page.matches("://").count();
        assert_eq!((addresses, page.matches("http://www.w3.org/2000/svg").count()), (1, 1));
    }
}
