//! Replies, read as leniently as the counterparties write them.
//!
//! Every reader takes the raw body of an answer whose envelope is already trusted. `None` means that
//! the body is not a JSON object, or lacks what the reply is about; the caller then knows nothing.

use super::amount::{Echo, read_amount, read_rupiah, read_text};
use crate::codes::TransactionStatus;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use upah_core::account::{Zeros, is_same};

/// 73: a token and its life.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenReply {
    /// Without `Bearer`.
    pub access_token: String,
    /// Seconds the token lives.
    pub expires_in_seconds: u64,
}

/// 11: what can be spent.
#[derive(Clone, PartialEq, Eq)]
pub struct BalanceReply {
    /// `availableBalance` of the first account info that has one.
    pub available_rupiah: Echo<u64>,
    /// Status of the account: `0001` is active.
    pub account_status: Echo<String>,
}

/// 15, 16 and 42: whose account it is.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountReply {
    /// Name as the bank has it.
    pub account_name: String,
    /// Account as the bank repeats it.
    pub account_no: Echo<String>,
    /// Status (service 15 only), in the bank's own words.
    pub account_status: Echo<String>,
    /// Bank by name (service 16).
    pub bank_name: Echo<String>,
    /// Bank as the counterparty calls it.
    pub bank_code: Echo<String>,
    /// To be repeated in the transfer (service 42).
    pub session_id: Option<String>,
}

/// 37: whose wallet it is.
#[derive(Clone, PartialEq, Eq)]
pub struct WalletReply {
    /// Name as the provider has it, possibly masked.
    pub customer_name: String,
    /// Number as the provider repeats it, possibly masked (`XXXXXXXXX1857`).
    pub customer_number: Echo<String>,
    /// To be repeated in the top-up.
    pub session_id: Option<String>,
    /// Least that can be topped up.
    pub min_rupiah: Echo<u64>,
    /// Most that can be topped up.
    pub max_rupiah: Echo<u64>,
    /// What the wallet takes in a month: a text and no amount, whole or with its decimals.
    pub monthly_rupiah: Option<u64>,
    /// What the provider takes.
    pub fee_rupiah: Echo<u64>,
}

/// 17, 18, 22, 23, 38 and 43: what was done.
#[derive(Clone, PartialEq, Eq)]
pub struct TransferReply {
    /// The provider's reference.
    pub reference_no: Option<String>,
    /// What the reply repeats of the request.
    pub echo: TransferEcho,
    /// Trace number of the switch, where there is one.
    pub trace_no: Option<String>,
    /// How far it has come (22 and 23), where that is told.
    pub status: Option<TransactionStatus>,
}

/// 20 and 40: a request was taken. Whether anybody is paid it does not say.
#[derive(Clone, PartialEq, Eq)]
pub struct BulkReply {
    /// Our own reference of the request.
    pub partner_bulk_id: Echo<String>,
}

/// 36 and 39: what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusReply {
    /// `latestTransactionStatus`; [`TransactionStatus::Unrecognised`] where it is missing.
    pub status: TransactionStatus,
    /// The provider's reference.
    pub reference_no: Option<String>,
    /// What the reply repeats of the transfer.
    pub echo: TransferEcho,
    /// Response code of the transfer itself, where the bank repeats it.
    pub previous_response_code: Option<String>,
}

/// What a reply repeats of the transfer it speaks about.
#[derive(Clone, PartialEq, Eq)]
pub struct TransferEcho {
    /// Our own reference.
    pub partner_reference_no: Echo<String>,
    /// Amount in rupiah.
    pub amount_rupiah: Echo<u64>,
    /// Recipient's account or wallet number.
    pub account_no: Echo<String>,
    /// Recipient's bank.
    pub bank_code: Echo<String>,
    /// Code of the service that made the transfer (status replies).
    pub service_code: Echo<String>,
}

crate::redacted_debug!(
    TokenReply,
    BalanceReply,
    AccountReply,
    WalletReply,
    TransferReply,
    BulkReply,
    StatusReply,
    TransferEcho,
);

/// How [`TransferEcho::contradiction`] names the reference.
pub(crate) const REFERENCE: &str = "partnerReferenceNo";

/// What a reply must not contradict.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The attempt's reference.
    pub partner_reference_no: &'a str,
    /// The attempt's amount.
    pub amount_rupiah: u64,
    /// The account or wallet number that was sent; `None` when it is not known, because another store sent it.
    pub account_no: Option<&'a str>,
}

crate::redacted_debug!(Expected<'_>);

impl TransferEcho {
    /// The first field that contradicts what was sent, by its name; `None` when the reply can be
    /// ours. A masked account (`XXXX1857`) agrees where it shows digits.
    #[must_use]
    pub fn contradiction(&self, expected: &Expected<'_>) -> Option<&'static str> {
        let ours = self.partner_reference_no.contradicts(|echo| echo == expected.partner_reference_no);
        let amount = self.amount_rupiah.contradicts(|echo| *echo == expected.amount_rupiah);
        let is_hers = |echo: &String| expected.account_no.is_none_or(|ours| is_same(ours, echo, Zeros::Count));
        let account = self.account_no.contradicts(is_hers);
        if ours {
            Some(REFERENCE)
        } else if amount {
            Some("amount")
        } else if account {
            Some("beneficiaryAccountNo")
        } else {
            None
        }
    }
}

impl TokenReply {
    /// Reads `accessToken` and `expiresIn` (a string of seconds, or a number). A token that could
    /// not be a header value, or a life that is not a number, gives `None`.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        let access_token = fields.known(&["accessToken"])?;
        let expires_in_seconds = fields.known(&["expiresIn"])?.parse().ok()?;
        // String(2048) in the standard; twice that is still no page of HTML.
        let usable = access_token.len() <= 4096 && access_token.bytes().all(|b| b.is_ascii_graphic());
        usable.then_some(Self { access_token, expires_in_seconds })
    }
}

impl BalanceReply {
    /// Reads the first entry of `accountInfos`.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        let infos = fields.objects("accountInfos");
        let info = infos.iter().find(|info| info.0.contains_key("availableBalance")).or(infos.first())?;
        Some(Self { available_rupiah: info.amount("availableBalance"), account_status: info.text(&["status"]) })
    }
}

impl AccountReply {
    /// Reads the reply of service 15 or 16. Without a name there is no reply.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        Some(Self {
            account_name: fields.known(&["beneficiaryAccountName"])?,
            account_no: fields.text(&ACCOUNT),
            account_status: fields.text(&["beneficiaryAccountStatus"]),
            bank_name: fields.text(&["beneficiaryBankName"]),
            bank_code: fields.text(&BANK),
            session_id: fields.known(&["sessionId"]),
        })
    }
}

impl WalletReply {
    /// Reads the reply of service 37. Without a name there is no reply.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        Some(Self {
            customer_name: fields.known(&["customerName"])?,
            customer_number: fields.text(&CUSTOMER),
            session_id: fields.known(&["sessionId"]),
            min_rupiah: fields.amount("minAmount"),
            max_rupiah: fields.amount("maxAmount"),
            monthly_rupiah: fields.known(&["customerMonthlyInLimit"]).as_deref().and_then(read_rupiah),
            fee_rupiah: fields.amount("feeAmount"),
        })
    }
}

impl TransferReply {
    /// Reads the reply of service 17, 18 or 38.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        Some(Self {
            reference_no: fields.known(&["referenceNo", "referenceNumber"]),
            echo: fields.echo("partnerReferenceNo"),
            trace_no: fields.known(&["traceNo"]),
            status: fields.known(&["transactionStatus"]).map(|code| TransactionStatus::read(&code)),
        })
    }
}

impl BulkReply {
    /// Reads the reply of service 20 or 40. `bulkId` (or `bulkid`, the page of 40 says both) names a request of many and
    /// no payment, so nothing is kept of it but the answer itself.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        Some(Self { partner_bulk_id: Fields::of(body)?.text(&["partnerBulkId"]) })
    }
}

impl StatusReply {
    /// Reads the reply of service 36 or 39.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let fields = Fields::of(body)?;
        Some(Self {
            status: fields
                .known(&["latestTransactionStatus"])
                .map_or(TransactionStatus::Unrecognised, |code| TransactionStatus::read(&code)),
            reference_no: fields.known(&["originalReferenceNo", "referenceNumber", "referenceNo"]),
            echo: fields.echo("originalPartnerReferenceNo"),
            previous_response_code: fields.known(&["previousResponseCode"]),
        })
    }
}

const ACCOUNT: [&str; 2] = ["beneficiaryAccountNo", "beneficiaryAccountNumber"];
const BANK: [&str; 2] = ["beneficiaryBankCode", "bankCode"];
const CUSTOMER: [&str; 2] = ["customerNumber", "CustomerNumber"];

/// The name of a member, borrowed from the reply unless it is written with escapes.
#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Name<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The members of a JSON object, each still as it was written.
pub(crate) struct Fields<'a>(BTreeMap<Name<'a>, &'a RawValue>);

impl<'a> Fields<'a> {
    pub(crate) fn of(body: &'a [u8]) -> Option<Self> {
        // Checked as a whole, once, instead of string by string.
        serde_json::from_str(core::str::from_utf8(body).ok()?).ok().map(Self)
    }

    /// The first of several spellings that is there.
    fn text(&self, names: &[&str]) -> Echo<String> {
        names
            .iter()
            .filter_map(|name| self.0.get(*name))
            .map(|raw| read_text(raw))
            .find(|echo| *echo != Echo::Absent)
            .unwrap_or(Echo::Absent)
    }

    pub(crate) fn known(&self, names: &[&str]) -> Option<String> {
        self.text(names).value().cloned()
    }

    /// The objects of a member that is an array; others in it are passed over.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        let array = self.0.get(name).and_then(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok());
        array.unwrap_or_default().into_iter().filter_map(|raw| Self::of(raw.get().as_bytes())).collect()
    }

    fn amount(&self, name: &str) -> Echo<u64> {
        self.0.get(name).map_or(Echo::Absent, |raw| read_amount(raw))
    }

    fn echo(&self, reference: &str) -> TransferEcho {
        let account = match self.text(&ACCOUNT) {
            Echo::Absent => self.text(&CUSTOMER),
            account => account,
        };
        TransferEcho {
            partner_reference_no: self.text(&[reference]),
            amount_rupiah: self.amount("amount"),
            account_no: account,
            bank_code: self.text(&BANK),
            service_code: self.text(&["serviceCode"]),
        }
    }
}
