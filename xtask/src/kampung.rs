//! The payroll of Kampung Marketer, made up afresh from its published numbers: 230 partners who pay
//! 750 villagers, some of whom work for two. People, accounts and phone numbers are invented, and the
//! same file comes out every time.
use std::fmt::Write;

const PARTNERS: u32 = 230;
const WORKERS: u32 = 750;
/// Every eighth worker serves two partners.
const TWO_PARTNERS_EVERY: u32 = 8;
const BASE_CUSTOMER_SERVICE: u32 = 600_000;
const BASE_ADVERTISING: u32 = 700_000;

const WOMEN: [&str; 24] = [
    "Siti", "Dewi", "Rina", "Wulan", "Ayu", "Lestari", "Nur", "Fitri", "Endah", "Yuni", "Tri", "Retno", "Sri", "Ika",
    "Puji", "Murni", "Tuti", "Umi", "Asih", "Ningsih", "Rahma", "Laras", "Kartika", "Mega",
];
const MEN: [&str; 20] = [
    "Budi", "Agus", "Joko", "Slamet", "Eko", "Dwi", "Wahyu", "Teguh", "Bayu", "Andi", "Rudi", "Heri", "Arif", "Yanto",
    "Dimas", "Fajar", "Galih", "Hadi", "Imam", "Rizki",
];
const SECOND: [&str; 26] = [
    "Wijaya",
    "Pratama",
    "Utami",
    "Rahayu",
    "Saputra",
    "Hidayat",
    "Kusuma",
    "Santoso",
    "Purnomo",
    "Handayani",
    "Setiawan",
    "Wibowo",
    "Nugroho",
    "Susanti",
    "Maulana",
    "Permata",
    "Cahyani",
    "Gunawan",
    "Suryani",
    "Hartono",
    "Anggraini",
    "Firmansyah",
    "Kurniawan",
    "Wahyuni",
    "Subekti",
    "Mulyani",
];
const BANKS: [(&str, u32); 5] = [("002", 15), ("008", 13), ("009", 10), ("014", 10), ("451", 10)];
const WALLETS: [&str; 4] = ["dana", "gopay", "ovo", "shopeepay"];

/// A small generator of numbers (SplitMix64), so that the file does not change with a library.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.next() as usize % from.len()]
    }
}

/// The whole file.
pub fn payroll() -> String {
    let mut numbers = Numbers(2020);
    let mut file = String::from(
        "employer,worker_id,name,sex,relationship,destination,period,component,amount,earn.base,earn.commission,compute.commission,note\n",
    );
    for worker in 0..WORKERS {
        let is_woman = worker % 5 < 3;
        let first = if is_woman { *numbers.pick(&WOMEN) } else { *numbers.pick(&MEN) };
        let name = format!("{first} {}", numbers.pick(&SECOND));
        let sex = if is_woman { "female" } else { "male" };
        let destination = destination(worker, &mut numbers);
        let first_partner = worker % PARTNERS;
        let second_partner = (worker % TWO_PARTNERS_EVERY == 0).then_some((worker + 97) % PARTNERS);
        for partner in [Some(first_partner), second_partner].into_iter().flatten() {
            let advertises = numbers.below(4) == 0;
            let (base, task) =
                if advertises { (BASE_ADVERTISING, "iklan") } else { (BASE_CUSTOMER_SERVICE, "layanan pelanggan") };
            // Ten per cent of the partner's margin, which is a whole number of ten thousands.
            let margin = 4_000_000 + numbers.below(2_600) * 10_000;
            let commission = margin / 10;
            let _ = writeln!(
                file,
                "mitra-{:03},KM-{:04},{name},{sex},partner,{destination},2026-11,wage,{},{base},{commission},\
                 commission-rate/1 rate=10% margin={margin},{task}",
                partner + 1,
                worker + 1,
                base + commission,
            );
        }
    }
    file
}

/// A bank account for two in five, a wallet for the others; no two workers share one.
fn destination(worker: u32, numbers: &mut Numbers) -> String {
    if numbers.below(5) < 2 {
        let (code, digits) = *numbers.pick(&BANKS);
        let width = digits as usize - 6;
        format!("bank:{code}:{}{:05}{:0width$}", 1 + numbers.below(8), 10_000 + worker, numbers.below(10_000))
    } else {
        let wallet = numbers.pick(&WALLETS);
        format!("ewallet:{wallet}:0812{:04}{:04}", 1_000 + worker, numbers.below(10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_payroll_is_the_one_that_is_made_here() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/kampung-marketer/payroll.csv");
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(committed == payroll(), "make it again with `cargo xtask kampung`");
    }

    #[test]
    fn the_village_has_the_numbers_of_the_study() {
        let file = payroll();
        let column = |line: &str, n: usize| line.split(',').nth(n).unwrap_or_default().to_owned();
        let rows: Vec<&str> = file.lines().skip(1).collect();
        let distinct =
            |n: usize| rows.iter().map(|row| column(row, n)).collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!((distinct(0), distinct(1)), (230, 750));
        assert!(rows.len() > 750, "some work for two partners");
        let women = (0..WORKERS).filter(|worker| worker % 5 < 3).count();
        assert_eq!(women, 450, "60 per cent");
        for row in &rows {
            let amount: u32 = column(row, 8).parse().unwrap();
            assert!((1_000_000..=4_000_000).contains(&amount), "{row}");
        }
        assert_eq!(distinct(5), 750, "no two workers share a destination");
    }
}
