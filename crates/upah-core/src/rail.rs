//! The port to a provider, with its contract in prose.
//!
//! # Contract
//! * An adapter sends what it is given and reports what came back. It never retries a payment, never
//!   follows a redirect and never decides.
//! * Only a proof that the request did not leave, or that it was turned away unexecuted, is
//!   [`SubmitOutcome::NotSent`] or [`SubmitOutcome::Refused`]; everything else is
//!   [`SubmitOutcome::Unknown`] (safety rules 5 and 6).
//! * A success is checked against the stored body wherever the provider echoes it (rule 7).
//! * No secret and nothing personal stands in `Debug`, errors or traces.
use crate::callback::Callbacks;
use crate::destination::Destination;
use crate::event::Attempted;
use crate::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use crate::ids::{PayeeName, RailId};
use crate::money::Rupiah;
use crate::payment::Payment;
use crate::policy::Pattern;
use crate::reference::Reference;
use crate::run::PaymentId;
use crate::store::Receipt;
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;

/// A boxed future, so that ports are object-safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an attempt shall say, before it has a body.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Our reference.
    pub reference: &'a Reference,
    /// How much.
    pub amount: Rupiah,
    /// To which destination.
    pub destination: &'a Destination,
    /// The name on the payroll.
    pub name: &'a PayeeName,
    /// The holder's name as the account inquiry told it, when it was asked.
    pub inquired_name: Option<&'a str>,
    /// The session of the account inquiry.
    pub session: Option<&'a str>,
    /// The time that goes into the body, once and for all.
    pub at: Timestamp,
}

/// Why no body can be made for an order: nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The rail has no service for this kind of destination.
    #[error("this rail cannot pay this kind of destination")]
    NotServed,
    /// A field is longer than the provider allows.
    #[error("a field of the payment is longer than the provider allows")]
    TooLong,
}

/// An attempt that may be sent, because it is durable: only a store's [`Receipt`] mints one.
///
/// Nothing else makes one: its fields are private, and what was read from the store cannot be sent.
///
/// ```compile_fail,E0451
/// # fn unsaved(payment: upah_core::run::PaymentId, made: upah_core::event::Attempted, amount: upah_core::Rupiah) {
/// let attempt = upah_core::rail::DurableAttempt { payment, made, amount };
/// # }
/// ```
/// ```compile_fail,E0308
/// # fn asked(rail: &dyn upah_core::rail::Rail, stored: &upah_core::rail::StoredAttempt) {
/// let sent = rail.submit(stored);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurableAttempt {
    payment: PaymentId,
    made: Attempted,
    amount: Rupiah,
}

impl DurableAttempt {
    /// The newest attempt of a payment, once the commit that wrote it down has been acknowledged.
    ///
    /// Returns `None` when the receipt does not cover the payment at its present version.
    pub fn mint(receipt: &Receipt, payment: &Payment) -> Option<Self> {
        let attempt = payment.newest_attempt()?;
        receipt.covers(&payment.id, payment.version).then(|| Self {
            payment: payment.id.clone(),
            made: attempt.made.clone(),
            amount: payment.amount(),
        })
    }

    /// An attempt read from the store, to be asked about. It was durable before it could be read.
    pub fn stored(payment: &Payment, number: u16) -> Option<StoredAttempt> {
        let attempt = payment.attempts.get(usize::from(number).checked_sub(1)?)?;
        Some(StoredAttempt {
            attempt: Self { payment: payment.id.clone(), made: attempt.made.clone(), amount: payment.amount() },
            provider_id: attempt.provider_id.clone(),
            was_settled: attempt.settled_at.is_some(),
        })
    }

    /// The payment it belongs to.
    pub fn payment(&self) -> &PaymentId {
        &self.payment
    }

    /// Our reference.
    pub fn reference(&self) -> &Reference {
        &self.made.reference
    }

    /// The exact bytes to send.
    pub fn body(&self) -> &str {
        &self.made.body
    }

    /// The instructed amount.
    pub fn amount(&self) -> Rupiah {
        self.amount
    }
}

/// An attempt that may be asked about, and not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAttempt {
    attempt: DurableAttempt,
    provider_id: Option<String>,
    was_settled: bool,
}

impl StoredAttempt {
    /// An attempt to be asked about because another store of ours may have made it, whether or not this one has.
    pub fn imagined(payment: &Payment, made: Attempted) -> Self {
        let attempt = DurableAttempt { payment: payment.id.clone(), made, amount: payment.amount() };
        Self { attempt, provider_id: None, was_settled: false }
    }

    /// Our reference.
    pub fn reference(&self) -> &Reference {
        self.attempt.reference()
    }

    /// The bytes that were sent.
    pub fn body(&self) -> &str {
        self.attempt.body()
    }

    /// The instructed amount.
    pub fn amount(&self) -> Rupiah {
        self.attempt.amount()
    }

    /// The provider's own id, as far as an answer that was recorded told it. A lost answer takes it along, so an
    /// adapter must find its way without it.
    pub fn provider_id(&self) -> Option<&str> {
        self.provider_id.as_deref()
    }

    /// Whether the provider said once that the worker has the money. Some providers have one word for a payment that
    /// failed and for one that was paid and came back.
    pub fn was_settled(&self) -> bool {
        self.was_settled
    }
}

/// A provider adapter.
pub trait Rail: Send + Sync {
    /// Its name in the configuration.
    fn id(&self) -> &RailId;

    /// Makes the exact body of an attempt, which is then stored and sent byte for byte. Pure.
    ///
    /// # Errors
    /// The order cannot be expressed over this rail.
    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError>;

    /// Sends one attempt. It is already durable: only a store's receipt mints a [`DurableAttempt`].
    ///
    /// # When the answer is lost
    /// A timeout, reset or unreadable body is [`SubmitOutcome::Unknown`]: the bank may have paid.
    /// Only evidence about this reference ends it (SNAP service 36; safety rule 1). Dropping the
    /// future is such a loss: the caller records it as interrupted.
    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome>;

    /// Asks about an attempt by our own reference. Reads only; safe to drop and to repeat.
    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer>;

    /// Whether a question finds anybody who knows. Paper does not: nothing is asked about what stands there and
    /// nothing is waited for, and what another store may have done over it is not to be learned.
    fn can_be_asked(&self) -> bool {
        true
    }

    /// Which destinations can be expressed at this provider, whatever a configuration has it serve; `None` where that is
    /// for the provider to say. Nothing is routed to a rail that does not reach it.
    fn reaches(&self) -> Option<Vec<Pattern>> {
        None
    }

    /// The ability to ask about an account before paying it.
    fn account_inquiry(&self) -> Option<&dyn AccountInquiry> {
        None
    }

    /// The ability to tell the payer's balance.
    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        None
    }

    /// The ability to be called by the provider.
    fn callbacks(&self) -> Option<&dyn Callbacks> {
        None
    }
}

/// Asks who holds an account. Reads only; safe to drop and to repeat.
pub trait AccountInquiry: Send + Sync {
    /// Asks about a destination. `amount` is what is going to be paid.
    fn inspect<'a>(&'a self, destination: &'a Destination, amount: Rupiah) -> BoxFuture<'a, Inspection>;
}

/// What the payer's account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// Available for payments.
    Available(Rupiah),
    /// The provider does not tell.
    NotTold,
    /// The question failed before it left, for this cause.
    Unavailable(crate::cause::Cause),
}

/// Asks for the payer's balance. Reads only; safe to drop and to repeat.
pub trait BalanceInquiry: Send + Sync {
    /// The balance available for payments now.
    fn available(&self) -> BoxFuture<'_, Balance>;
}
