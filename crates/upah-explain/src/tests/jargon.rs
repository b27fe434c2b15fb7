//! Words that a village office does not use, what to say instead, and why.

use crate::Language;
use crate::voice::source;

struct Jargon {
    /// A word that begins like one of these is one of them.
    words: &'static [&'static str],
    /// Part of a sentence that says the same; some message in Bahasa Indonesia really says it so.
    say: &'static str,
    why: &'static str,
}

const fn row(words: &'static [&'static str], say: &'static str, why: &'static str) -> Jargon {
    Jargon { words, say, why }
}

const LIST: &[Jargon] = &[
    row(&["settle", "sukses"], "tercatat", "she asks whether it was paid, and who says so"),
    row(&["pending", "diproses"], "sedang mengerjakannya", "it names nobody who has to do something"),
    row(&["unknown", "ambigu"], "Belum pasti", "a doubt is hers too, and is said in her words"),
    row(&["status"], "Keadaan", "a word for a screen"),
    row(&["timeout", "time-out", "respons", "null"], "belum menjawab", "it was a bank that did not answer"),
    row(&["error", "invalid", "404"], "tidak ditemukan", "it says that something is wrong and not what"),
    row(
        &["http", "api", "endpoint", "server", "gateway", "request", "json", "payload", "parameter", "callback"],
        "perintah kirim",
        "how machines speak is nobody's answer",
    ),
    row(&["token", "kredensial", "autentikasi"], "kunci masuk", "people know keys"),
    row(&["hash", "merkle", "digest", "checkpoint", "ledger"], "buku catatan upah", "people know books"),
    row(&["idempot", "retry", "attempt"], "dikirim ulang", "what counts is whether money goes twice"),
    row(&["inquiry", "inquir"], "bertanya kepada bank", "people ask"),
    row(&["verifikasi", "validasi"], "Periksa", "people look and check"),
    row(&["konfirmasi"], "Pastikan", "it hides who has to make sure"),
    row(&["rekonsiliasi", "sinkron"], "cocok", "people compare two papers"),
    row(&["otorisasi"], "menyetujui", "people agree or do not"),
    row(&["provider", "disburs"], "Bank", "it is a bank or a wallet, which has a name"),
    row(&["batch", "queue"], "daftar upah", "people know lists"),
    row(&["transfer-id"], "Nomor rujukan", "she shows a number at a counter"),
    row(&["beneficiary", "nominal"], "Jumlah", "words of a form"),
];

pub(super) fn said(word: &str) -> bool {
    LIST.iter().flat_map(|row| row.words).any(|jargon| word.starts_with(jargon))
}

#[test]
fn for_every_word_that_is_not_said_there_is_one_that_is() {
    for row in LIST {
        assert!(!row.why.is_empty() && !row.words.is_empty());
        assert!(source(Language::Id).contains(row.say), "nothing says {:?}", row.say);
        let words: Vec<_> = row.say.to_lowercase().split(' ').map(String::from).collect();
        assert!(!words.iter().any(|word| said(word)), "{:?} is itself not said", row.say);
    }
}
