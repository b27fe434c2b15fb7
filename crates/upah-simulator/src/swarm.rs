//! Which faults a world knows, and how often: each seed switches on a random subset with random rates,
//! so that rare combinations are met that one mixture of everything would drown.
use fastrand::Rng;
use upah_core::callback::News;

macro_rules! faults {
    ($( $(#[doc = $doc:literal])+ $name:ident = $word:literal; )+) => {
        /// What can go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault { $( $(#[doc = $doc])+ $name, )+ }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

faults! {
    /// The process dies before a commit is durable.
    CrashBeforeCommit = "crash before a commit";
    /// The process dies after a commit, before it acts on it.
    CrashAfterCommit = "crash after a commit";
    /// The process dies before the bytes leave, the attempt being durable.
    CrashBeforeSend = "crash before a send";
    /// The process dies after the bytes left, before an answer came.
    CrashAfterSend = "crash after a send";
    /// The process dies when an answer has come and is not written down.
    CrashBeforeRecord = "crash before an answer is recorded";
    /// The connection is never made.
    Unreachable = "rail unreachable";
    /// 429 instead of an answer to a send.
    SlowDown = "429 to a send";
    /// The request is lost on its way.
    LostRequest = "request lost";
    /// Booked, and the answer is lost.
    LostAnswer = "answer lost";
    /// The request arrives, and is booked, long after its sender gave up.
    LateRequest = "request late";
    /// The answer comes late, after those to later requests.
    LateAnswer = "answer late and out of order";
    /// The network delivers the request twice.
    Duplicated = "request delivered twice";
    /// What was booked is not found by inquiry for a while.
    Hidden = "booked and not found for a while";
    /// Refused for the recipient's fault.
    RefusedRecipient = "refused: recipient";
    /// Refused for the sender's fault.
    RefusedSender = "refused: sender";
    /// Refused for the rail's fault.
    RefusedRail = "refused: rail";
    /// Refused for a reason that people judge.
    RefusedPeople = "refused: people";
    /// Refused as malformed.
    RefusedRequest = "refused: bad request";
    /// The provider refuses before it looks whether it knows the reference.
    RefusedUnseen = "refused before the reference is looked at";
    /// Success with an echo that is not ours.
    WrongEcho = "wrong amount echoed";
    /// Held back for review.
    HeldBack = "held back for review";
    /// The provider claims to know a reference that it does not know.
    FalseDuplicate = "claims to know the reference";
    /// The provider reports an error of its own, having booked it or not.
    ServerError = "5xx, booked or not";
    /// A proxy on the way answers 403.
    ProxyPage = "page of a proxy";
    /// An answer that cannot be read, the payment being booked or not.
    Garbage = "unreadable answer";
    /// Accepted, and executed later.
    Accepted = "accepted, paid later";
    /// Accepted, and given up later.
    AcceptedFails = "accepted, fails later";
    /// A question gets no answer.
    AskSilent = "inquiry unanswered";
    /// 429 to a question.
    AskSlowDown = "429 to an inquiry";
    /// An answer about something else.
    AskWrongEcho = "inquiry echoes another payment";
    /// The answer to a question is long on its way.
    AskLate = "inquiry answered late";
    /// The account inquiry fails.
    InspectSilent = "account inquiry unanswered";
    /// The account inquiry says that the account cannot be paid.
    InspectRefused = "account inquiry refused";
    /// The holder's name is another one.
    NameDiffers = "another holder's name";
    /// The worker's account is closed, for a while or for ever.
    ClosedAccount = "account closed";
    /// Days later the money comes back.
    SentBack = "returned days later";
    /// The provider forgot a reference.
    Amnesia = "reference forgotten by the provider";
    /// The wall clock is set forwards between two processes.
    ClockForwards = "clock set forwards";
    /// The wall clock is set back between two processes.
    ClockBack = "clock set back";
    /// The next process starts hours or days later.
    LongGap = "long stop";
    /// Yesterday's store is put back, and the head tells.
    WentBackSeen = "store restored, head noticed";
    /// Yesterday's store is put back with its head, so that nothing tells.
    WentBackUnseen = "store restored, unnoticed";
    /// Another store pays the same file.
    SecondStore = "second store of the same file";
    /// The rail is configured for another account in one session.
    OtherAccount = "rail reconfigured";
    /// The checker names a held payment late.
    Held = "held until named";
    /// The employer stops a payment.
    Cancelled = "cancelled";
    /// A corrected file replaces the destination.
    Reinstructed = "reinstructed";
    /// Somebody reads the bank's statement.
    StatementRead = "bank statement read";
    /// Two people state what became of a payment.
    Resolved = "resolved by people";
    /// The provider calls about an attempt: early, late, again, or about nothing new.
    Called = "called by the provider";
    /// A process falls asleep past its lease with a request in its hands, and sends it when it wakes.
    Asleep = "asleep past its lease";
    /// A process died, and another one took over what it held while that one's own work went on.
    TakenOver = "taken over by another process";
}

/// So many are no faults but what somebody states; after them come the calls, and the sleepers.
const APART: usize = 2;
const APART_SALT: u64 = 0x5354_4154_4544;
const CALLS_SALT: u64 = 0x4341_4C4C_4544;
/// One chance in this many at the full rate.
const FULL: u16 = 1024;

/// The rates of one world.
#[derive(Clone, Debug)]
pub(crate) struct Swarm {
    rates: [u16; Fault::ALL.len()],
    pub(crate) hits: [u64; Fault::ALL.len()],
    calm: bool,
    /// Draws of their own, in one world of five, so that the others live as they did before anybody spoke.
    apart: Rng,
    /// The same for calls, in one world of four.
    calls: Rng,
}

impl Swarm {
    /// Draws which faults a world knows.
    ///
    /// Who falls asleep is drawn apart, so that a world without sleepers lives as it did before there were any.
    pub(crate) fn draw(rng: &mut Rng, seed: u64, naps: Option<&mut Rng>) -> Self {
        let mut apart = Rng::with_seed(seed ^ APART_SALT);
        let mut rates = [0; Fault::ALL.len()];
        let share = [0u8, 4, 8, 12, 20][rng.usize(..5)];
        let strength = rng.usize(..3);
        let mut calls = Rng::with_seed(seed ^ CALLS_SALT);
        if seed % 4 == 3 {
            rates[Fault::Called as usize] = [20, 100, 300][calls.usize(..3)];
        }
        if let Some(naps) = naps {
            rates[Fault::Asleep as usize] = [4, 12, 40][naps.usize(..3)];
        }
        let (chance, others) = rates.split_at_mut(Fault::StatementRead as usize);
        let people = &mut others[..APART];
        for rate in people {
            *rate = if seed % 5 == 3 { [20, 60, 300][apart.usize(..3)] } else { 0 };
        }
        for rate in chance {
            if rng.u8(..24) < share {
                *rate = [[4, 12, 32, 64], [12, 40, 100, 200], [32, 100, 260, 600]][strength][rng.usize(..4)];
            }
        }
        for fault in [Fault::CrashBeforeCommit, Fault::CrashAfterCommit, Fault::CrashBeforeSend] {
            rates[fault as usize] /= 8;
        }
        for fault in [Fault::CrashAfterSend, Fault::CrashBeforeRecord] {
            rates[fault as usize] /= 8;
        }
        Self { rates, hits: [0; Fault::ALL.len()], calm: false, apart, calls }
    }

    /// From here on nothing goes wrong any more.
    pub(crate) fn calm_down(&mut self) {
        self.calm = true;
    }

    /// Whether the world knows the fault at all.
    pub(crate) fn knows(&self, fault: Fault) -> bool {
        !self.calm && self.rates[fault as usize] > 0
    }

    /// Whether it happens now; counted when it does.
    pub(crate) fn strikes(&mut self, fault: Fault, rng: &mut Rng) -> bool {
        let rate = self.rates[fault as usize];
        if self.calm || rate == 0 || rng.u16(..FULL) >= rate {
            return false;
        }
        self.note(fault);
        true
    }

    /// Whether the provider calls now, and with what news: from draws of their own.
    pub(crate) fn calls(&mut self) -> Option<News> {
        let rate = self.rates[Fault::Called as usize];
        if self.calm || rate == 0 || self.calls.u16(..FULL) >= rate {
            return None;
        }
        self.note(Fault::Called);
        Some(if self.calls.bool() { News::Ended } else { News::Returned })
    }

    /// Which of so many attempts it speaks of.
    pub(crate) fn picks(&mut self, attempts: usize) -> Option<usize> {
        (attempts > 0).then(|| self.calls.usize(..attempts))
    }

    /// The same for what somebody states, from the draws of its own.
    pub(crate) fn states(&mut self, fault: Fault) -> bool {
        let rate = self.rates[fault as usize];
        if self.calm || rate == 0 || self.apart.u16(..FULL) >= rate {
            return false;
        }
        self.note(fault);
        true
    }

    /// Counts a fault that followed from another one.
    pub(crate) fn note(&mut self, fault: Fault) {
        self.hits[fault as usize] += 1;
    }
}
