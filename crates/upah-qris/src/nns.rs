//! National Numbering System: which institution a PAN belongs to.
//!
//! Bank Indonesia's list (KA-01154), as it was read on 2026-09-24. It grows: a number that is not here is an
//! institution that we do not know, and no reason to refuse a code.

/// An institution by its four-digit number, the one after `9360` in a PAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Institution<'a> {
    /// Four digits; a bank's is `0` and its three-digit bank code.
    pub number: &'a str,
    /// Its name, when the list has it.
    pub name: Option<&'static str>,
}

impl<'a> Institution<'a> {
    /// The institution that issued a PAN; `None` when the PAN is not one of the national numbering (15 to 19
    /// digits beginning with `9360`).
    #[must_use]
    pub fn of_pan(pan: &'a str) -> Option<Self> {
        let is_national = (15..=19).contains(&pan.len()) && pan.bytes().all(|byte| byte.is_ascii_digit());
        let number = pan.strip_prefix("9360").filter(|_| is_national)?.get(..4)?;
        let found = INSTITUTIONS.binary_search_by_key(&number, |(number, _)| number);
        let name = found.ok().and_then(|at| INSTITUTIONS.get(at)).map(|(_, name)| *name);
        Some(Self { number, name })
    }
}

#[rustfmt::skip]
const INSTITUTIONS: [(&str, &str); 128] = [
    ("0002", "BRI"),
    ("0008", "Mandiri"),
    ("0009", "BNI"),
    ("0011", "Danamon"),
    ("0013", "Permata"),
    ("0014", "BCA"),
    ("0016", "Maybank"),
    ("0019", "Panin"),
    ("0022", "CIMB Niaga"),
    ("0023", "UOB"),
    ("0028", "OCBC"),
    ("0031", "Citibank"),
    ("0036", "CCB Indonesia"),
    ("0037", "Artha Graha"),
    ("0046", "DBS"),
    ("0054", "Bank Capital"),
    ("0076", "Bank Bumi Arta"),
    ("0110", "bank bjb"),
    ("0111", "Bank DKI"),
    ("0112", "BPD DIY"),
    ("0113", "Bank Jateng"),
    ("0114", "Bank Jatim"),
    ("0115", "Bank Jambi"),
    ("0116", "Bank Aceh Syariah"),
    ("0118", "Bank Nagari"),
    ("0119", "Bank Riau Kepri"),
    ("0120", "Bank Sumsel Babel"),
    ("0121", "Bank Lampung"),
    ("0122", "Bank Kalsel"),
    ("0123", "Bank Kalbar"),
    ("0124", "Bankaltimtara"),
    ("0126", "Bank Sulselbar"),
    ("0127", "Bank SulutGo"),
    ("0128", "Bank NTB Syariah"),
    ("0129", "BPD Bali"),
    ("0130", "Bank NTT"),
    ("0131", "Bank Maluku Malut"),
    ("0132", "Bank Papua"),
    ("0133", "Bank Bengkulu"),
    ("0135", "Bank Sultra"),
    ("0147", "Bank Muamalat"),
    ("0151", "Bank Mestika"),
    ("0152", "Bank Shinhan"),
    ("0153", "Bank Sinarmas"),
    ("0157", "Bank Maspion"),
    ("0161", "Bank Ganesha"),
    ("0167", "QNB Indonesia"),
    ("0200", "BTN"),
    ("0213", "BTPN"),
    ("0422", "BRI Syariah"),
    ("0425", "Bank BJB Syariah"),
    ("0426", "Bank Mega"),
    ("0441", "KB Bukopin"),
    ("0451", "BSI"),
    ("0459", "Krom Bank"),
    ("0472", "Bank Jasa Jakarta"),
    ("0484", "Bank KEB Hana"),
    ("0485", "Bank MNC"),
    ("0490", "Bank Neo Commerce"),
    ("0494", "Bank Raya"),
    ("0501", "BCA Digital"),
    ("0503", "Nobu Bank"),
    ("0506", "Bank Mega Syariah"),
    ("0513", "Bank Ina"),
    ("0521", "KB Bank Syariah"),
    ("0523", "Bank Sahabat Sampoerna"),
    ("0531", "Bank Amar"),
    ("0535", "SeaBank"),
    ("0536", "BCA Syariah"),
    ("0542", "Bank Jago"),
    ("0547", "BTPN Syariah"),
    ("0548", "Bank Multiarta Sentosa"),
    ("0553", "Bank Mayora"),
    ("0555", "Bank Index"),
    ("0564", "Mandiri Taspen"),
    ("0566", "Bank Victoria"),
    ("0567", "Allo Bank"),
    ("0689", "BPRS Hijra"),
    ("0777", "Finpay"),
    ("0789", "IMkas"),
    ("0808", "Bayarind"),
    ("0811", "OttoCash"),
    ("0812", "Kaspro"),
    ("0813", "GAJA"),
    ("0814", "Netzme"),
    ("0815", "SpeedCash"),
    ("0816", "MotionPay"),
    ("0817", "YUKK"),
    ("0818", "Paydia"),
    ("0820", "PAC Cash"),
    ("0821", "Midazpay"),
    ("0822", "AstraPay"),
    ("0823", "Paprika"),
    ("0824", "Visi Jaya Indonesia"),
    ("0825", "ZIPAY"),
    ("0826", "Dipay"),
    ("0827", "Fello"),
    ("0828", "TrueMoney"),
    ("0829", "M-Bayar"),
    ("0830", "YODU"),
    ("0831", "Inacash"),
    ("0832", "GDC Pay"),
    ("0833", "WIDE"),
    ("0834", "DUWIT"),
    ("0835", "Virgo"),
    ("0836", "Nusapay"),
    ("0838", "Dutamoney"),
    ("0839", "Cashlez"),
    ("0842", "Qoin"),
    ("0844", "WOI"),
    ("0898", "Telkom"),
    ("0899", "DOKU"),
    ("0911", "LinkAja"),
    ("0912", "OVO"),
    ("0914", "GoPay"),
    ("0915", "DANA"),
    ("0916", "GudangVoucher"),
    ("0917", "Paytren"),
    ("0918", "ShopeePay"),
    ("0919", "Bluepay"),
    ("0920", "i.saku"),
    ("0921", "Saldomu"),
    ("0922", "Ezeelink"),
    ("0947", "Bank Aladin Syariah"),
    ("0950", "Bank Commonwealth"),
    ("0998", "Digital Solusi Pratama"),
    ("0999", "AHDI"),
    ("8161", "Pospay"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_or_nobody_would_be_found() {
        assert!(INSTITUTIONS.is_sorted_by(|one, other| one.0 < other.0));
        for (number, name) in INSTITUTIONS {
            let pan = alloc::format!("9360{number}0000000017");
            assert_eq!(Institution::of_pan(&pan), Some(Institution { number, name: Some(name) }));
        }
    }

    #[test]
    fn a_stranger_has_a_number_and_what_is_no_pan_has_none() {
        let of = |pan| Institution::of_pan(pan).map(|found| (found.number, found.name));
        assert_eq!(of("936000140000000017"), Some(("0014", Some("BCA"))));
        assert_eq!(of("9360777700000000170"), Some(("7777", None)));
        for pan in ["", "9360", "93600014", "836000140000000017", "93600014000000001x", "93600014000000000017"] {
            assert_eq!(of(pan), None, "{pan}");
        }
    }
}
