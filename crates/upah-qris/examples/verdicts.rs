//! Verdicts on payloads, to be compared with those of other libraries: a JSON string on each line of standard input, and
//! on each line of standard output an object that says what this crate makes of it.
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use upah_qris::Qris;

fn verdict(payload: &str) -> Value {
    let code = match Qris::parse(payload) {
        Ok(code) => code,
        Err(why) => return json!({"refused": why.code()}),
    };
    let warnings: Vec<String> = code
        .warnings()
        .into_iter()
        // The tag stands in the debug form alone.
        .map(|it| {
            format!("{} {}", it.name(), format!("{it:?}").chars().filter(char::is_ascii_digit).collect::<String>())
        })
        .collect();
    json!({
        "warnings": warnings,
        "initiation": code.object(1).map(|object| object.value),
        "name": code.merchant_name(),
        "city": code.city(),
        "amount": code.amount(),
        "nmid": code.nmid(),
        "mpan": code.mpan(),
        "reference": code.object(62).and_then(|object| object.inner(5)),
        "payable": code.check_payable().map_err(upah_qris::Unpayable::code).err(),
        "dynamic": code.to_dynamic(25_000, Some("GAJI-001")).map_err(upah_qris::BuildError::code).map_or_else(
            |why| json!({"refused": why}),
            |written| json!({"payload": written}),
        ),
    })
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let payload: String = serde_json::from_str(&line?).map_err(std::io::Error::other)?;
        writeln!(out, "{}", verdict(&payload))?;
    }
    out.flush()
}
