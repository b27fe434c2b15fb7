//! A statement is taken whole or not at all; what is taken can be written plainly and reads back the same.
use upah_core::bank_statement::{BankStatement, Side};
use upah_statement::{Format, MISTAKES_MAX, Mistakes, RowError, read};

/// So many lines of one file are written and read again.
const LINES_READ_AGAIN: usize = 16;

/// Reads the bytes in every format.
pub fn target(data: &[u8]) {
    let [detected, csv, camt] = [Format::Detect, Format::Csv, Format::Camt053].map(|format| read(data, format));
    assert!(detected == csv || detected == camt, "what is detected is neither of the two");
    for result in [csv, camt] {
        match result {
            Ok(statement) => whole(&statement),
            Err(mistakes) => named(&mistakes),
        }
    }
}

fn whole(statement: &BankStatement) {
    assert!(statement.from <= statement.to, "it ends before it begins");
    for line in &statement.lines {
        let day = line.entry.day;
        assert!(day >= statement.from && day <= statement.to, "a line lies outside the statement's days");
        assert!(line.references.iter().all(|text| (12..=51).contains(&text.len())));
    }
    let mut text = "date,reference,amount,direction,bank_reference\n".to_owned();
    let few = statement.lines.iter().take(LINES_READ_AGAIN);
    for line in few.clone() {
        let entry = &line.entry;
        let side = if entry.side == Side::Debit { "debit" } else { "credit" };
        let bank = entry.bank_reference.as_deref().unwrap_or_default().replace('"', "\"\"");
        let references = line.references.join(" ");
        text.push_str(&format!("{},{references},{},{side},\"{bank}\"\n", entry.day, entry.amount.value()));
    }
    if statement.lines.is_empty() {
        return;
    }
    let again = match read(text.as_bytes(), Format::Csv) {
        Ok(again) => again,
        Err(why) => panic!("what was read is refused when it is written plainly: {why:?}"),
    };
    for (line, again) in few.zip(&again.lines) {
        assert_eq!(
            (line.entry.day, line.entry.side, line.entry.amount),
            (again.entry.day, again.entry.side, again.entry.amount)
        );
        assert_eq!(line.references, again.references, "another reference when it is written plainly");
    }
}

fn named(mistakes: &Mistakes) {
    assert!(!mistakes.listed.is_empty(), "refused without a word");
    assert!(mistakes.total >= mistakes.listed.len() as u64 && mistakes.listed.len() <= MISTAKES_MAX);
    mistakes.listed.iter().for_each(printable);
}

fn printable(error: &RowError) {
    assert!(error.row > 0 && !error.code.is_empty() && !error.message.is_empty());
    assert!(error.value.chars().count() <= 81, "a value is shown at full length");
    for text in [&error.column, &error.value, &error.message] {
        assert!(!text.contains(char::is_control), "a terminal would obey this");
    }
}
