//! An amount that is read is the amount that was typed, and reads back from every form it is shown in.
use upah_core::Rupiah;

/// Reads the bytes as a cell of a payroll file.
pub fn target(data: &[u8]) {
    let Ok(cell) = core::str::from_utf8(data) else { return };
    match Rupiah::parse_cell(cell) {
        Ok(amount) => accepted(cell, amount),
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    }
}

fn accepted(cell: &str, amount: Rupiah) {
    assert!(amount <= Rupiah::MAX, "more than the rails carry");
    for shown in [amount.to_string(), amount.value().to_string(), format!("{},00", amount.value())] {
        assert_eq!(Rupiah::parse_cell(&shown), Ok(amount), "{shown} is read otherwise");
    }
    // Whatever the separators: no digit but the sen is dropped, none is added, none has moved.
    let cell = cell.trim();
    let whole = cell.strip_suffix(",00").unwrap_or(cell);
    let typed: String = whole.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(typed, amount.value().to_string(), "the digits are others");
}
