//! The profiles, line by line, each with its source.
//!
//! Marks of the sources: ASPI, the standard itself; DOC, the counterparty's own documentation; SDK, its published
//! client with package and version; 3P, a third party. What none of them says is as in the standard, and what the
//! counterparty's contract says otherwise is configured.
use super::Dialect::{Agent, NamedWallet, Plain, Switcher};
use super::{BankCodeForm, Paths, Profile, SignedPath, Signing, TimestampForm};
use crate::service::Service::{self, *};
use upah_core::reference::ReferenceForm;

/// The default of the references: 130 bits in capital letters and digits.
const LETTERS: ReferenceForm = ReferenceForm::Base32 { length: 26 };

/// The services of a bank with wallets behind it [ASPI, list of services].
const STANDARD: &[Service] = &[
    Balance,
    InternalInquiry,
    ExternalInquiry,
    Intrabank,
    Interbank,
    Rtgs,
    Skn,
    TransferStatus,
    WalletInquiry,
    TopUp,
    TopUpStatus,
    Token,
];

/// The same with the two that pay many at once [ASPI, list of services]. No counterparty documents them, so they are an
/// ability of the standard alone, and nothing goes by them unless it is configured.
const STANDARD_WITH_BULK: &[Service] = &[
    Balance,
    InternalInquiry,
    ExternalInquiry,
    Intrabank,
    Interbank,
    InterbankBulk,
    Rtgs,
    Skn,
    TransferStatus,
    WalletInquiry,
    TopUp,
    TopUpStatus,
    BulkCashIn,
    Token,
];

/// Every profile; the standard comes first.
#[rustfmt::skip]
pub static TABLE: [Profile; 8] = [
    Profile {
        name: "standard",
        signature: Signing::SymmetricWithToken,     // ASPI: the default
        signed_path: SignedPath::WithQuery,         // ASPI: "including all query parameters"
        timestamp: TimestampForm::Seconds,          // ASPI: String(25)
        paths: Paths::Standard,                     // ASPI
        services: STANDARD_WITH_BULK,               // ASPI
        path_prefix: "/v1.0",                       // ASPI: the version
        token_path: None,                           // ASPI: beside the others
        reference: LETTERS,                         // ASPI: String(64)
        bank_code: BankCodeForm::ThreeDigits,       // ASPI: sample pair of 18
        dialect: Plain,                             // ASPI
        not_found_after_seconds: 0,                 // not told: the configuration's default holds
    },
    Profile {
        name: "bri",
        signature: Signing::SymmetricWithToken,     // 3P kamu-snap-crypto 3.0.0, after the bank's pages
        signed_path: SignedPath::WithoutQuery,      // 3P kamu-snap-crypto 3.0.0
        timestamp: TimestampForm::MillisForTheToken, // 3P kamu-snap-crypto 3.0.0: call for a token
        paths: Paths::Standard,                     // DOC
        services: STANDARD,                         // ASPI; what a partner may call its contract says
        path_prefix: "/snap/v1.0",                  // SDK and DOC: "/snap/v1.0/..."
        token_path: None,                           // DOC: under the same prefix
        reference: LETTERS,                         // DOC: alphanumeric, 64
        bank_code: BankCodeForm::ThreeDigits,       // ASPI
        dialect: Plain,                             // ASPI
        not_found_after_seconds: 0,                 // not told
    },
    Profile {
        name: "bni",
        signature: Signing::SymmetricWithToken,     // SDK bnipython 0.8.9
        signed_path: SignedPath::WithQuery,         // ASPI; the client's paths have no query
        timestamp: TimestampForm::Seconds,          // SDK bnipython 0.8.9
        paths: Paths::Standard,                     // SDK bnipython 0.8.9
        services: &[Balance, InternalInquiry, ExternalInquiry, Intrabank, Interbank, Rtgs, Skn, TransferStatus, Token], // SDK bnipython 0.8.9
        path_prefix: "/snap-service/v1",            // SDK bnipython 0.8.9
        token_path: Some("/snap/v1/access-token/b2b"), // SDK bnipython 0.8.9
        reference: LETTERS,                         // ASPI
        bank_code: BankCodeForm::ThreeDigits,       // SDK bnipython 0.8.9: the sample of 18; its 16 shows a BIC too
        dialect: Plain,                             // SDK bnipython 0.8.9
        not_found_after_seconds: 0,                 // not told
    },
    Profile {
        name: "mandiri",
        signature: Signing::SymmetricWithToken,     // DOC
        signed_path: SignedPath::WithQuery,         // ASPI
        timestamp: TimestampForm::Seconds,          // ASPI
        paths: Paths::Standard,                     // ASPI; the prefix is the contract's
        services: &[Balance, InternalInquiry, ExternalInquiry, Intrabank, Interbank, TransferStatus, Token], // DOC
        path_prefix: "/v1.0",                       // ASPI
        token_path: None,                           // ASPI
        reference: ReferenceForm::Numeric { length: 19 }, // DOC: numeric, 19 at most
        bank_code: BankCodeForm::Bic,               // DOC: a BIC with the switch BIFAST
        dialect: Switcher,                          // DOC: `switcher`, `categoryPurpose`, proxy fields
        not_found_after_seconds: 0,                 // not told
    },
    Profile {
        name: "midtrans",
        signature: Signing::SymmetricWithToken,     // DOC
        signed_path: SignedPath::WithQuery,         // ASPI
        timestamp: TimestampForm::MillisUtc,        // DOC: samples
        paths: Paths::Standard,                     // DOC
        services: &[ExternalInquiry, Intrabank, Interbank, TransferStatus, WalletInquiry, TopUp, Token], // DOC: 16, 17, 18, 36, 37, 38
        path_prefix: "/v1.0",                       // DOC
        token_path: None,                           // DOC
        reference: LETTERS,                         // ASPI
        bank_code: BankCodeForm::WithBranch,        // DOC: three digits of the bank and four of the branch
        dialect: NamedWallet,                       // DOC: `beneficiaryProvider`, and an amount of 1.00 in 37
        not_found_after_seconds: 600,               // DOC: ten minutes before the first inquiry
    },
    Profile {
        name: "dana",
        signature: Signing::Asymmetric,             // SDK dana-python 2.2.2
        signed_path: SignedPath::WithQuery,         // SDK dana-python 2.2.2: its paths have no query
        timestamp: TimestampForm::Seconds,          // SDK dana-python 2.2.2
        paths: Paths::RestAndHtm,                   // SDK dana-python 2.2.2
        services: &[WalletInquiry, TopUp, TopUpStatus, FromWalletInquiry, FromWallet, FromWalletStatus], // SDK dana-python 2.2.2
        path_prefix: "",                            // SDK dana-python 2.2.2
        token_path: None,                           // SDK dana-python 2.2.2: there is no token
        reference: LETTERS,                         // SDK dana-python 2.2.2: 64 characters
        bank_code: BankCodeForm::ThreeDigits,       // DOC: 014
        dialect: Agent { wallet: "dana" },          // SDK dana-python 2.2.2: `fundType` and its companions
        not_found_after_seconds: 0,                 // not told
    },
    Profile {
        name: "dana-htm",
        signature: Signing::Asymmetric,             // SDK dana-node 1.5.11
        signed_path: SignedPath::WithQuery,         // SDK dana-node 1.5.11
        timestamp: TimestampForm::Seconds,          // SDK dana-python 2.2.2
        paths: Paths::Htm,                          // SDK dana-node 1.5.11
        services: &[WalletInquiry, TopUp, TopUpStatus, FromWalletInquiry, FromWallet, FromWalletStatus], // SDK dana-node 1.5.11
        path_prefix: "",                            // SDK dana-node 1.5.11
        token_path: None,                           // SDK dana-node 1.5.11
        reference: LETTERS,                         // SDK dana-node 1.5.11
        bank_code: BankCodeForm::ThreeDigits,       // DOC
        dialect: Agent { wallet: "dana" },          // SDK dana-node 1.5.11
        not_found_after_seconds: 0,                 // not told
    },
    Profile {
        name: "faspay",
        signature: Signing::Asymmetric,             // SDK FaspaySendmeSnap 1.2.2
        signed_path: SignedPath::WithQuery,         // SDK FaspaySendmeSnap 1.2.2: its paths have no query
        timestamp: TimestampForm::Seconds,          // SDK FaspaySendmeSnap 1.2.2
        paths: Paths::Standard,                     // SDK FaspaySendmeSnap 1.2.2
        services: &[Balance, ExternalInquiry, Interbank, TransferStatus, TopUp, TopUpStatus], // SDK FaspaySendmeSnap 1.2.2
        path_prefix: "/account/v1.0",               // SDK FaspaySendmeSnap 1.2.2
        token_path: None,                           // SDK FaspaySendmeSnap 1.2.2: there is no token
        reference: LETTERS,                         // ASPI
        bank_code: BankCodeForm::ThreeDigits,       // SDK FaspaySendmeSnap 1.2.2: 002
        dialect: Plain,                             // SDK FaspaySendmeSnap 1.2.2
        not_found_after_seconds: 0,                 // not told
    },
];
