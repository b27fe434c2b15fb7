//! The rules that the auditor holds, each with the name under which a breach is reported.

macro_rules! rules {
    ($( $name:ident = $word:literal : $text:literal; )+) => {
        /// A rule of money.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $( #[doc = $text] $name, )+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name under which a breach is reported.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The rule in one sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

rules! {
    OneLive = "one_live_attempt": "At most one attempt of a payment may have moved money, or may yet.";
    DurableFirst = "durable_before_the_first_byte": "An attempt, and every repeat of it, is durable before its bytes leave.";
    SameBytes = "same_reference_same_bytes": "Under one reference of a store go the same bytes over the same rail to the same destination.";
    SameReference = "references_are_derived": "Every store derives the same reference for the same attempt, and no two payments share one.";
    NewReference = "new_reference_only_after_proof": "Another reference is used only when every earlier attempt is proved not to have paid, and asked about.";
    Frozen = "frozen_after_maybe_sent": "No refusal of a repeat, no failed send and no silence frees an attempt that may have left.";
    Silence = "silence_is_not_trusted_early": "Not found counts only when asked after the last send ended and the trust window passed in this session, twice and spaced.";
    Memory = "providers_forget": "Not found licenses a repeat only within half of the provider's memory.";
    Claimed = "claimed_is_never_repeated": "What the provider has claimed to know, to work on or to hold back is never sent again.";
    Answer = "an_answer_says_what_came": "The recorded answer says no more and no less than what came back.";
    Recorded = "every_answer_is_recorded": "What came back is recorded before anything else is done with the payment.";
    Whose = "only_the_recipients_fault_reroutes": "Another destination follows the recipient's fault alone.";
    Way = "the_configured_way_is_taken": "A send goes over the first, or the cheapest, of the rails that are open; a repeat waits until its rail is.";
    WriteAhead = "bounded_write_ahead": "At most twice max_concurrency attempts of a rail are durable and unsent.";
    State = "state_is_what_the_evidence_says": "A payment stands where its facts, read apart from the core, say that it stands.";
    Reason = "handed_to_people_for_a_reason": "A payment is handed to people only for a reason that the facts hold.";
    Instruction = "no_new_instruction_while_open": "No instruction replaces one under which money may have moved.";
    Account = "asked_under_the_same_account": "An attempt is asked about, and sent again, under the configuration that made it alone.";
    WentBack = "a_store_that_went_back_asks_first": "A store behind its head sends nothing that it has not asked about.";
    Asked = "others_are_asked_first": "Where another store may have paid otherwise, every other reference and rail is asked about right before each send.";
    Overtaken = "a_new_reference_outwaits_a_signature": "No other reference follows while a process that was overtaken may still send what it signed.";
    Returned = "what_came_back_waits_for_people": "What came back is never sent again by itself.";
    ReturnTold = "a_return_is_told": "A return within the watched days is found by the next resume.";
    Credited = "nobody_is_paid_twice": "No wage is credited twice, unless a provider forgot what two stores had in common.";
    Proved = "settled_has_a_credit": "Whoever is told to be paid was credited.";
    Conserved = "sum_over_states_is_the_total": "Every payment of the file stands in exactly one state, with its amount.";
    Paid = "everybody_who_can_be_paid_is_paid": "When the faults are over every payment comes to rest, and who met no fault is paid.";
    Sound = "the_core_takes_its_own_facts": "The core replays what it has written, and mints what was made durable.";
}

/// A double payment that the project admits, and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Another store, or a later branch of this one, had paid; the provider forgot it before this store asked.
    ForgottenBetweenStores,
    /// Another store's request was not yet visible when this store asked once (ADR 0003 and 0006: one answer is enough there).
    OneAnswerWasEnough,
    /// People had told another store of other places or given it more instructions: what it paid stands under a
    /// reference, or over a rail, to which this store's row does not lead (ADR 0006).
    InstructedOtherwise,
}

impl Admission {
    /// Every admission.
    pub const ALL: &'static [Self] =
        &[Self::ForgottenBetweenStores, Self::OneAnswerWasEnough, Self::InstructedOtherwise];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForgottenBetweenStores => "forgotten between stores",
            Self::OneAnswerWasEnough => "one answer was enough",
            Self::InstructedOtherwise => "instructed otherwise",
        }
    }
}

/// A breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which rule.
    pub rule: Rule,
    /// Which payment of the world, from 0.
    pub payment: usize,
    /// What was seen.
    pub seen: String,
}
