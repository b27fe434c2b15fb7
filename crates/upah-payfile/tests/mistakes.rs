//! The mistakes that files from people hold: each one named, all of them at once, nothing handed out.
#![allow(clippy::unwrap_used)]

use std::io::{self, Read};

use upah_payfile::{Format, PayFile, ROW_BYTES_MAX, RowError};

const HEADER: &str = "worker_id,name,destination,period,amount";

fn errors(text: &[u8]) -> Vec<RowError> {
    PayFile::open(text, Format::Detect).filter_map(Result::err).flatten().collect()
}

fn codes(text: &str) -> Vec<(u64, String, &'static str)> {
    errors(text.as_bytes()).into_iter().map(|error| (error.row, error.column, error.code)).collect()
}

/// The codes of a file whose errors are all about whole rows.
fn row_codes(text: &[u8]) -> Vec<(u64, &'static str)> {
    errors(text).into_iter().map(|error| (error.row, error.code)).collect()
}

#[test]
fn a_file_with_many_mistakes_names_every_one() {
    let text = "\
worker_id,name,destination,period,amount,employer,component,due_date,sex,language,relationship,note,earn.base,deduct.fee
,Siti,bank:14:1234567890,11/2026,\"600,000\",a b,gaji pokok,2026-02-30,x,jawa,teman,ok,6e5,-1
W-2,,\"1,23E+09\",2026-13,0,,,,,,,,,
W-3,Budi,bank:014:1234567890 ewallet:dana:0215551234 bank:014:1234567890,2026-W54,600000,,,,,,,,700000,50000
W-4,Wati,bank:014:1234567890,2026-11,600.00,,,,,,,,,
W-5,Rini,bank:014:1234567890,2026-11,600000
W-6,Dewi,bank:014:1234567890,2026-11,600.000,00,,,,,,,,,
W-7,Tuti,ewallet:d4na:081234567890,2026-11,99999999999999,,,,,,,,,
W-8,Ayu,bank:014:1234567890,2026-11,550000,,,,,,,,600000,50000
";
    let expected: Vec<(u64, &str, &str)> = vec![
        (2, "worker_id", "empty"),
        (2, "destination", "bank_code"),
        (2, "period", "spreadsheet_damage"),
        (2, "amount", "amount_comma"),
        (2, "employer", "characters"),
        (2, "component", "characters"),
        (2, "due_date", "not_in_calendar"),
        (2, "sex", "word"),
        (2, "language", "word"),
        (2, "relationship", "word"),
        (2, "earn.base", "spreadsheet_damage"),
        (2, "deduct.fee", "amount_negative"),
        (3, "name", "empty"),
        (3, "destination", "spreadsheet_damage"),
        (3, "period", "not_in_calendar"),
        (3, "amount", "amount_zero"),
        (4, "destination", "phone_not_mobile"),
        (4, "destination", "destination_repeated"),
        (4, "period", "not_in_calendar"),
        (4, "amount", "statement_net"),
        (5, "amount", "amount_point"),
        (6, "", "too_few_cells"),
        (7, "", "too_many_cells"),
        (8, "destination", "wallet_code"),
        (8, "amount", "amount_too_large"),
    ];
    let found = codes(text);
    let found: Vec<(u64, &str, &str)> =
        found.iter().map(|(row, column, code)| (*row, column.as_str(), *code)).collect();
    assert_eq!(found, expected);
    let rows = PayFile::open(text.as_bytes(), Format::Csv).filter_map(Result::ok).map(|row| row.row);
    assert_eq!(rows.collect::<Vec<_>>(), [9], "the one good row, and no other");
}

#[test]
fn a_wrong_header_is_named_whole_and_no_row_comes_out() {
    let text = "worker_id;name;destinasi;name;period;amount;;componen\nW-1;Siti;bank:014:1234567890;x;2026-11;600000;;\nW-2;Budi;x;x;2026-11;600,000;;\n";
    assert_eq!(
        codes(text),
        [
            (1, "destinasi".to_owned(), "unknown_column"),
            (1, "name".to_owned(), "repeated_column"),
            (1, String::new(), "unknown_column"),
            (1, "componen".to_owned(), "unknown_column"),
            (1, "destination".to_owned(), "missing_column"),
            (3, "amount".to_owned(), "amount_comma"),
        ]
    );
    let text = format!("{HEADER},componen\nW-1,Siti,bank:014:1234567890,2026-11,600000,bonus\n");
    let results: Vec<_> = PayFile::open(text.as_bytes(), Format::Detect).collect();
    assert!(results.len() == 1 && results.iter().all(Result::is_err), "the row is good but its header is not");
}

#[test]
fn a_file_that_is_no_payroll_is_named() {
    let row = "W-1,Siti,bank:014:1234567890,2026-11,600000";
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b" \r\n\n", "empty_file"),
        (b"\xEF\xBB\xBF", "empty_file"),
        (HEADER.as_bytes(), "no_rows"),
        (row.as_bytes(), "no_header"),
        (HEADER.replace(',', "\t").as_bytes(), "no_header"),
        (b"\xFF\xFEw\0o\0", "utf16"),
        (b"PK\x03\x04\x14\0", "workbook"),
        (format!("{HEADER}{}\n", ",".repeat(300)).as_bytes(), "too_many_columns"),
        (format!("\"{}", "x".repeat(200_000)).as_bytes(), "row_too_long"),
    ] {
        assert_eq!(row_codes(bytes), [(1, code)]);
    }
}

#[test]
fn damaged_cells_are_named() {
    let long = "x".repeat(5000);
    let with = |name: &[u8]| [HEADER.as_bytes(), b"\nW-1,", name, b",bank:014:1234567890,2026-11,600,000\n"].concat();
    let with_good_amount =
        |name: &[u8]| [HEADER.as_bytes(), b"\nW-1,", name, b",bank:014:1234567890,2026-11,600000\n"].concat();
    assert_eq!(row_codes(&with(b"Siti")), [(2, "too_many_cells")]);
    for (name, code) in [(&b"Si\xE9ti"[..], "not_utf8"), (b"Si\0ti", "nul_byte"), (long.as_bytes(), "cell_too_long")] {
        let found = errors(&with_good_amount(name));
        assert_eq!(found.len(), 1);
        let error = found.first().unwrap();
        assert_eq!((error.row, error.column.as_str(), error.code), (2, "name", code));
        assert!(error.value.chars().count() <= 4, "masked");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_an_error_at_the_end_of_the_file_too() {
    let start = format!("{HEADER},note\nW-1,Siti,bank:014:1234567890,2026-11,600000,");
    assert_eq!(row_codes(format!("{start}\"titip").as_bytes()), [(2, "quote_open")]);
    assert_eq!(
        row_codes(format!("{start}\nW-2,Budi,bank:014:1234567890,2026-11,1,\"titip\nW-3,Wati").as_bytes()),
        [(3, "quote_open")]
    );
    assert_eq!(row_codes(format!("{start}\"titip\"").as_bytes()), []);
}

#[test]
fn a_quote_inside_a_cell_is_an_error_because_it_changes_what_is_read() {
    let rows = "W-1,\"Siti\" C,bank:014:1234567890,2026-11,600000\nW-2,Budi,bank:014:1234567890,2026-11,\"600\".000\nW-3,Toko 5\",bank:014:1234567890,2026-11,1\n";
    assert_eq!(
        row_codes(format!("{HEADER}\n{rows}").as_bytes()),
        [(2, "quote_stray"), (3, "quote_stray"), (4, "quote_stray")]
    );
    let good = "W-1,\"Siti \"\"Uci\"\" C\",bank:014:1234567890,2026-11,600000\n";
    assert_eq!(row_codes(format!("{HEADER}\n{good}").as_bytes()), []);
}

#[test]
fn rows_without_content_and_national_ids_draw_a_warning_only() {
    let text = format!(
        "{HEADER}\n3325010101010001,Siti,bank:014:1234567890,2026-11,600000\n,,,,\nW-2,Budi,bank:014:1234567891,2026-11,600000\n"
    );
    let mut file = PayFile::open(text.as_bytes(), Format::Detect);
    let rows: Vec<u64> = file.by_ref().map(|row| row.unwrap().row).collect();
    assert_eq!(rows, [2, 4]);
    let warnings: Vec<_> = file.warnings().iter().map(|warning| (warning.row, warning.code)).collect();
    assert_eq!(warnings, [(2, "worker_id_nik"), (3, "blank_row")]);
    assert_eq!(file.warnings_total(), 2);
}

#[test]
fn json_lines_name_their_own_mistakes() {
    let good = r#""worker_id":"W-1","name":"Siti","destination":"bank:014:1234567890","period":"2026-11""#;
    let text = [
        format!("{{{good},\"amount\":600000}}"),
        String::new(),
        format!("{{{good},\"amount\":6e5}}"),
        format!("{{{good},\"amount\":600000.0}}"),
        format!("{{{good},\"amount\":-5}}"),
        format!("{{{good},\"amount\":\"600,000\"}}"),
        format!("{{{good},\"amount\":600000,\"amount\":700000}}"),
        format!("{{{good},\"amount\":600000,\"componen\":\"x\"}}"),
        "{\"worker_id\":7,\"name\":null,\"destination\":[\"bank\"],\"period\":true}".to_owned(),
        "[1]".to_owned(),
        "{\"worker_id\":".to_owned(),
        format!("{{{good},\"amount\":99999999999999999999999}}"),
        format!("{{{good},\"note\":\"{}\"}}", "x".repeat(ROW_BYTES_MAX)),
        format!("{{{good},\"amount\":1}}"),
    ]
    .join("\n");
    let found = codes(&text);
    let found: Vec<(u64, &str, &str)> =
        found.iter().map(|(row, column, code)| (*row, column.as_str(), *code)).collect();
    assert_eq!(
        found,
        [
            (3, "amount", "amount_not_whole"),
            (4, "amount", "amount_not_whole"),
            (5, "amount", "amount_negative"),
            (6, "amount", "amount_comma"),
            (7, "amount", "repeated_column"),
            (8, "componen", "unknown_column"),
            (9, "amount", "missing_column"),
            (9, "worker_id", "json_type"),
            (9, "name", "empty"),
            (9, "destination", "json_type"),
            (9, "period", "json_type"),
            (10, "", "json_syntax"),
            (11, "", "json_syntax"),
            (12, "amount", "amount_not_whole"),
            (13, "", "row_too_long"),
        ]
    );
    let rows = PayFile::open(text.as_bytes(), Format::Detect).filter_map(Result::ok).map(|row| row.row);
    assert_eq!(rows.collect::<Vec<_>>(), [1, 14]);
}

/// Gives the same row for ever and counts what was taken.
struct Endless<'a> {
    next: Vec<u8>,
    row: &'a [u8],
    taken: &'a std::cell::Cell<usize>,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.next.is_empty() {
            self.next.extend_from_slice(self.row);
        }
        let count = buffer.len().min(self.next.len());
        buffer[..count].copy_from_slice(&self.next[..count]);
        self.next.drain(..count);
        self.taken.set(self.taken.get() + count);
        Ok(count)
    }
}

#[test]
fn rows_stream_and_nothing_endless_is_read_to_its_end() {
    let row = b"W-1,Siti,bank:014:1234567890,2026-11,600000\n";
    let taken = std::cell::Cell::new(0);
    let source = |row| Endless { next: format!("{HEADER}\n").into_bytes(), row, taken: &taken };
    let mut rows = PayFile::open(source(row), Format::Detect);
    for count in 1..20_000 {
        assert!(rows.next().unwrap().is_ok());
        assert!(taken.get() <= HEADER.len() + 1 + count * row.len() + 16 * 1024, "reads ahead by a buffer at most");
    }
    taken.set(0);
    let mut rows = PayFile::open(source(b"\"x"), Format::Detect);
    assert_eq!(rows.next().unwrap().unwrap_err().first().unwrap().code, "row_too_long");
    assert!(rows.next().is_none());
    assert!(taken.get() < 2 * ROW_BYTES_MAX);
}

#[test]
fn a_reader_that_fails_is_reported_once_and_ends_the_file() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable"))
        }
    }
    assert_eq!(PayFile::open(Fails, Format::Detect).next().unwrap().unwrap_err().first().unwrap().code, "unreadable");
    let start = format!("{HEADER}\nW-1,Siti,bank:014:1234567890,2026-11,600000\n");
    let results: Vec<_> = PayFile::open(start.as_bytes().chain(Fails), Format::Detect).collect();
    assert_eq!(results.last().unwrap().as_ref().unwrap_err().first().unwrap().code, "unreadable");
}

#[test]
fn a_commission_that_its_rule_does_not_give_is_named_with_row_column_value_and_rule() {
    let header = format!("{HEADER},earn.base,earn.commission,compute.commission,compute.bonus");
    let row = |cells: &str| format!("W-1,Siti,bank:014:1234567890,2026-11,1000000,600000,{cells}\n");
    let ten = "commission-rate/1 rate=10% margin=4.000.000";
    for (cells, column, value, code) in [
        (format!("400000,{ten},"), "", "", ""),
        ("400000,,".to_owned(), "", "", ""),
        (
            format!("400000,{},", ten.replace("10%", "10")),
            "compute.commission",
            "commission-rate/1 rate=10 margin=4.000.000",
            "rate_form",
        ),
        (
            format!("400000,{},", ten.replace("/1", "/2")),
            "compute.commission",
            "commission-rate/2 rate=10% margin=4.000.000",
            "rule_unknown",
        ),
        (format!("400.001,{ten},"), "earn.commission", "400001", "statement_recomputed"),
        (
            format!("400000,,{ten}"),
            "compute.bonus",
            "commission-rate/1 rate=10% margin=Rp4.000.000",
            "computed_without_amount",
        ),
        (
            format!(",{ten},"),
            "compute.commission",
            "commission-rate/1 rate=10% margin=Rp4.000.000",
            "computed_without_amount",
        ),
        (format!("x,{ten},"), "earn.commission", "x", "amount_characters"),
    ] {
        let found = errors(format!("{header}\n{}", row(&cells)).as_bytes());
        let found: Vec<_> = found.iter().map(|error| (error.row, &*error.column, &*error.value, error.code)).collect();
        let expected: Vec<_> = (!code.is_empty()).then_some((2, column, value, code)).into_iter().collect();
        assert_eq!(found, expected, "{cells}");
    }
    let wrong = errors(format!("{header}\n{}", row(&format!("400001,{ten},"))).as_bytes());
    assert_eq!(wrong[0].message, "commission-rate/1 gives Rp400.000, but the line says Rp400.001");
}
