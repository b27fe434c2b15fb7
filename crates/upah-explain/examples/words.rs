//! Amounts in figures and in words, to be compared with those of other libraries: a whole number on each line of standard
//! input, and on each line of standard output both, with a tab between them; nothing where that is no amount.
use std::io::{BufRead, Write};
use upah_core::Rupiah;
use upah_explain::terbilang;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let amount = line?.parse().ok().and_then(|number| Rupiah::new(number).ok());
        let said = amount.map(|amount| format!("{amount}\t{}", terbilang(amount)));
        writeln!(out, "{}", said.unwrap_or_default())?;
    }
    out.flush()
}
