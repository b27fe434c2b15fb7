//! A bank's file speaks of our wage only where it names it, and says that it was paid only where everything agrees.
//!
//! An input is one file of the bank, of whichever kind; one wage of ours is asked about after it came.
use std::sync::LazyLock;
use upah_bankfile::{Handed, Transfer};
use upah_core::Rupiah;
use upah_core::evidence::InquiryAnswer;

const ACCOUNT: &str = "888801000157508";
const MESSAGE_ID: &str = "OURFILEOFTHEFUZZER00000001";
/// So much stands in no file, unless its digits do.
const ELSEWHERE: u64 = 987_654_321;

static OURS: LazyLock<Vec<Transfer>> = LazyLock::new(|| vec![transfer(1, 600_000), transfer(2, 700_000)]);

fn transfer(n: u64, rupiah: u64) -> Transfer {
    Transfer {
        reference: format!("REFERENCE{n:017}"),
        // proof: the amounts above are within the range of a rupiah
        amount: Rupiah::new(rupiah).expect("an amount"),
        bic: "CENAIDJA".into(),
        account: format!("12345{n:05}"),
        name: "Siti Contoh".into(),
    }
}

/// Asks about the first wage, and about what differs from it by one thing.
pub fn target(data: &[u8]) {
    let handed = Handed { account: ACCOUNT, message_id: MESSAGE_ID, transfers: &OURS };
    let wage = &OURS[0];
    let answer = match handed.asked(wage, data) {
        Ok(answer) => answer,
        Err(unread) => {
            assert!(!unread.code.is_empty() && !unread.message.is_empty(), "refused without a word");
            assert!(unread.message.chars().count() < 200, "a value of the file is shown");
            return;
        }
    };
    assert_eq!(handed.asked(wage, data).ok().as_ref(), Some(&answer), "another answer from the same file");
    if is_plain(data) {
        silent(&answer, data);
        cut_off(&handed, data);
    }
    other_amount(&handed, data);
    other_account(&handed, data, &answer);
}

/// What neither names the wage nor its file says nothing about it, and what answers another file settles nothing.
fn silent(answer: &InquiryAnswer, data: &[u8]) {
    let (names_wage, names_file) = (holds(data, &OURS[0].reference), holds(data, MESSAGE_ID));
    let is_silent = matches!(answer, InquiryAnswer::InProgress(_));
    assert!(names_wage || names_file || is_silent, "a file that names neither says something: {answer:?}");
    // Nothing else, not even in a quotation: a return or a statement speaks of wages and not of our file.
    let is_report = holds(data, "<CstmrPmtStsRpt") && !holds(data, "<PmtRtr") && !holds(data, "<BkToCstmr");
    let is_word = !is_silent && !matches!(answer, InquiryAnswer::Contradicted { .. });
    assert!(!is_report || names_file || !is_word, "the answer to another file decides over ours: {answer:?}");
}

/// A file whose end is missing says nothing at all.
fn cut_off(handed: &Handed<'_>, data: &[u8]) {
    let Some(end) = data.windows(2).rposition(|pair| pair == b"</") else { return };
    for at in [end / 2, end.saturating_sub(7), end, end + 1] {
        assert!(handed.asked(&OURS[0], &data[..at]).is_err(), "a file that was cut off at {at} is believed");
    }
}

/// A wage of which the file shows no such amount is not booked; a status report may leave amounts out.
fn other_amount(handed: &Handed<'_>, data: &[u8]) {
    if data.windows(9).any(|digits| digits == b"987654321") || holds(data, "CstmrPmtStsRpt") {
        return;
    }
    let asked = handed.asked(&Transfer { reference: OURS[0].reference.clone(), ..transfer(1, ELSEWHERE) }, data);
    let is_paid = matches!(asked, Ok(InquiryAnswer::Success(_)));
    assert!(!is_paid, "a booking of another amount settles the wage");
}

/// Where the file tells of an account and settles, the same wage to another account is not settled by it, and whether
/// it is refused or paid does not come from the account.
fn other_account(handed: &Handed<'_>, data: &[u8], answer: &InquiryAnswer) {
    let other = Transfer { account: "9876598765".into(), ..transfer(1, 600_000) };
    match handed.asked(&other, data) {
        Ok(InquiryAnswer::Contradicted { .. }) => {}
        // It tells of no account, or shows nothing in which the two differ.
        Ok(told) => assert!(
            told == *answer || matches!(answer, InquiryAnswer::Contradicted { .. }),
            "the account decides over more than a contradiction: {told:?}"
        ),
        Err(unread) => panic!("a file is read for one wage and not for another: {}", unread.code),
    }
}

/// No reference is spelt in a way that a search over bytes does not see.
fn is_plain(data: &[u8]) -> bool {
    let instructions = data.windows(2).filter(|pair| *pair == b"<?").count();
    data.is_ascii()
        && !data.contains(&b'&')
        && !holds(data, "<!")
        && instructions <= usize::from(data.starts_with(b"<?"))
}

fn holds(data: &[u8], text: &str) -> bool {
    data.windows(text.len()).any(|part| part == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;
    use std::collections::BTreeSet;

    /// What no seed reaches, hardly any mutation does.
    #[test]
    fn the_seeds_reach_every_answer_that_a_file_can_give() {
        let handed = Handed { account: ACCOUNT, message_id: MESSAGE_ID, transfers: &OURS };
        let word = |bytes: &[u8]| match handed.asked(&OURS[0], bytes).unwrap() {
            InquiryAnswer::Success(_) => "paid".to_owned(),
            InquiryAnswer::InProgress(_) => "at work".to_owned(),
            InquiryAnswer::Refunded { .. } => "back".to_owned(),
            InquiryAnswer::Failed(_) => "refused".to_owned(),
            InquiryAnswer::Contradicted { field, .. } => format!("contradicted {field}"),
            other => panic!("{other:?}"),
        };
        let told: BTreeSet<String> = seeds::of("bankfile").unwrap().iter().map(|seed| word(&seed.bytes)).collect();
        let amount = ["amount", "currency", "bookings", "OrgnlMsgId"].map(|field| format!("contradicted {field}"));
        let wanted: BTreeSet<String> =
            ["paid", "at work", "back", "refused"].map(str::to_owned).into_iter().chain(amount).collect();
        assert_eq!(told, wanted);
    }
}
