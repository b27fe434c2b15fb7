//! Statements as banks and clerks write them, and everything that can be wrong with them.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use upah_core::bank_statement::{BankStatement, Side};
use upah_statement::{Format, Mistakes, read};

const REFERENCE: &str = "YCCEXPRU33OWELFHOCT2BUYSLD";

fn csv(text: &str) -> Result<BankStatement, Mistakes> {
    read(text.as_bytes(), Format::Detect)
}

/// Row, column and code of every mistake.
fn mistakes(text: &str) -> Vec<(u64, String, &'static str)> {
    let found = read(text.as_bytes(), Format::Detect).unwrap_err();
    assert_eq!(found.total, found.listed.len() as u64);
    found.listed.into_iter().map(|error| (error.row, error.column, error.code)).collect()
}

/// A camt.053 file of two entries: the wage out, and it coming back. `change` is applied to its text.
fn camt(change: impl Fn(String) -> String) -> String {
    let entry = |number: u32, side: &str, day: &str| {
        format!(
            "<Ntry><NtryRef>{number}</NtryRef><Amt Ccy=\"IDR\">600000.00</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>B{number}</AcctSvcrRef><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{REFERENCE}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        )
    };
    let balance = |kind: &str, amount: u64, day: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">{amount}.00</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    };
    let summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>1200000.00</Sum></TtlNtries>\
         <TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>600000.00</Sum></TtlCdtNtries>\
         <TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>600000.00</Sum></TtlDbtNtries></TxsSummry>";
    change(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id><FrToDt><FrDtTm>2026-11-25T00:00:00+07:00</FrDtTm>\
         <ToDtTm>2026-11-28T23:59:59+07:00</ToDtTm></FrToDt><Acct><Id><Othr><Id>888801000157508</Id></Othr></Id><Ccy>IDR</Ccy></Acct>\
         {}{}{summary}{}{}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", 5_000_000, "2026-11-25"),
        balance("CLBD", 5_000_000, "2026-11-28"),
        entry(1, "DBIT", "2026-11-26"),
        entry(2, "CRDT", "2026-11-27"),
    ))
}

#[test]
fn a_line_is_read_as_it_was_booked_whoever_wrote_the_file() {
    let comma = format!("date,reference,amount,direction\n2026-11-26,{REFERENCE},600.000,debit\n");
    let semicolon = format!(
        "\u{feff}Direction;Amount;Reference;Date;bank_reference;description\r\nDB;Rp600.000,00;\"TRF {REFERENCE} Siti; Contoh\";2026-11-26;B1;gaji\r\n\r\n"
    );
    for (text, bank_reference) in [(&comma, None), (&semicolon, Some("B1"))] {
        let statement = csv(text).unwrap();
        let line = &statement.lines[0];
        assert_eq!((statement.lines.len(), line.row), (1, 2));
        assert_eq!(line.references, [REFERENCE]);
        let entry = &line.entry;
        assert_eq!(
            (entry.day.to_string().as_str(), entry.side, entry.amount.value()),
            ("2026-11-26", Side::Debit, 600_000)
        );
        assert_eq!(entry.bank_reference.as_deref(), bank_reference);
        assert_eq!((statement.from, statement.to), (entry.day, entry.day));
    }
    assert_ne!(csv(&comma).unwrap().digest, csv(&semicolon).unwrap().digest);
}

#[test]
fn all_mistakes_of_a_file_are_named_at_once_and_nothing_is_taken() {
    let text = format!(
        "date,reference,amount,direction\n26/11/2026,{REFERENCE},600000,debit\n2026-11-26,,\"600,000\",out\n\
         2026-11-26,,600000\n2026-11-26,\"a\"b,1,debit\n2026-11-26,,-1,credit\n"
    );
    let expected = [
        (2, "date", "spreadsheet_damage"),
        (3, "amount", "amount_comma"),
        (3, "direction", "direction"),
        (4, "", "too_few_cells"),
        (5, "", "quote_stray"),
        (6, "amount", "amount_negative"),
    ];
    let found = mistakes(&text);
    assert_eq!(found, expected.map(|(row, column, code)| (row, column.to_owned(), code)));
}

#[test]
fn a_header_that_is_not_understood_is_an_error_and_no_column_is_guessed() {
    let found = mistakes("date,reference,amount,direction,amount,saldo\n2026-11-26,,1,debit,2,3\n");
    assert_eq!(found, [(1, "amount".into(), "repeated_column"), (1, "saldo".into(), "unknown_column")]);
    let found = mistakes("date,amount\n2026-11-26,x\n");
    assert_eq!(found, [(1, "reference".into(), "missing_column"), (1, "direction".into(), "missing_column")]);
    for (text, code) in
        [("", "empty_file"), ("tanggal,jumlah\n", "no_header"), ("date,reference,amount,direction\n", "no_rows")]
    {
        assert_eq!(mistakes(text)[0].2, code, "{text}");
    }
}

#[test]
fn what_a_mistake_shows_names_nobody() {
    let text = "date,reference,amount,direction,counterparty,description\nx,SITI CONTOH,x,x,1234567890,Siti\n";
    let found = read(text.as_bytes(), Format::Csv).unwrap_err();
    let shown = format!("{found:?} {found} {}", found.listed.iter().map(|one| one.value.clone()).collect::<String>());
    assert!(!shown.contains("SITI") && !shown.contains("1234567890") && !shown.contains("Siti"), "{shown}");
}

#[test]
fn both_versions_of_camt_053_are_read_alike() {
    let v8 = camt(|text| text);
    let v2 = camt(|text| {
        text.replace("camt.053.001.08", "camt.053.001.02").replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    });
    let prefixed = camt(|text| {
        text.replace("xmlns=", "xmlns:c=")
            .replace("</", "\u{1}")
            .replace('<', "<c:")
            .replace('\u{1}', "</c:")
            .replace("<c:?", "<?")
    });
    for text in [v8, v2, prefixed] {
        let statement = csv(&text).unwrap();
        let seen: Vec<_> =
            statement.lines.iter().map(|line| (line.row, line.entry.side, line.entry.amount.value())).collect();
        assert_eq!(seen, [(1, Side::Debit, 600_000), (2, Side::Credit, 600_000)]);
        assert_eq!(statement.lines[0].references, [REFERENCE]);
        assert_eq!(statement.lines[0].entry.bank_reference.as_deref(), Some("B1"));
        assert_eq!((statement.from.to_string(), statement.to.to_string()), ("2026-11-25".into(), "2026-11-28".into()));
    }
}

#[test]
fn a_file_that_contradicts_itself_is_refused_whole() {
    let lies = [
        ("<NbOfNtries>2</NbOfNtries>", "<NbOfNtries>3</NbOfNtries>", "control_sum"),
        ("<Sum>1200000.00</Sum>", "<Sum>1200001.00</Sum>", "control_sum"),
        (
            "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>600000.00</Sum>",
            "<TtlDbtNtries><Sum>1.00</Sum>",
            "control_sum",
        ),
        (
            "<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">5000000.00",
            "<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"IDR\">4999999.00",
            "control_balance",
        ),
    ];
    for (from, to, code) in lies {
        let text = camt(|text| text.replacen(from, to, 1));
        let found = mistakes(&text);
        assert_eq!(found.len(), 1, "{to}");
        assert_eq!(found[0].2, code, "{to}");
    }
}

#[test]
fn what_is_wrong_in_several_entries_is_named_by_the_number_of_each() {
    let text = camt(|text| {
        text.replace("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>OUT</CdtDbtInd>")
            .replace("<BookgDt><Dt>2026-11-27</Dt></BookgDt>", "<BookgDt><Dt>27.11.2026</Dt></BookgDt>")
    });
    let found = mistakes(&text);
    assert_eq!((found[0].0, found[0].1.as_str(), found[0].2), (1, "CdtDbtInd", "direction"));
    assert_eq!((found[1].0, found[1].1.as_str()), (2, "Dt"));
    assert_eq!(found.len(), 2);
    for (from, to, code) in [
        (
            "<Amt Ccy=\"IDR\">600000.00</Amt><CdtDbtInd>DBIT",
            "<Amt Ccy=\"USD\">600000.00</Amt><CdtDbtInd>DBIT",
            "currency",
        ),
        (
            "<Amt Ccy=\"IDR\">600000.00</Amt><CdtDbtInd>DBIT",
            "<Amt Ccy=\"IDR\">600000.50</Amt><CdtDbtInd>DBIT",
            "amount_fraction",
        ),
        ("<Amt Ccy=\"IDR\">600000.00</Amt><CdtDbtInd>DBIT", "<CdtDbtInd>DBIT", "missing_element"),
    ] {
        assert_eq!(mistakes(&camt(|text| text.replacen(from, to, 1)))[0].2, code);
    }
}

#[test]
fn only_what_is_booked_counts() {
    let text = camt(|text| {
        let announced =
            "<Ntry><Amt Ccy=\"IDR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry></Stmt>";
        text.replace("</Stmt>", announced)
    });
    assert_eq!(csv(&text).unwrap().lines.len(), 2);
}

#[test]
fn an_entry_that_books_several_wages_is_taken_apart_or_not_at_all() {
    let details = |amounts: [u64; 2]| {
        let one = |number: usize| {
            format!(
                "<TxDtls><Refs><EndToEndId>REFERENCE00000{number}</EndToEndId></Refs><Amt Ccy=\"IDR\">{}</Amt></TxDtls>",
                amounts[number]
            )
        };
        camt(|text| {
            let whole = format!("<TxDtls><Refs><EndToEndId>{REFERENCE}</EndToEndId></Refs></TxDtls>");
            text.replacen(&whole, &format!("{}{}", one(0), one(1)), 1)
        })
    };
    let statement = csv(&details([250_000, 350_000])).unwrap();
    let seen: Vec<_> = statement.lines.iter().map(|line| (line.row, line.entry.amount.value())).collect();
    assert_eq!(seen, [(1, 250_000), (1, 350_000), (2, 600_000)]);
    assert_eq!(statement.lines[1].references, ["REFERENCE000001"]);
    assert_eq!(mistakes(&details([250_000, 350_001]))[0], (1, "TxDtls".into(), "control_sum"));
}

#[test]
fn hostile_xml_is_refused_and_expands_nothing() {
    for text in [
        "<".to_owned(),
        "<Document>".to_owned(),
        "<a/>".to_owned(),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><Document>&b;</Document>".to_owned(),
        camt(|text| text.replace("M1", "&unknown;")),
        camt(|text| text.replace("</Stmt>", "")),
        camt(|text| text[..text.len() - 40].to_owned()),
        "<a>".repeat(100_000),
    ] {
        assert!(read(text.as_bytes(), Format::Camt053).is_err(), "{}", &text[..text.len().min(60)]);
    }
    let with_entities = camt(|text| text.replace("M1", "A &amp; B &#65;"));
    assert!(csv(&with_entities).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for format in [Format::Detect, Format::Csv, Format::Camt053] {
            let _ = read(bytes.as_slice(), format);
        }
    }

    /// A file that is cut off, or has one byte changed, is refused or still adds up.
    #[test]
    fn a_damaged_statement_is_refused_or_still_adds_up(place in 0..2_000usize, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = camt(|text| text).into_bytes();
        let place = place % bytes.len();
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        if let Ok(statement) = read(bytes.as_slice(), Format::Camt053) {
            prop_assert!(!cut || bytes.ends_with(b">"));
            for line in &statement.lines {
                prop_assert_eq!(line.entry.amount.value(), 600_000, "balances and sums would not add up");
            }
        }
    }
}
