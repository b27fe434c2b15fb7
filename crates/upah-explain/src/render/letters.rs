//! The alphabets of telephones and receipt printers, and how other letters are written in them.

use unicode_normalization::UnicodeNormalization;

/// The default alphabet of 3GPP TS 23.038, without its control characters: one septet each.
const GSM: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension table: each stands behind an escape, and so takes two septets.
const GSM_EXTENSION: &str = "^{}\\[~]|€";

/// How many septets a text takes in a short message. What [`gsm`] did not write counts as one.
pub(crate) fn septets(text: &str) -> usize {
    text.chars().map(|c| if GSM_EXTENSION.contains(c) { 2 } else { 1 }).sum()
}

/// The text in the letters that every telephone shows in a short message of 160 characters. One letter outside of
/// them would make the whole message one of 70.
pub(crate) fn gsm(text: &str) -> String {
    written(text, |c| GSM.contains(c) || GSM_EXTENSION.contains(c))
}

/// The text in printable ASCII, which every receipt printer prints.
pub(crate) fn ascii(text: &str) -> String {
    written(text, |c| c == ' ' || c.is_ascii_graphic())
}

/// The text in the letters that fit: punctuation by its plain sign, a letter without its mark, `?` for the rest.
fn written(text: &str, fits: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if fits(c) {
            written.push(c);
            continue;
        }
        let plain = match c {
            '“' | '”' | '„' | '«' | '»' => "\"",
            '‘' | '’' | 'ʼ' | 'ʻ' | '`' => "'",
            '–' | '—' | '−' | '‐' | '‑' => "-",
            '•' | '·' => "*",
            '…' => "...",
            '\u{a0}' | '\u{202f}' | '\n' => " ",
            _ => "",
        };
        if plain.is_empty() {
            let base = c.nfd().find(|part| fits(*part));
            written.push(base.unwrap_or('?'));
        } else {
            written.push_str(plain);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_no_telephone_shows_does_not_halve_the_message() {
        assert_eq!(
            gsm("“Opah” ••••7890 — déwék, wêktu, Ṣafā, 小, €[id]"),
            "\"Opah\" ****7890 - déwék, wektu, Safa, ?, €[id]"
        );
        assert_eq!(septets("€[id]"), 8);
        assert_eq!(septets(&gsm("é")), 1);
        assert_eq!(GSM.chars().count(), 128 - 3, "the table without LF, CR and ESC");
    }

    #[test]
    fn a_printer_gets_nothing_but_ascii() {
        let printed = ascii("“Opah” ••••7890 — Étik… Ñoño\u{a0}小\n€");
        assert_eq!(printed, "\"Opah\" ****7890 - Etik... Nono ? ?");
    }
}
