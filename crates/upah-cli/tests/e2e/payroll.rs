//! Payroll files of invented people.
use std::fmt::Write;

/// The header of the required columns.
pub(crate) const HEADER: &str = "worker_id,name,destination,period,amount\n";

const FIRST: [&str; 10] = ["Siti", "Wulan", "Bagas", "Ratna", "Joko", "Dewi", "Agus", "Lestari", "Made", "Yanti"];
const LAST: [&str; 7] = ["Contoh", "Percobaan", "Misal", "Umpama", "Andaikata", "Sampel", "Peraga"];

/// Who the `n`th worker is.
pub(crate) fn name(n: usize) -> String {
    format!("{} {}", FIRST[n % FIRST.len()], LAST[n % LAST.len()])
}

/// Where the `n`th worker is paid: at the paying bank, at another bank, or to a wallet; an account of
/// her own, so that the sandbox's ledger can be read by account.
pub(crate) fn destination(n: usize) -> String {
    let account = account(n);
    match n % 3 {
        0 => format!("bank:008:{account}"),
        1 => format!("bank:014:{account}"),
        _ => format!("ewallet:dana:{account}"),
    }
}

/// The account or phone of [`destination`].
pub(crate) fn account(n: usize) -> String {
    match n % 3 {
        0 | 1 => format!("12345{n:05}"),
        _ => format!("628120{n:06}"),
    }
}

/// What the `n`th worker gets: odd sums, so that two payments seldom look alike.
pub(crate) fn amount(n: usize) -> u64 {
    600_000 + 1_111 * n as u64
}

/// A file that pays `count` workers for November.
pub(crate) fn november(count: usize) -> String {
    let mut file = HEADER.to_owned();
    for n in 0..count {
        writeln!(file, "W{n:03},{},{},2026-11,{}", name(n), destination(n), amount(n)).unwrap();
    }
    file
}

/// The same, but every fifth worker names an account first that does not exist.
pub(crate) fn november_with_wrong_accounts(count: usize) -> String {
    let mut file = HEADER.to_owned();
    for n in 0..count {
        let wrong = if n % 5 == 0 { format!("bank:014:9940411{n:03} ") } else { String::new() };
        writeln!(file, "W{n:03},{},{wrong}{},2026-11,{}", name(n), destination(n), amount(n)).unwrap();
    }
    file
}

/// A file that pays one worker to each of these destinations.
pub(crate) fn to(destinations: &[&str]) -> String {
    let mut file = HEADER.to_owned();
    for (n, destination) in destinations.iter().enumerate() {
        writeln!(file, "W{n:03},{},{destination},2026-11,{}", name(n), amount(n)).unwrap();
    }
    file
}

/// What [`november`] or [`to`] pay together.
pub(crate) fn total(count: usize) -> u64 {
    (0..count).map(amount).sum()
}
