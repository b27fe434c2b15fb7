//! Deliberately wrong drivers and adapters, one obligation broken each: the canaries that prove that the
//! auditor sees. The core's own code is untouched by them.

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Safety rule 1: a refused resend is treated as the end of the attempt.
    RefusedResendFrees,
    /// Rule 2: a refused resend is given up without asking.
    GivesUpUnasked,
    /// Rule 3: the body is composed again for a resend.
    ComposesAgain,
    /// Rule 4: "not found" is believed at once.
    BelievesNotFoundAtOnce,
    /// Rule 4: the provider's memory is thought to be endless.
    ForgetsThatProvidersForget,
    /// Rule 4: "known already" is forgotten.
    ForgetsTheClaim,
    /// Rule 5: a timeout is called "not sent".
    CallsSilenceNotSent,
    /// Rule 6: a proxy's 403 is called a refusal.
    BelievesTheProxy,
    /// Rule 7: a success that echoes another amount is believed.
    BelievesTheWrongEcho,
    /// Rule 7: "known already" is called a refusal.
    CallsDuplicateRefused,
    /// Rule 8: an empty account of the payer counts as the recipient's fault.
    BlamesTheRecipient,
    /// Rule 8: the next destination is taken after the sender's or the rail's fault.
    ReroutesForOwnFault,
    /// Rule 9: attempts are written ahead without bound.
    WritesAheadWithoutBound,
    /// Rule 10 and invariant 3: after a timeout another reference is used.
    NewReferenceOnTimeout,
    /// Rule 10: nobody is asked whether another store has paid.
    AsksNobodyElse,
    /// Rule 10: the same before a repeat alone.
    RepeatsUnasked,
    /// Rule 10: other rails are not asked.
    AsksOneRailOnly,
    /// Rule 10: a lease that ended is thought to stop a socket.
    ForgetsTheSleeper,
    /// Rule 11: references depend on the store.
    DrawsReferences,
    /// Rule 13: a payment found `Sending` is sent again unasked.
    SendsWhatWasSending,
    /// Rule 13 and invariant 8: an answer is acted on and not written down.
    ForgetsToRecord,
    /// Rule 14: settled payments are never asked about again.
    NeverWatches,
    /// Rule 14: what came back is sent again by itself.
    SendsReturnedAgain,
    /// Rule 15: new instructions replace a payment that may have been paid.
    ReinstructsWhileOpen,
    /// Rule 17: a reference is asked about under another account.
    AsksUnderAnotherAccount,
    /// Rule 19: a store that went back is believed.
    IgnoresTheHead,
    /// Rule 20: trust windows go on over a restart.
    TrustWindowSurvivesRestart,
    /// Rule 20: trust windows go on when another process takes over.
    TrustWindowSurvivesTakeover,
    /// Rule 20: waits follow the wall clock, which is set forwards in mid-session.
    WaitsByTheWallClock,
    /// Invariant 2: the bytes leave before the attempt is durable.
    SendsBeforeCommit,
    /// Invariant 4: an unknown payment is called failed when the wait is over.
    TimesOutIntoFailed,
    /// Invariant 7: a restart loses a row.
    LosesARow,
    /// Invariant 11: a payment that must wait is never looked at again.
    NeverLooksAgain,
}

impl Sabotage {
    /// Every canary.
    pub const ALL: &'static [Self] = &[
        Self::RefusedResendFrees,
        Self::GivesUpUnasked,
        Self::ComposesAgain,
        Self::BelievesNotFoundAtOnce,
        Self::ForgetsThatProvidersForget,
        Self::ForgetsTheClaim,
        Self::CallsSilenceNotSent,
        Self::BelievesTheProxy,
        Self::BelievesTheWrongEcho,
        Self::CallsDuplicateRefused,
        Self::BlamesTheRecipient,
        Self::ReroutesForOwnFault,
        Self::WritesAheadWithoutBound,
        Self::NewReferenceOnTimeout,
        Self::AsksNobodyElse,
        Self::RepeatsUnasked,
        Self::AsksOneRailOnly,
        Self::ForgetsTheSleeper,
        Self::DrawsReferences,
        Self::SendsWhatWasSending,
        Self::ForgetsToRecord,
        Self::NeverWatches,
        Self::SendsReturnedAgain,
        Self::ReinstructsWhileOpen,
        Self::AsksUnderAnotherAccount,
        Self::IgnoresTheHead,
        Self::TrustWindowSurvivesRestart,
        Self::TrustWindowSurvivesTakeover,
        Self::WaitsByTheWallClock,
        Self::SendsBeforeCommit,
        Self::TimesOutIntoFailed,
        Self::LosesARow,
        Self::NeverLooksAgain,
    ];
}
