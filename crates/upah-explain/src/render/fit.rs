//! Making a text fit: what is given up first, and where a line breaks.

/// One part of a message.
pub(crate) struct Part {
    text: String,
    /// Parts of the lowest rank are given up first; without a rank, never.
    rank: Option<u8>,
}

impl Part {
    /// A part without which the message would mislead.
    pub(crate) fn kept(text: impl Into<String>) -> Self {
        Self { text: text.into(), rank: None }
    }

    /// A part that is given up when there is no room, those of a lower rank before it.
    pub(crate) fn spare(rank: u8, text: impl Into<String>) -> Self {
        Self { text: text.into(), rank: Some(rank) }
    }
}

/// The parts in their order, without as many as must be given up to measure no more than `max`.
///
/// What is never given up is told even if it does not fit: half a message is worse than a message in two halves.
pub(crate) fn fitted(mut parts: Vec<Part>, between: &str, max: usize, measure: impl Fn(&str) -> usize) -> String {
    loop {
        let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(between);
        let spare = parts.iter().filter_map(|part| part.rank).min();
        match spare {
            Some(rank) if measure(&text) > max => parts.retain(|part| part.rank != Some(rank)),
            _ => return text,
        }
    }
}

/// The text in lines of so many columns. A line breaks between words; a word that is longer than a line breaks inside,
/// but not inside a number while there is another place.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().flat_map(|word| broken(word, columns)) {
        let room = columns.saturating_sub(line.chars().count() + 1);
        if !line.is_empty() && word.chars().count() > room {
            lines.push(core::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn broken(word: &str, columns: usize) -> Vec<String> {
    let mut left: Vec<char> = word.chars().collect();
    let mut pieces = Vec::new();
    while left.len() > columns {
        let of_a_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
        let divides = |at: &usize| !(of_a_number(left[at - 1]) && of_a_number(left[*at]));
        let at = (1..=columns).rev().find(divides).unwrap_or(columns);
        let rest = left.split_off(at);
        pieces.push(left.iter().collect());
        left = rest;
    }
    pieces.push(left.iter().collect());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spared_goes_in_its_order_and_what_is_kept_stays() {
        let parts = || vec![Part::spare(2, "cc"), Part::kept("aaaa"), Part::spare(1, "b"), Part::spare(1, "b")];
        let fit = |max| fitted(parts(), " ", max, str::len);
        assert_eq!([fit(11), fit(10), fit(6), fit(1)], ["cc aaaa b b", "cc aaaa", "aaaa", "aaaa"]);
    }

    #[test]
    fn a_number_is_not_cut_while_the_line_can_break_elsewhere() {
        assert_eq!(wrapped("jumlah Rp600.000 saja", 10), ["jumlah", "Rp600.000", "saja"]);
        assert_eq!(wrapped("abcdefgh1.234.567", 10), ["abcdefgh", "1.234.567"]);
        assert_eq!(wrapped("", 10), Vec::<String>::new());
        assert_eq!(wrapped(&"1".repeat(15), 10), ["1".repeat(10), "1".repeat(5)]);
    }
}
