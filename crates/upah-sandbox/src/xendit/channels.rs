//! What Xendit lists as banks and wallets, with what they take of one payout in rupiah. Data only, and shorter than the
//! provider's list, which changes. A payout may name others, and of any amount.

/// A bank or wallet: its code and name, the least and the most.
pub(super) struct Channel {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) is_wallet: bool,
    pub(super) least: u64,
    pub(super) most: u64,
}

const fn bank(code: &'static str, name: &'static str, least: u64) -> Channel {
    Channel { code, name, is_wallet: false, least, most: 250_000_000 }
}

const fn wallet(code: &'static str, name: &'static str, least: u64, most: u64) -> Channel {
    Channel { code, name, is_wallet: true, least, most }
}

/// Limits: the provider's documentation of its local rails. Of the banks that it does not name, "many" take 5.000 and more.
pub(super) const CHANNELS: [Channel; 24] = [
    bank("ID_ALLO", "Allo Bank", 5_000),
    bank("ID_BCA", "Bank Central Asia", 1),
    bank("ID_BCA_DIGITAL", "BCA Digital", 5_000),
    bank("ID_BCA_SYR", "BCA Syariah", 5_000),
    bank("ID_BJB", "Bank BJB", 5_000),
    bank("ID_BNC", "Bank Neo Commerce", 5_000),
    bank("ID_BNI", "Bank Negara Indonesia", 1),
    bank("ID_BRI", "Bank Rakyat Indonesia", 1),
    bank("ID_CIMB", "CIMB Niaga", 5_000),
    bank("ID_DANAMON", "Bank Danamon", 5_000),
    bank("ID_DBS", "Bank DBS Indonesia", 5_000),
    bank("ID_DKI", "Bank DKI", 5_000),
    bank("ID_HANA", "Bank KEB Hana", 5_000),
    bank("ID_JAGO", "Bank Jago", 5_000),
    bank("ID_MANDIRI", "Bank Mandiri", 1),
    bank("ID_MAYBANK", "Maybank Indonesia", 5_000),
    bank("ID_MEGA", "Bank Mega", 5_000),
    bank("ID_MUAMALAT", "Bank Muamalat", 5_000),
    bank("ID_PERMATA", "Bank Permata", 1),
    wallet("ID_DANA", "DANA", 1, 20_000_000),
    wallet("ID_GOPAY", "GoPay", 10_000, 20_000_000),
    wallet("ID_LINKAJA", "LinkAja", 10_000, 10_000_000),
    wallet("ID_OVO", "OVO", 1, 20_000_000),
    wallet("ID_SHOPEEPAY", "ShopeePay", 1, 20_000_000),
];
