//! Request bodies: fixed field order, minified, within the standard's lengths.
//!
//! The same request always gives the same bytes, and these bytes are what is stored with an attempt
//! and sent again. Nothing is trimmed, shortened or filled in. `feeType` is `OUR` wherever the
//! service has it: a wage arrives whole.

use super::amount::{AMOUNT_MAX, Amount};
use crate::service::Service;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;
use thiserror::Error;

/// A field that the standard does not allow. Names the field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BodyError {
    /// A mandatory field is empty.
    #[error("{field} is empty")]
    Empty {
        /// Name on the wire.
        field: &'static str,
    },
    /// A field is longer than the standard allows.
    #[error("{field} has more than {characters_max} characters")]
    TooLong {
        /// Name on the wire.
        field: &'static str,
        /// The standard's limit.
        characters_max: usize,
    },
    /// Zero, or more than [`AMOUNT_MAX`].
    #[error("the amount is zero or too large")]
    Amount,
    /// The body could not be written.
    #[error("the body could not be written")]
    Json,
}

/// Counterparties' own switches, written as the object `additionalInfo`; left out when empty.
pub type AdditionalInfo<'a> = &'a [(&'a str, &'a str)];

/// 11, balance.
#[derive(Clone, Copy)]
pub struct Balance<'a> {
    /// Our own reference of this question.
    pub partner_reference_no: Option<&'a str>,
    /// Source account.
    pub account_no: &'a str,
}

/// 15, account in the same bank.
#[derive(Clone, Copy)]
pub struct InternalInquiry<'a> {
    /// Our own reference of this question.
    pub partner_reference_no: Option<&'a str>,
    /// The account asked about.
    pub beneficiary_account_no: &'a str,
}

/// 16, account in another bank.
#[derive(Clone, Copy)]
pub struct ExternalInquiry<'a> {
    /// Bank code, or BIC where the counterparty's switch wants one; `None` when a proxy is asked about, whose bank the
    /// answer tells.
    pub beneficiary_bank_code: Option<&'a str>,
    /// The account asked about; `None` likewise.
    pub beneficiary_account_no: Option<&'a str>,
    /// Our own reference of this question.
    pub partner_reference_no: Option<&'a str>,
    /// The counterparty's own switches (BI-FAST and the like).
    pub additional_info: AdditionalInfo<'a>,
}

/// 17, transfer within the bank.
#[derive(Clone, Copy)]
pub struct Intrabank<'a> {
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// Whole rupiah.
    pub amount_rupiah: u64,
    /// Recipient's account.
    pub beneficiary_account_no: &'a str,
    /// Account that pays.
    pub source_account_no: &'a str,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: &'a str,
    /// Text for the recipient's statement.
    pub remark: Option<&'a str>,
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

/// How a transfer to another bank is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clearing {
    /// 22.
    Rtgs,
    /// 23.
    Skn,
}

impl Clearing {
    /// What stands in `remark`: how it was sent, for the recipient, and for whoever reads the stored body.
    #[must_use]
    pub const fn remark(self) -> &'static str {
        match self {
            Self::Rtgs => "RTGS",
            Self::Skn => "SKNBI",
        }
    }
}

/// 18, transfer to another bank; 22 and 23, the same over a clearing house.
#[derive(Clone, Copy)]
pub struct Interbank<'a> {
    /// The clearing house, of which 18 knows nothing. Whoever is paid a wage is a person in the country: residence and
    /// kind of customer are said as `1`.
    pub clearing: Option<Clearing>,
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// Whole rupiah.
    pub amount_rupiah: u64,
    /// Recipient's name as inquired.
    pub beneficiary_account_name: &'a str,
    /// Recipient's account; `None` when it is not known where a proxy leads, and the body is only asked about.
    pub beneficiary_account_no: Option<&'a str>,
    /// Recipient's bank; `None` likewise.
    pub beneficiary_bank_code: Option<&'a str>,
    /// Recipient's bank by name.
    pub beneficiary_bank_name: Option<&'a str>,
    /// Account that pays.
    pub source_account_no: &'a str,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: &'a str,
    /// The counterparty's own switches (BI-FAST and the like).
    pub additional_info: AdditionalInfo<'a>,
}

/// 36, 39 and 00, what became of a transfer or a top-up.
#[derive(Clone, Copy)]
pub struct Status<'a> {
    /// The attempt's reference.
    pub original_partner_reference_no: &'a str,
    /// The service that was called then: 17, 18, 20, 22, 23, 38, 40 or 43.
    pub original_service: Service,
}

/// 37, name behind a wallet number.
#[derive(Clone, Copy)]
pub struct WalletInquiry<'a> {
    /// Our own reference of this question.
    pub partner_reference_no: Option<&'a str>,
    /// `628…`.
    pub customer_number: &'a str,
    /// Whole rupiah that are going to be paid.
    pub amount_rupiah: u64,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: Option<&'a str>,
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

/// 38, top-up of a wallet.
#[derive(Clone, Copy)]
pub struct TopUp<'a> {
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// `628…`.
    pub customer_number: &'a str,
    /// Recipient's name as inquired.
    pub customer_name: Option<&'a str>,
    /// Whole rupiah.
    pub amount_rupiah: u64,
    /// What the recipient shall bear, where the counterparty wants it said.
    pub fee_amount_rupiah: Option<u64>,
    /// See [`crate::timestamp::timestamp`].
    pub transaction_date: &'a str,
    /// From the inquiry's reply, where it gave one.
    pub session_id: Option<&'a str>,
    /// Text for the recipient.
    pub notes: Option<&'a str>,
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

/// 42, account at a bank that an e-money account is going to pay.
#[derive(Clone, Copy)]
pub struct FromWalletInquiry<'a> {
    /// The e-money account that pays, `628…`.
    pub customer_number: &'a str,
    /// The account asked about.
    pub beneficiary_account_number: &'a str,
    /// Whole rupiah that are going to be paid.
    pub amount_rupiah: u64,
    /// The counterparty's own switches, the bank's code among them.
    pub additional_info: AdditionalInfo<'a>,
}

/// 43, transfer from an e-money account to a bank.
#[derive(Clone, Copy)]
pub struct FromWallet<'a> {
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// The e-money account that pays, `628…`.
    pub customer_number: &'a str,
    /// Which of its accounts, where there are several.
    pub account_type: Option<&'a str>,
    /// Recipient's account.
    pub beneficiary_account_number: &'a str,
    /// Recipient's bank.
    pub beneficiary_bank_code: &'a str,
    /// Whole rupiah.
    pub amount_rupiah: u64,
    /// From the inquiry's reply, where it gave one.
    pub session_id: Option<&'a str>,
    /// The counterparty's own switches.
    pub additional_info: AdditionalInfo<'a>,
}

crate::redacted_debug!(
    FromWallet<'_>,
    FromWalletInquiry<'_>,
    Balance<'_>,
    InternalInquiry<'_>,
    ExternalInquiry<'_>,
    Intrabank<'_>,
    Interbank<'_>,
    Status<'_>,
    WalletInquiry<'_>,
    TopUp<'_>,
);

/// The body of the token call (73).
pub const TOKEN: &str = r#"{"grantType":"client_credentials"}"#;

impl Balance<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`], as for every other body.
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .optional("partnerReferenceNo", 64, self.partner_reference_no)
            .text("accountNo", 16, self.account_no)
            .finish()
    }
}

impl InternalInquiry<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .optional("partnerReferenceNo", 64, self.partner_reference_no)
            .text("beneficiaryAccountNo", 34, self.beneficiary_account_no)
            .finish()
    }
}

impl ExternalInquiry<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .optional("beneficiaryBankCode", 11, self.beneficiary_bank_code)
            .optional("beneficiaryAccountNo", 34, self.beneficiary_account_no)
            .optional("partnerReferenceNo", 64, self.partner_reference_no)
            .info(self.additional_info)
            .finish()
    }
}

impl Intrabank<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .amount(self.amount_rupiah)
            .text("beneficiaryAccountNo", 34, self.beneficiary_account_no)
            .text("currency", 3, "IDR")
            .text("feeType", 25, "OUR")
            .optional("remark", 50, self.remark)
            .text("sourceAccountNo", 19, self.source_account_no)
            .text("transactionDate", 25, self.transaction_date)
            .info(self.additional_info)
            .finish()
    }
}

impl Interbank<'_> {
    /// The body. Service 18 has no `remark`.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .amount(self.amount_rupiah)
            .text("beneficiaryAccountName", 100, self.beneficiary_account_name)
            .optional("beneficiaryAccountNo", 34, self.beneficiary_account_no)
            .optional("beneficiaryBankCode", 11, self.beneficiary_bank_code)
            .optional("beneficiaryBankName", 50, self.beneficiary_bank_name)
            .optional("beneficiaryCustomerResidence", 1, self.clearing.map(|_| "1"))
            .optional("beneficiaryCustomerType", 1, self.clearing.map(|_| "1"))
            .text("currency", 3, "IDR")
            .optional("remark", 50, self.clearing.map(Clearing::remark))
            .text("sourceAccountNo", 19, self.source_account_no)
            .text("transactionDate", 25, self.transaction_date)
            .text("feeType", 25, "OUR")
            .info(self.additional_info)
            .finish()
    }
}

impl Status<'_> {
    /// The body. Asks by our own reference alone: a reference of theirs may be missing or doubted.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        let service = format!("{:02}", self.original_service.asked_about_as());
        Body::default()
            .text("originalPartnerReferenceNo", 64, self.original_partner_reference_no)
            .text("serviceCode", 2, &service)
            .finish()
    }
}

impl WalletInquiry<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .optional("partnerReferenceNo", 64, self.partner_reference_no)
            .text("customerNumber", 32, self.customer_number)
            .amount(self.amount_rupiah)
            .optional("transactionDate", 25, self.transaction_date)
            .info(self.additional_info)
            .finish()
    }
}

impl TopUp<'_> {
    /// The body. Service 38 has no `feeType`.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .text("customerNumber", 32, self.customer_number)
            .optional("customerName", 255, self.customer_name)
            .amount(self.amount_rupiah)
            .fee(self.fee_amount_rupiah)
            .text("transactionDate", 25, self.transaction_date)
            .optional("sessionId", 25, self.session_id)
            .optional("notes", 255, self.notes)
            .info(self.additional_info)
            .finish()
    }
}

impl FromWalletInquiry<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("customerNumber", 32, self.customer_number)
            .text("beneficiaryAccountNumber", 34, self.beneficiary_account_number)
            .amount(self.amount_rupiah)
            .info(self.additional_info)
            .finish()
    }
}

impl FromWallet<'_> {
    /// The body.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn body(&self) -> Result<String, BodyError> {
        Body::default()
            .text("partnerReferenceNo", 64, self.partner_reference_no)
            .text("customerNumber", 32, self.customer_number)
            .optional("accountType", 64, self.account_type)
            .text("beneficiaryAccountNumber", 34, self.beneficiary_account_number)
            .text("beneficiaryBankCode", 11, self.beneficiary_bank_code)
            .amount(self.amount_rupiah)
            .optional("sessionId", 25, self.session_id)
            .text("feeType", 25, "OUR")
            .info(self.additional_info)
            .finish()
    }
}

enum Field<'a> {
    Text(&'a str),
    Amount(Amount),
    Info(AdditionalInfo<'a>),
    Items(Vec<&'a RawValue>),
}

/// Fields in the order in which they are added; the first fault ends it.
#[derive(Default)]
pub(super) struct Body<'a> {
    fields: Vec<(&'static str, Field<'a>)>,
    fault: Option<BodyError>,
}

impl<'a> Body<'a> {
    pub(super) fn text(mut self, field: &'static str, characters_max: usize, value: &'a str) -> Self {
        if value.is_empty() {
            self.fault.get_or_insert(BodyError::Empty { field });
        } else if value.chars().count() > characters_max {
            self.fault.get_or_insert(BodyError::TooLong { field, characters_max });
        }
        self.fields.push((field, Field::Text(value)));
        self
    }

    pub(super) fn optional(self, field: &'static str, characters_max: usize, value: Option<&'a str>) -> Self {
        match value {
            Some(value) => self.text(field, characters_max, value),
            None => self,
        }
    }

    pub(super) fn amount(mut self, rupiah: u64) -> Self {
        if rupiah == 0 || rupiah > AMOUNT_MAX {
            self.fault.get_or_insert(BodyError::Amount);
        }
        self.fields.push(("amount", Field::Amount(Amount::of(rupiah))));
        self
    }

    /// Nothing is a fee as good as any.
    fn fee(mut self, rupiah: Option<u64>) -> Self {
        if let Some(rupiah) = rupiah {
            self.fields.push(("feeAmount", Field::Amount(Amount::of(rupiah))));
        }
        self
    }

    /// Objects that stand in an array as they were written, byte for byte.
    pub(super) fn items(mut self, field: &'static str, items: &[&'a str]) -> Self {
        match items.iter().map(|item| serde_json::from_str(item)).collect() {
            Ok(items) if !Vec::is_empty(&items) => self.fields.push((field, Field::Items(items))),
            Ok(_) => drop(self.fault.get_or_insert(BodyError::Empty { field })),
            Err(_) => drop(self.fault.get_or_insert(BodyError::Json)),
        }
        self
    }

    pub(super) fn info(mut self, info: AdditionalInfo<'a>) -> Self {
        if !info.is_empty() {
            self.fields.push(("additionalInfo", Field::Info(info)));
        }
        self
    }

    pub(super) fn finish(self) -> Result<String, BodyError> {
        match self.fault {
            Some(fault) => Err(fault),
            None => serde_json::to_string(&self).map_err(|_| BodyError::Json),
        }
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, field) in &self.fields {
            match field {
                Field::Text(text) => map.serialize_entry(name, text)?,
                Field::Amount(amount) => map.serialize_entry(name, amount)?,
                Field::Info(info) => map.serialize_entry(name, &Object(info))?,
                Field::Items(items) => map.serialize_entry(name, items)?,
            }
        }
        map.end()
    }
}

struct Object<'a>(AdditionalInfo<'a>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
