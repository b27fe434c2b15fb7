//! A row that comes out of a file is whole, and says the same in every format; what does not come out is
//! told without telling whom it is about.
use upah_core::row::{Direction, LineSource, PayRow, PayRowFields, Statement};
use upah_core::{Destination, Rupiah};
use upah_payfile::{Format, PayFile, RowError};

/// So many rows of one file are written and read again; the others only have to be whole.
const ROWS_READ_AGAIN: usize = 4;

/// Reads the bytes in every format.
pub fn target(data: &[u8]) {
    let [detected, csv, json] = [Format::Detect, Format::Csv, Format::JsonLines].map(|format| read(data, format));
    assert!(detected == csv || detected == json, "what is detected is neither of the two");
    for result in [csv, json].into_iter().flatten() {
        match result {
            Ok(row) => whole(&row),
            Err(errors) => {
                assert!(!errors.is_empty(), "a row was left out without an error");
                errors.iter().for_each(named_and_masked);
            }
        }
    }
    for row in detected.iter().flatten().take(ROWS_READ_AGAIN) {
        read_again(row);
        prints_nobody(row);
    }
}

fn read(data: &[u8], format: Format) -> Vec<Result<PayRow, Vec<RowError>>> {
    let mut file = PayFile::open(data, format);
    let results: Vec<_> = file.by_ref().collect();
    assert!(!results.is_empty(), "nothing came of a file, not even an error");
    assert!(file.next().is_none(), "a file goes on after its end");
    assert!(file.warnings_total() >= file.warnings().len() as u64);
    let mut last = 0;
    for row in results.iter().flatten() {
        assert!(row.row > last, "two rows have one number");
        last = row.row;
    }
    results
}

fn whole(row: &PayRow) {
    assert!(row.amount > Rupiah::ZERO && row.amount <= Rupiah::MAX);
    assert!((1..=Destination::FALLBACKS_MAX).contains(&row.destinations.len()));
    let sum = |direction| -> u128 {
        let lines = row.statement.lines().iter().filter(|line| line.direction == direction);
        lines.map(|line| u128::from(line.amount.value())).sum()
    };
    let net = sum(Direction::Earning).checked_sub(sum(Direction::Deduction));
    assert_eq!(net, Some(u128::from(row.amount.value())), "the statement does not add up to the wage");
}

fn named_and_masked(error: &RowError) {
    assert!(error.row > 0 && !error.code.is_empty() && !error.message.is_empty());
    assert!(error.value.chars().count() <= 81, "a value is shown at full length");
    for text in [&error.column, &error.value, &error.message] {
        assert!(!text.contains(char::is_control), "a terminal would obey this");
    }
    if matches!(error.code, "unknown_column" | "repeated_column") {
        assert_eq!(error.value, error.column, "the header is meant, and nobody in the file");
        return;
    }
    match error.column.as_str() {
        "name" => assert!(error.value.is_empty() || error.value.chars().skip(1).eq("•••".chars())),
        "note" => assert!(error.value.is_empty() || error.value == "•••"),
        "destination" => {
            let digits = error.value.split(|c: char| !c.is_ascii_digit());
            assert!(digits.map(str::len).max() <= Some(4), "an account is shown");
        }
        _ => {}
    }
    let shown = format!("{error} {error:?}");
    let secret = matches!(error.column.as_str(), "name" | "note" | "destination") && error.value.chars().count() > 4;
    assert!(!secret || !shown.contains(&error.value), "the error itself shows the cell");
}

/// The row, written in the plainest way, is read as the same row.
fn read_again(row: &PayRow) {
    let cells = cells(row);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let csv = [0, 1].map(|which| {
        let of_line: Vec<String> = cells.iter().map(|cell| quoted([&cell.0, &cell.1][which])).collect();
        of_line.join(",")
    });
    let object: Vec<String> = cells.iter().map(|(name, text)| format!("{}:{}", json(name), json(text))).collect();
    for (text, number) in [(csv.join("\r\n"), 2), (format!("{{{}}}\n", object.join(",")), 1)] {
        let again: Vec<_> = PayFile::open(text.as_bytes(), Format::Detect).collect();
        let meant = PayRowFields { row: number, ..row.clone().into_fields() };
        let read = match &again[..] {
            [Ok(read)] => read.clone().into_fields(),
            _ => panic!("a row that was read is refused when it is written plainly: {again:?}"),
        };
        assert!(read == meant, "a row is read otherwise when it is written plainly");
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The columns of a row, each with its cell.
fn cells(row: &PayRow) -> Vec<(String, String)> {
    let destinations: Vec<String> = row.destinations.iter().map(Destination::to_string).collect();
    let mut cells = vec![
        ("worker_id".to_owned(), row.worker_id.to_string()),
        ("name".to_owned(), row.name.to_string()),
        ("destination".to_owned(), destinations.join(" ")),
        ("period".to_owned(), row.period.to_string()),
        ("amount".to_owned(), row.amount.to_string()),
        ("component".to_owned(), row.component.to_string()),
    ];
    let optional = [
        ("employer", row.employer.as_ref().map(ToString::to_string)),
        ("due_date", row.due_date.map(|date| date.to_string())),
        ("sex", row.sex.map(|sex| sex.to_string())),
        ("language", row.language.map(|language| language.to_string())),
        ("relationship", row.relationship.map(|relationship| relationship.to_string())),
        ("note", row.note.as_ref().map(ToString::to_string)),
    ];
    cells.extend(optional.into_iter().filter_map(|(name, cell)| Some((name.to_owned(), cell?))));
    if row.statement != Statement::whole(row.component.clone(), row.amount) {
        for line in row.statement.lines() {
            let direction = if line.direction == Direction::Earning { "earn" } else { "deduct" };
            cells.push((format!("{direction}.{}", line.kind), line.amount.value().to_string()));
            if let LineSource::Computed(computation) = &line.source {
                assert_eq!(computation.amount(), line.amount, "a line is not what its rule gives");
                cells.push((format!("compute.{}", line.kind), computation.to_string()));
            }
        }
    }
    cells
}

/// The same row of somebody else prints the same.
fn prints_nobody(row: &PayRow) {
    let mut other = row.clone().into_fields();
    let (Ok(worker_id), Ok(name), Ok(account)) = ("X".parse(), "X".parse(), "bank:000:0000".parse::<Destination>())
    else {
        panic!("a letter is an id and a name, and four zeros are an account")
    };
    (other.worker_id, other.name) = (worker_id, name);
    other.note = other.note.and_then(|_| "X".parse().ok());
    for destination in &mut other.destinations {
        if matches!(destination, Destination::Bank { .. }) {
            *destination = account.clone();
        }
    }
    assert_eq!(format!("{other:?}"), format!("{:?}", row.clone().into_fields()), "Debug tells whom a row is about");
}
