//! Rows written in every dialect read back as the same rows; one spoilt cell spoils its row and no other.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use upah_core::rate::Rate;
use upah_core::row::{Direction, Line, PayRow, PayRowFields, Statement};
use upah_core::{Component, Destination, Rupiah};
use upah_payfile::{Format, PayFile, RowError};

/// The line columns of the generated files, in their order.
const LINES: [&str; 4] = ["earn.base", "earn.commission", "deduct.savings", "deduct.fee"];
/// How `earn.commission` was computed, after the lines.
const COMPUTE: &str = "compute.commission";
const COLUMNS: [&str; 12] = [
    "worker_id",
    "name",
    "destination",
    "period",
    "amount",
    "employer",
    "component",
    "due_date",
    "sex",
    "language",
    "relationship",
    "note",
];

/// A row as texts, in the order of `COLUMNS`, `LINES` and `COMPUTE`; an absent one is empty.
type Texts = Vec<String>;

fn destination() -> impl Strategy<Value = String> {
    prop_oneof![
        "bank:[0-9]{3}:[0-9]{10}",
        "ewallet:(dana|gopay|ovo):(08|628|[+]628)[0-9]{9}",
        "bank:014:[0-9]{10} ewallet:dana:08[0-9]{9}",
        Just("bifast:email:siti@example.com".to_owned()),
        Just("bifast:phone:0812-3456-7890".to_owned()),
    ]
}

fn texts() -> impl Strategy<Value = Texts> {
    let lines =
        proptest::option::of((200_000..900_000u64, 0..300_000u64, 0..50_000u64, proptest::option::of(0..50_000u64)));
    let required = (
        "[A-Z]{1,3}-[0-9]{1,6}",
        "[A-Z][A-Za-z ,;\"'éñ.]{0,24}",
        destination(),
        "20[0-9]{2}-(0[1-9]|1[0-2])(-[012][1-8])?|2026-W[1-4][0-9]",
    );
    let optional = (
        "([a-z][a-z0-9-]{0,9})?",
        "(wage|bonus|shu-2026)?",
        "(2026-11-25)?",
        "(female|male|P|laki-laki)?",
        "(id|en|jv|su|mad)?",
        "(employee|mitra|anggota)?",
        "([A-Za-z][A-Za-z,;\" é]{0,20}[a-z])?",
    );
    let computed = proptest::option::of((0..=10_000u32, 0..300_000u64));
    (required, optional, 1..9_999_999_999_999u64, lines, computed).prop_map(
        |(required, optional, net, lines, computed)| {
            let (worker, name, destination, period) = required;
            let computed = computed.filter(|_| lines.is_some()).map(|(basis_points, margin)| {
                let (rate, margin) = (Rate::new(basis_points).unwrap(), Rupiah::new(margin).unwrap());
                (rate.of(margin).value(), format!("commission-rate/1 margin={margin} rate={rate}"))
            });
            let lines = lines.map(|(base, commission, savings, fee)| {
                let commission = computed.as_ref().map_or(commission, |(amount, _)| *amount);
                [Some(base), Some(commission), Some(savings), fee]
            });
            let amount = match lines {
                Some([base, commission, savings, fee]) => {
                    base.unwrap_or(0) + commission.unwrap_or(0) - savings.unwrap_or(0) - fee.unwrap_or(0)
                }
                None => net,
            };
            let (employer, component, due, sex, language, relationship, note) = optional;
            let mut texts = vec![worker, name, destination, period, amount.to_string()];
            texts.extend([employer, component, due, sex, language, relationship, note]);
            let lines = lines.unwrap_or_default();
            texts.extend(lines.iter().map(|amount| amount.map(|amount| amount.to_string()).unwrap_or_default()));
            texts.push(computed.map(|(_, text)| text).unwrap_or_default());
            texts
        },
    )
}

/// The row that the texts mean, made without the crate under test.
fn meant(row: u64, texts: &Texts) -> PayRow {
    fn optional<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Option<T> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }
    let amount = Rupiah::new(texts[4].parse().unwrap()).unwrap();
    let component: Component = optional(&texts[6]).unwrap_or_default();
    let mut lines = Vec::new();
    for (name, text) in LINES.iter().zip(&texts[12..]) {
        let (direction, kind) = name.split_once('.').unwrap();
        let direction = if direction == "earn" { Direction::Earning } else { Direction::Deduction };
        if text.is_empty() {
            continue;
        }
        let (kind, amount) = (kind.parse().unwrap(), Rupiah::new(text.parse().unwrap()).unwrap());
        lines.push(match *name == "earn.commission" && !texts[16].is_empty() {
            true => Line::computed(direction, kind, amount, texts[16].parse().unwrap()).unwrap(),
            false => Line::stated(direction, kind, amount),
        });
    }
    let statement = match lines.is_empty() {
        true => Statement::whole(component.clone(), amount),
        false => Statement::new(lines, amount).unwrap(),
    };
    PayRow::new(PayRowFields {
        row,
        employer: optional(&texts[5]),
        worker_id: texts[0].parse().unwrap(),
        name: texts[1].parse().unwrap(),
        destinations: Destination::parse_list(&texts[2]).unwrap(),
        period: texts[3].parse().unwrap(),
        amount,
        component,
        due_date: optional(&texts[7]),
        sex: optional(&texts[8]),
        language: optional(&texts[9]),
        relationship: optional(&texts[10]),
        note: optional(&texts[11]),
        statement,
    })
    .unwrap()
}

#[derive(Clone, Copy, Debug)]
struct Dialect {
    bom: bool,
    crlf: bool,
    semicolon: bool,
    quote_all: bool,
    last_line_ends: bool,
    money: u8,
}

fn dialect() -> impl Strategy<Value = Dialect> {
    (any::<[bool; 5]>(), 0..6u8).prop_map(|([bom, crlf, semicolon, quote_all, last_line_ends], money)| Dialect {
        bom,
        crlf,
        semicolon,
        quote_all,
        last_line_ends,
        money,
    })
}

fn money(form: u8, digits: &str) -> String {
    let Ok(amount) = digits.parse::<Rupiah>() else { return digits.to_owned() };
    match form {
        0 => amount.to_string(),
        1 => amount.to_string().replace("Rp", "Rp "),
        2 => amount.to_string().replace("Rp", ""),
        3 => format!("{},00", amount.to_string().replace("Rp", "")),
        4 => format!("{},00", amount.value()),
        _ => digits.to_owned(),
    }
}

fn csv(dialect: Dialect, rows: &[Texts]) -> Vec<u8> {
    let delimiter = if dialect.semicolon { ";" } else { "," };
    let quote = |cell: &str| {
        if dialect.quote_all || cell.contains([',', ';', '"']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let header: Vec<String> = COLUMNS.iter().chain(&LINES).chain([&COMPUTE]).map(|name| quote(name)).collect();
    let mut lines = vec![header.join(delimiter)];
    for row in rows {
        let cell = |(at, text): (usize, &String)| match at {
            4 | 12..16 if !text.is_empty() => quote(&money(dialect.money, text)),
            _ => quote(text),
        };
        lines.push(row.iter().enumerate().map(cell).collect::<Vec<_>>().join(delimiter));
    }
    let end = if dialect.crlf { "\r\n" } else { "\n" };
    let mut text = lines.join(end);
    if dialect.last_line_ends {
        text.push_str(end);
    }
    let bom = if dialect.bom { "\u{feff}" } else { "" };
    format!("{bom}{text}").into_bytes()
}

fn json_lines(dialect: Dialect, rows: &[Texts]) -> Vec<u8> {
    let mut text = String::from(if dialect.bom { "\u{feff}" } else { "" });
    for row in rows {
        let field = |((name, value), at): ((&&str, &String), usize)| match at {
            4 | 12..16 if !dialect.quote_all && !value.is_empty() => format!("\"{name}\":{value}"),
            4 | 12..16 if !value.is_empty() => format!("\"{name}\":\"{}\"", money(dialect.money, value)),
            _ if value.is_empty() && dialect.semicolon => format!("\"{name}\":null"),
            _ => format!("\"{name}\":{}", serde_json::to_string(value).unwrap()),
        };
        let names = COLUMNS.iter().chain(&LINES).chain([&COMPUTE]);
        let fields: Vec<String> = names.zip(row).zip(0..).map(field).collect();
        text.push_str(&format!("{{{}}}{}", fields.join(", "), if dialect.crlf { "\r\n" } else { "\n" }));
    }
    text.into_bytes()
}

fn read(bytes: &[u8]) -> Vec<Result<PayRow, Vec<RowError>>> {
    PayFile::open(bytes, Format::Detect).collect()
}

proptest! {
    #[test]
    fn every_dialect_of_csv_reads_back_the_same_rows(rows in proptest::collection::vec(texts(), 1..12), dialect in dialect()) {
        let read: Vec<PayRow> = read(&csv(dialect, &rows)).into_iter().map(Result::unwrap).collect();
        let meant: Vec<PayRow> = (2..).zip(&rows).map(|(row, texts)| meant(row, texts)).collect();
        prop_assert_eq!(read, meant);
    }

    #[test]
    fn json_lines_read_back_the_same_rows(rows in proptest::collection::vec(texts(), 1..12), dialect in dialect()) {
        let read: Vec<PayRow> = read(&json_lines(dialect, &rows)).into_iter().map(Result::unwrap).collect();
        let meant: Vec<PayRow> = (1..).zip(&rows).map(|(row, texts)| meant(row, texts)).collect();
        prop_assert_eq!(read, meant);
    }

    #[test]
    fn a_spoilt_cell_spoils_its_row_and_no_other(
        mut rows in proptest::collection::vec(texts(), 1..8), dialect in dialect(), which in any::<prop::sample::Index>(),
        spoilt in prop_oneof![
            Just((0, "")), Just((0, "3,32501E+15")), Just((1, " ")), Just((1, "Si\u{202e}ti")), Just((2, "1,23E+09")), Just((2, "bank:14:1234567890")),
            Just((3, "11/2026")), Just((3, "2026-13")), Just((4, "600,000")), Just((4, "0")), Just((4, "1")), Just((4, "6E+05")), Just((5, "a b")),
            Just((16, "commission-rate/1 rate=10%")), Just((16, "commission-rate/1 rate=10% margin=1,000")),
            Just((16, "commission-rate/9 rate=10% margin=1000")), Just((6, "gaji pokok")), Just((7, "25/11/2026")), Just((8, "x")), Just((9, "jawa")), Just((10, "teman")), Just((11, "a\u{0}b")),
        ],
    ) {
        let at = which.index(rows.len());
        let (column, text) = spoilt;
        // A net of 1 is only wrong where lines say otherwise.
        prop_assume!(text != "1" || !rows[at][12].is_empty());
        rows[at][column] = text.to_owned();
        for result in read(&csv(Dialect { money: 9, ..dialect }, &rows)).into_iter().enumerate() {
            match result {
                (row, Err(errors)) => {
                    prop_assert_eq!(row, at);
                    prop_assert!(errors.iter().all(|error| error.row == at as u64 + 2));
                    let spoilt = COLUMNS.get(column).unwrap_or(&COMPUTE);
                    prop_assert!(errors.iter().any(|error| error.column == *spoilt));
                }
                (row, Ok(read)) => {
                    prop_assert_ne!(row, at);
                    prop_assert_eq!(read, meant(row as u64 + 2, &rows[row]));
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic_and_every_error_is_named(bytes in proptest::collection::vec(any::<u8>(), 0..600), format in 0..3u8) {
        let format = [Format::Detect, Format::Csv, Format::JsonLines][usize::from(format)];
        for errors in PayFile::open(&bytes[..], format).filter_map(Result::err) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.iter().all(|error| !error.code.is_empty() && !error.message.is_empty() && error.row > 0));
        }
    }

    #[test]
    fn a_damaged_file_gives_rows_that_stand_in_it_or_errors(
        rows in proptest::collection::vec(texts(), 1..5), dialect in dialect(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut bytes = csv(dialect, &rows);
        let at = at.index(bytes.len());
        let in_header = at < bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
        bytes[at] = byte;
        let results = read(&bytes);
        prop_assert!(!results.is_empty());
        let employer = "default".parse().unwrap();
        let written: Vec<Vec<u8>> = rows.iter().map(|texts| meant(2, texts).canonical(&employer)).collect();
        let same = results.iter().flatten().filter(|row| written.contains(&row.canonical(&employer))).count();
        // A byte between two rows touches both; one in the header may make the whole file unreadable, but loudly.
        // A letter of a free column (`earn.base`) renames that line of every row, and changes no amount.
        let amounts: Vec<u64> = rows.iter().map(|texts| meant(2, texts).amount.value()).collect();
        let renamed = in_header && results.iter().flatten().all(|row| amounts.contains(&row.amount.value()));
        prop_assert!(same + 2 >= rows.len() || renamed || results.iter().any(Result::is_err));
        prop_assert!(results.iter().flatten().count() <= rows.len());
    }
}
