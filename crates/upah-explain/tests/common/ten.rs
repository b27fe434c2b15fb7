//! The ten stories by which the words are judged: what happened, where the money is and what to do must be in the
//! text itself, for somebody who knows nothing of the code.

use upah_core::event::Fact;
use upah_core::evidence::{Doubt, Grade, InquiryAnswer, Inspection};
use upah_core::name::NameMatch;
use upah_core::row::Direction::{Deduction, Earning};
use upah_core::row::{Line, PayRowFields, Statement};
use upah_core::{Cause, Payment};

use super::{Stream, evidence, fields, refused, returned, rupiah, settled, siti, unknown};

/// A story and what a worker must find in it.
pub(crate) struct Tale {
    /// What it is called; the name of its file.
    pub(crate) name: &'static str,
    /// Nothing for a payment whose records were erased.
    pub(crate) payment: Option<Payment>,
    pub(crate) happened: &'static str,
    pub(crate) money: &'static str,
    pub(crate) to_do: &'static str,
}

/// All ten, in the order in which they are listed.
pub(crate) fn all() -> [Tale; 10] {
    let tale = |name, payment: Stream, [happened, money, to_do]: [&'static str; 3]| Tale {
        name,
        payment: Some(payment.payment()),
        happened,
        money,
        to_do,
    };
    let with_payer = "belum keluar dari rekening pemberi kerja";
    [
        tale(
            "wallet-full",
            wallet_full(),
            [
                "Rekening atau dompet Anda sudah mencapai batas uang masuk",
                with_payer,
                "Tanyakan ke bank atau dompet kapan batasnya terbuka lagi",
            ],
        ),
        tale(
            "wrong-account",
            wrong_account(),
            ["Nomor rekening atau dompet Anda tidak ditemukan", with_payer, "Periksa nomor di buku tabungan"],
        ),
        tale(
            "name-differs",
            name_differs(),
            ["Nama pemilik rekening berbeda dari nama di daftar upah", with_payer, "Cocokkan nama di buku tabungan"],
        ),
        tale(
            "bank-silent",
            bank_silent(),
            ["Bank belum menjawab dengan jelas", "Belum pasti di mana uangnya", "Anda cukup menunggu"],
        ),
        tale(
            "paid-then-returned",
            returned(Some(700_000)),
            [
                "Upah ini sudah dikirim, lalu uangnya kembali",
                "Uangnya sudah kembali ke rekening pemberi kerja",
                "Periksa apakah rekening atau dompet Anda masih aktif",
            ],
        ),
        tale(
            "late-wage",
            late_wage(),
            [
                "Tanggal itu sudah lewat, dan uangnya belum tercatat masuk",
                with_payer,
                "Kantor pemberi kerja harus mengisi saldo dulu",
            ],
        ),
        tale(
            "fee-taken",
            fee_taken(),
            [
                "Tetapi upah ini dipotong Rp6.500 untuk biaya transfer",
                "Uang sudah masuk menurut jawaban bank",
                "Tanyakan alasannya kepada kantor pemberi kerja",
            ],
        ),
        tale(
            "duplicate-row",
            Stream::held(siti(), &[Cause::PossibleDuplicate]),
            [
                "Upah ini mirip dengan pembayaran lain, jadi diperiksa dulu",
                with_payer,
                "Kantor pemberi kerja harus memastikan bahwa upah ini belum pernah dibayar",
            ],
        ),
        tale(
            "cancelled-run",
            cancelled_run(),
            [
                "Pemberi kerja menghentikan pembayaran ini",
                "Uang untuk upah ini tidak keluar dari rekening pemberi kerja",
                "Tanyakan alasannya kepada kantor pemberi kerja",
            ],
        ),
        Tale {
            name: "erased-worker",
            payment: None,
            happened: "Catatan pembayaran ini sudah dihapus",
            money: "Menurut catatan terakhir itu, uangnya sudah masuk",
            to_do: "hubungi kantor pemberi kerja. Sebut nomor pembayarannya",
        },
    ]
}

fn stopped(row: PayRowFields, cause: Cause) -> Stream {
    Stream::of(row).attempted(1, 0).answered(1, refused(cause)).then(0, Fact::Parked { cause })
}

fn wallet_full() -> Stream {
    let wallet = vec!["ewallet:dana:081234567890".parse().unwrap()];
    stopped(PayRowFields { destinations: wallet, ..siti() }, Cause::AccountLimitReached)
}

pub(crate) fn wrong_account() -> Stream {
    stopped(siti(), Cause::InvalidAccount)
}

fn name_differs() -> Stream {
    let found = Inspection::Found { name: "B*** L***".into(), session: None };
    let rail = "bank".parse().unwrap();
    let seen = Fact::Inspected { destination: 0, rail, found, matching: NameMatch::Differs, likeness: None };
    Stream::of(siti()).then(5, seen).then(0, Fact::Parked { cause: Cause::NameDiffers })
}

fn bank_silent() -> Stream {
    let not_found = InquiryAnswer::NotFound(evidence(Grade::TlsResponse, "4043601"));
    Stream::of(siti()).attempted(1, 0).answered(1, unknown(Doubt::NoAnswer)).inquired(1, not_found)
}

/// Due on the day it was instructed; two days later the employer's account is still empty.
pub(crate) fn late_wage() -> Stream {
    let row = PayRowFields { due_date: Some("2026-11-25".parse().unwrap()), ..siti() };
    Stream::of(row).then(2 * 24 * 60, Fact::Parked { cause: Cause::InsufficientFunds })
}

/// The employer took the fee of the transfer from her wage, and more than BI-FAST costs.
pub(crate) fn fee_taken() -> Stream {
    let line = |direction, kind: &str, amount| Line::stated(direction, kind.parse().unwrap(), rupiah(amount));
    let lines = vec![line(Earning, "base", 700_000), line(Deduction, "transfer-fee", 6_500)];
    let statement = Statement::new(lines, rupiah(693_500)).unwrap();
    let row = PayRowFields { statement, ..fields("Siti Contoh", 693_500) };
    Stream::of(row).attempted(1, 0).answered(1, settled(Grade::TlsResponse))
}

fn cancelled_run() -> Stream {
    Stream::of(siti())
        .then(30, Fact::Cancelled { by: "Sari".parse().unwrap(), because: "periode di daftar salah".into() })
}
