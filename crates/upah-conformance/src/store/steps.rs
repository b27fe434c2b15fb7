//! What a case consists of: steps that mean something whatever the store holds by then, so that a case
//! stays a case when proptest takes steps away.
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

/// How an admission ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is finished.
    Finished,
    /// It is dropped before it is finished.
    Dropped,
    /// The process is killed before it is finished.
    Killed,
}

/// What is wrong with a change set, so that all of it must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// Nothing.
    Nothing,
    /// One change was decided on an older version.
    OldVersion,
    /// One change stands in it twice.
    Twice,
    /// One change uses another payment's reference.
    ReferenceOfAnother,
    /// One change moves a payment to another obligation.
    OtherObligation,
    /// One change counts its events wrongly.
    Miscounted,
    /// A new payment for an obligation that has one.
    ObligationAgain,
}

/// One thing that is done to the store.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A run comes in.
    Admit {
        /// The workers `first..first + count`.
        first: u8,
        count: u8,
        rupiah: u32,
        /// Every worker with an even number is held.
        held: bool,
        /// Workers who were admitted before get a new instruction.
        reinstructs: bool,
        /// Workers who were admitted before are admitted once more.
        collides: bool,
        /// It takes the key of the first run.
        takes_key: bool,
        in_chunks_of: u8,
        ending: Ending,
    },
    /// The n-th run is approved, together with the naming of its first held payment.
    Approve { run: u8, names_one: bool },
    /// The n-th run is cancelled.
    CancelRun { run: u8 },
    /// Something happens to some payments, in one commit.
    Work { picks: Vec<(u8, u8)>, spoil: Spoil, at: u8 },
    /// A checkpoint over so many events fewer than there are is saved.
    Checkpoint { back: u8, text: u8 },
    /// A setting is settled.
    Settle { name: u8, value: u8 },
    /// The records of a payment at rest are erased, and what was kept to know its worker again.
    Erase { pick: u8 },
    /// The process is killed and started again.
    Kill,
}

/// Steps in their order. `Debug` writes one on each line, for the report.
#[derive(Clone)]
pub(crate) struct Case(pub(crate) Vec<Step>);

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in (1..).zip(&self.0) {
            writeln!(f, "{number}. {}", step.in_words())?;
        }
        Ok(())
    }
}

impl Step {
    fn in_words(&self) -> String {
        let also = |is: bool, words: &'static str| if is { words } else { "" };
        match self {
            Self::Admit { first, count, rupiah, held, reinstructs, collides, takes_key, in_chunks_of, ending } => {
                let end = match ending {
                    Ending::Finished => "",
                    Ending::Dropped => ", dropped before it is finished",
                    Ending::Killed => ", killed before it is finished",
                };
                format!(
                    "admit workers {first} to {} with Rp{rupiah} each, {in_chunks_of} at a time{}{}{}{}{end}",
                    first + count - 1,
                    also(*held, ", those with an even number held"),
                    also(*reinstructs, ", those who are known with a new instruction"),
                    also(*collides, ", those who are known as if they were not"),
                    also(*takes_key, ", under the key of the first run"),
                )
            }
            Self::Approve { run, names_one } => {
                format!("approve run {run}{}", also(*names_one, " and name its first held payment"))
            }
            Self::CancelRun { run } => format!("cancel run {run}"),
            Self::Work { picks, spoil, at } => {
                let picks: Vec<String> = picks.iter().map(|(index, how)| format!("{index} ({how})")).collect();
                let spoilt = match spoil {
                    Spoil::Nothing => String::new(),
                    spoil => format!("; spoilt at {at}: {spoil:?}"),
                };
                format!("one commit for the payments {}{spoilt}", picks.join(", "))
            }
            Self::Checkpoint { back, text } => {
                format!("save checkpoint {text} over {back} events fewer than there are")
            }
            Self::Settle { name, value } => format!("settle setting {name} as {value}"),
            Self::Erase { pick } => format!("erase payment {pick} of those at rest"),
            Self::Kill => "kill it and open it again".into(),
        }
    }
}

/// Which steps a property is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix {
    pub(crate) admit: u32,
    pub(crate) approve: u32,
    pub(crate) work: u32,
    pub(crate) checkpoint: u32,
    pub(crate) settle: u32,
    pub(crate) kill: u32,
    pub(crate) erase: u32,
    /// Whether admissions may meet what is there already.
    pub(crate) collides: bool,
    pub(crate) takes_keys: bool,
    pub(crate) endings: &'static [Ending],
    pub(crate) spoils: &'static [Spoil],
}

impl Mix {
    /// Every kind of step, nothing spoilt.
    pub(crate) const PLAIN: Self = Self {
        admit: 2,
        approve: 3,
        work: 6,
        checkpoint: 1,
        settle: 1,
        kill: 1,
        erase: 0,
        collides: false,
        takes_keys: false,
        endings: &[Ending::Finished],
        spoils: &[Spoil::Nothing],
    };

    /// Cases of this mix. Each begins with a run that is admitted and approved, or most of the others
    /// would have nothing to do.
    pub(crate) fn cases(self, steps_max: usize) -> impl Strategy<Value = Case> {
        let first = (1..4u8, 1..5_000_000u32, any::<bool>()).prop_map(|(count, rupiah, held)| Step::Admit {
            first: 0,
            count,
            rupiah,
            held,
            reinstructs: false,
            collides: false,
            takes_key: false,
            in_chunks_of: 2,
            ending: Ending::Finished,
        });
        (first, any::<bool>(), vec(self.step(), 1..steps_max)).prop_map(|(first, names_one, rest)| {
            let mut steps = vec![first, Step::Approve { run: 0, names_one }];
            steps.extend(rest);
            Case(steps)
        })
    }

    fn step(self) -> impl Strategy<Value = Step> {
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.4));
        let admit = (0..8u8, 1..5u8, 1..5_000_000u32, flags, 1..4u8, select(self.endings)).prop_map(
            move |(first, count, rupiah, (held, reinstructs, collides, takes_key), in_chunks_of, ending)| Step::Admit {
                first,
                count,
                rupiah,
                held,
                reinstructs,
                collides: collides && self.collides,
                takes_key: takes_key && self.takes_keys,
                in_chunks_of,
                ending,
            },
        );
        let work = (vec((any::<u8>(), 0..4u8), 1..5), select(self.spoils), any::<u8>())
            .prop_map(|(picks, spoil, at)| Step::Work { picks, spoil, at });
        let choices: Vec<(u32, BoxedStrategy<Step>)> = vec![
            (self.admit, admit.boxed()),
            (self.work, work.boxed()),
            (
                self.approve,
                (any::<u8>(), any::<bool>()).prop_map(|(run, names_one)| Step::Approve { run, names_one }).boxed(),
            ),
            (self.approve.min(1), any::<u8>().prop_map(|run| Step::CancelRun { run }).boxed()),
            (
                self.checkpoint,
                (prop_oneof![Just(0), 0..6u8], any::<u8>())
                    .prop_map(|(back, text)| Step::Checkpoint { back, text })
                    .boxed(),
            ),
            (self.settle, (0..3u8, any::<u8>()).prop_map(|(name, value)| Step::Settle { name, value }).boxed()),
            (self.erase, any::<u8>().prop_map(|pick| Step::Erase { pick }).boxed()),
            (self.kill, Just(Step::Kill).boxed()),
        ];
        prop::strategy::Union::new_weighted(choices.into_iter().filter(|(weight, _)| *weight > 0).collect())
    }
}
