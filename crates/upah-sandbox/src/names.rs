//! Invented account holders: every account has one, always the same.

const FIRST: &[&str] = &[
    "SITI", "AGUS", "DEWI", "BUDI", "RINA", "JOKO", "WATI", "TONO", "LESTARI", "YANTO", "NURUL", "EKO", "INDAH",
    "SLAMET", "PUTRI", "HENDRA",
];
const LAST: &[&str] = &[
    "RAHAYU",
    "SANTOSO",
    "WULANDARI",
    "PRASETYO",
    "HANDAYANI",
    "NUGROHO",
    "PUSPITA",
    "SAPUTRA",
    "MARLINA",
    "HIDAYAT",
    "ANGGRAINI",
    "KURNIAWAN",
    "SUSANTI",
    "WIBOWO",
    "MAHARANI",
    "SETIAWAN",
];

/// The invented holder of `account`.
pub(crate) fn invented(account: &str) -> String {
    // FNV-1a, to spread neighbouring numbers.
    let hash = account
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    let pick = |list: &[&'static str], bits: u64| {
        let at = usize::try_from(bits % list.len() as u64).unwrap_or(0);
        list.get(at).copied().unwrap_or("SARI")
    };
    format!("{} {}", pick(FIRST, hash >> 40), pick(LAST, hash >> 20))
}

#[cfg(test)]
mod tests {
    use super::invented;

    #[test]
    fn neighbours_have_names_of_their_own_and_keep_them() {
        let names: std::collections::BTreeSet<_> = (0..200).map(|n| invented(&format!("12345{n:03}"))).collect();
        assert!(names.len() > 60, "{}", names.len());
        assert_eq!(invented("1234567890"), invented("1234567890"));
    }
}
