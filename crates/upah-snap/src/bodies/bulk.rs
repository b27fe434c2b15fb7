//! Bodies of the services that pay many at once, 20 (interbank bulk) and 40 (bulk cash-in), and of one payment in them.
//!
//! Field names and lengths are ASPI's. They are not those of the single services: the bank is `bankCode` here, and a wallet
//! `accountNumber`. An item is what is stored with an attempt; the request around it is made when it leaves, and the items
//! stand in it as they are stored, byte for byte.

use super::requests::{AdditionalInfo, Body, BodyError};

/// One payment of 20.
#[derive(Clone, Copy)]
pub struct BankItem<'a> {
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// Recipient's bank.
    pub bank_code: &'a str,
    /// Recipient's account.
    pub beneficiary_account_no: &'a str,
    /// Recipient's name as inquired.
    pub beneficiary_account_name: &'a str,
    /// Whole rupiah.
    pub amount_rupiah: u64,
}

/// One payment of 40.
#[derive(Clone, Copy)]
pub struct WalletItem<'a> {
    /// `628…`.
    pub account_number: &'a str,
    /// Recipient's name as inquired.
    pub account_name: Option<&'a str>,
    /// Whole rupiah.
    pub amount_rupiah: u64,
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
}

/// 20, many transfers to other banks.
#[derive(Clone, Copy)]
pub struct InterbankBulk<'a> {
    /// The reference of the request.
    pub partner_bulk_id: &'a str,
    /// Text for the payer's own statement.
    pub customer_reference: &'a str,
    /// Account that pays.
    pub source_account_no: &'a str,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: &'a str,
    /// Bodies of [`BankItem`].
    pub items: &'a [&'a str],
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

/// 40, many top-ups of wallets.
#[derive(Clone, Copy)]
pub struct BulkCashIn<'a> {
    /// The reference of the request.
    pub partner_bulk_id: &'a str,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: &'a str,
    /// Bodies of [`WalletItem`].
    pub items: &'a [&'a str],
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

crate::redacted_debug!(BankItem<'_>, WalletItem<'_>, InterbankBulk<'_>, BulkCashIn<'_>);

impl BankItem<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .text("bankCode", 11, self.bank_code)
            .text("beneficiaryAccountNo", 34, self.beneficiary_account_no)
            .text("beneficiaryAccountName", 100, self.beneficiary_account_name)
            .amount(self.amount_rupiah)
            .finish()
    }
}

impl WalletItem<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("accountNumber", 64, self.account_number)
            .optional("accountName", 255, self.account_name)
            .amount(self.amount_rupiah)
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .finish()
    }
}

impl InterbankBulk<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`]; without items too.
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerBulkId", 64, self.partner_bulk_id)
            .text("customerReference", 30, self.customer_reference)
            .text("sourceAccountNo", 19, self.source_account_no)
            .text("transactionDate", 25, self.transaction_date)
            .text("currency", 3, "IDR")
            .text("feeType", 25, "OUR")
            .items("bulkObject", self.items)
            .info(self.additional_info)
            .finish()
    }
}

impl BulkCashIn<'_> {
    /// The body. Service 40 has no `feeType`, and no source account: the contract names it.
    ///
    /// # Errors
    /// [`BodyError`]; without items too.
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerBulkId", 64, self.partner_bulk_id)
            .text("transactionDate", 25, self.transaction_date)
            .text("currency", 3, "IDR")
            .items("bulkObject", self.items)
            .info(self.additional_info)
            .finish()
    }
}
