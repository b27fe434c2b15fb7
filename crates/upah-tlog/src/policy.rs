//! Which logs and which witnesses count, c2sp.org/tlog-policy: a text file that an office hands to whoever checks.
//!
//! ```text
//! log upah.example/koperasi+…
//! witness disnaker-bandung disnaker.example/bandung+… https://saksi.disnaker.example/
//! witness disnaker-garut   disnaker.example/garut+…
//! witness koperasi         koperasi.example/saksi+…
//! group kantor any disnaker-bandung disnaker-garut
//! group saksi all kantor koperasi
//! quorum saksi
//! ```
//!
//! # Which time a quorum speaks for
//! The moment by which it was complete: the time of the cosignature that completed it when all of them are put in order.
//! One witness that dates early then moves nothing; to backdate a head, as many witnesses must lie as the quorum needs.
//!
//! # A witness counts once
//! A key can be listed once, whatever it is called, and a name be a member of one group: so nobody contributes twice.

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::cosignature::Cosigned;
use crate::key::{KeyError, VerifyingKey, WitnessKey};
use crate::note::{NoteError, SignedNote};
use crate::text::parse_decimal;

/// The longest policy that is read, in bytes.
pub const POLICY_BYTES_MAX: usize = 262_144;

/// The most logs, witnesses and groups, of each; the specification asks for at least 32.
pub const POLICY_NAMES_MAX: usize = 64;

/// Why a text is no policy: the line, from 1, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the policy: {rule}")]
pub struct PolicyError {
    /// Counted from 1; the last one when something is missing.
    pub line: usize,
    /// What is wrong there.
    pub rule: PolicyRule,
}

/// A rule of policies that a line breaks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyRule {
    /// Above [`POLICY_BYTES_MAX`], or a list above [`POLICY_NAMES_MAX`].
    #[error("the policy is too long")]
    TooLong,
    /// Tab and line feed are the only control characters.
    #[error("it holds a control character")]
    ControlCharacter,
    /// Not `log`, `witness`, `group` or `quorum`.
    #[error("{word:?} begins no line of a policy; log, witness, group and quorum do")]
    Keyword {
        /// The word.
        word: String,
    },
    /// Too few or too many words.
    #[error("a line of this kind reads: {form}")]
    Form {
        /// How it is written.
        form: &'static str,
    },
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The same public key stands on an earlier line, maybe under another name.
    #[error("the key stands on an earlier line already")]
    SameKey,
    /// Witnesses and groups share their names, and `none` is taken.
    #[error("the name {name} is taken already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// No earlier line defines it.
    #[error("no line above defines {name}")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// It is a member of this or another group already.
    #[error("{name} is a member of a group already")]
    MemberTwice {
        /// The name.
        name: String,
    },
    /// Not `any`, `all` or a number from 1 to the number of members.
    #[error("the group needs any, all, or a number from 1 to {members} of its members")]
    Threshold {
        /// How many members it lists.
        members: usize,
    },
    /// There is a quorum line already.
    #[error("the quorum is defined on an earlier line")]
    SecondQuorum,
    /// There is no quorum line.
    #[error("a line \"quorum <name>\" or \"quorum none\" is missing")]
    NoQuorum,
}

/// What a verifier holds: logs, witnesses and the quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifyingKey>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

/// A witness of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// What this policy calls it.
    pub name: String,
    /// Its key.
    pub key: WitnessKey,
    /// Where it can be asked, when the policy says.
    pub url: Option<String>,
}

/// Members whose word counts as one when enough of them gave theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    needed: usize,
    members: Vec<Member>,
}

/// A witness or a group, by its place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// Which witnesses of a policy cosigned a note, and whether they are enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed<'p> {
    /// Who cosigned, in the policy's order, and when (POSIX seconds).
    pub by: Vec<(&'p str, u64)>,
    /// Whether they are enough.
    pub quorum: Quorum<'p>,
}

/// Whether the witnesses that cosigned are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum<'p> {
    /// The policy asks for none, so there is no date.
    NotAsked,
    /// They are.
    Met {
        /// The witness whose cosignature completed it.
        by: &'p str,
        /// When, in POSIX seconds.
        time: u64,
    },
    /// They are not.
    Missing {
        /// So many more are needed at least.
        witnesses: usize,
        /// Of this group, or it is this witness.
        of: &'p str,
    },
}

impl Policy {
    /// The policy of somebody who believes these logs and asks for no witness.
    pub fn of_logs(logs: Vec<VerifyingKey>) -> Self {
        Self { logs, witnesses: Vec::new(), groups: Vec::new(), quorum: None }
    }

    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`], for the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut reading = Reading { policy: Self::of_logs(Vec::new()), has_quorum: false };
        let mut last = 1;
        for (at, line) in text.split('\n').enumerate() {
            last = at + 1;
            let read = if text.len() > POLICY_BYTES_MAX { Err(PolicyRule::TooLong) } else { reading.line(line) };
            read.map_err(|rule| PolicyError { line: last, rule })?;
        }
        if reading.has_quorum {
            Ok(reading.policy)
        } else {
            Err(PolicyError { line: last, rule: PolicyRule::NoQuorum })
        }
    }

    /// The keys of the logs that count; of one log several while its key changes.
    pub fn logs(&self) -> &[VerifyingKey] {
        &self.logs
    }

    /// The witnesses, whether or not the quorum speaks of them.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Which witnesses cosigned the note, and whether they are enough. Whether a log signed it is another question:
    /// [`SignedNote::verify`] with [`Policy::logs`].
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`] when a cosignature that names a witness of the policy is wrong.
    pub fn check(&self, note: &SignedNote) -> Result<Witnessed<'_>, NoteError> {
        let keys: Vec<&WitnessKey> = self.witnesses.iter().map(|witness| &witness.key).collect();
        let cosigned = note.cosignatures(&keys)?;
        let time_of = |witness: &Witness| {
            cosigned.iter().find(|Cosigned { witness: key, .. }| **key == witness.key).map(|cosigned| cosigned.time)
        };
        let times: Vec<Option<u64>> = self.witnesses.iter().map(time_of).collect();
        let by = self.witnesses.iter().zip(&times).filter_map(|(witness, time)| Some((&*witness.name, (*time)?)));
        Ok(Witnessed { by: by.collect(), quorum: self.quorum(&times) })
    }

    /// Whether witnesses that cosigned at these times are enough.
    fn quorum(&self, times: &[Option<u64>]) -> Quorum<'_> {
        let Some(mut member) = self.quorum else { return Quorum::NotAsked };
        // Members stand before their groups, so one pass in order settles all of them.
        let mut groups: Vec<Standing> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            groups.push(Standing::of(group, times, &groups));
        }
        let standing = |member| Standing::of_member(member, times, &groups);
        if let Standing::Since { time, witness } = standing(member) {
            return Quorum::Met { by: &self.witnesses[witness].name, time };
        }
        // Down to the group whose own members are missing, as long as it is only one.
        while let Member::Group(at) = member
            && let [only] = self.groups[at].lacking(&standing)[..]
            && let Member::Group(_) = only
        {
            member = only;
        }
        let of = match member {
            Member::Witness(at) => &self.witnesses[at].name,
            Member::Group(at) => &self.groups[at].name,
        };
        Quorum::Missing { witnesses: standing(member).missing(), of }
    }
}

/// How far a witness or a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Complete since then, by the word of this witness.
    Since { time: u64, witness: usize },
    /// So many more witnesses are needed at least.
    Missing(usize),
}

impl Standing {
    fn of_member(member: Member, times: &[Option<u64>], groups: &[Self]) -> Self {
        match member {
            Member::Witness(at) => times[at].map_or(Self::Missing(1), |time| Self::Since { time, witness: at }),
            Member::Group(at) => groups[at],
        }
    }

    /// Of the members that are furthest, as many as are needed: the last of them decides, or they all lack.
    fn of(group: &Group, times: &[Option<u64>], groups: &[Self]) -> Self {
        let mut members: Vec<Self> =
            group.members.iter().map(|member| Self::of_member(*member, times, groups)).collect();
        members.sort_unstable();
        let nearest = &members[..group.needed];
        match nearest.iter().map(|member| member.missing()).sum() {
            0 => nearest[group.needed - 1],
            missing => Self::Missing(missing),
        }
    }

    fn missing(self) -> usize {
        match self {
            Self::Since { .. } => 0,
            Self::Missing(witnesses) => witnesses,
        }
    }
}

impl Group {
    /// Those of the nearest members that are not complete.
    fn lacking(&self, standing: &impl Fn(Member) -> Standing) -> Vec<Member> {
        let mut members = self.members.clone();
        members.sort_by_key(|member| standing(*member));
        members.truncate(self.needed);
        members.retain(|member| standing(*member).missing() > 0);
        members
    }
}

/// A policy as far as it has been read.
struct Reading {
    policy: Policy,
    has_quorum: bool,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), PolicyRule> {
        if line.bytes().any(|byte| byte == 0x7f || byte < 0x20 && byte != b'\t') {
            return Err(PolicyRule::ControlCharacter);
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words[..] {
            [] => Ok(()),
            [word, ..] if word.starts_with('#') => Ok(()),
            ["log", ref rest @ ..] => self.log(rest),
            ["witness", ref rest @ ..] => self.witness(rest),
            ["group", ref rest @ ..] => self.group(rest),
            ["quorum", ref rest @ ..] => self.quorum(rest),
            [word, ..] => Err(PolicyRule::Keyword { word: word.into() }),
        }
    }

    fn log(&mut self, words: &[&str]) -> Result<(), PolicyRule> {
        let ([vkey] | [vkey, _]) = words else {
            return Err(PolicyRule::Form { form: "log <vkey> [<url>]" });
        };
        let key = VerifyingKey::parse(vkey)?;
        if self.policy.logs.iter().any(|log| log.public() == key.public()) {
            return Err(PolicyRule::SameKey);
        }
        add(&mut self.policy.logs, key)
    }

    fn witness(&mut self, words: &[&str]) -> Result<(), PolicyRule> {
        let ([name, vkey] | [name, vkey, _]) = words else {
            return Err(PolicyRule::Form { form: "witness <name> <vkey> [<url>]" });
        };
        self.check_new(name)?;
        let key = WitnessKey::parse(vkey)?;
        if self.policy.witnesses.iter().any(|witness| witness.key.public() == key.public()) {
            return Err(PolicyRule::SameKey);
        }
        let url = words.get(2).map(|url| String::from(*url));
        add(&mut self.policy.witnesses, Witness { name: String::from(*name), key, url })
    }

    fn group(&mut self, words: &[&str]) -> Result<(), PolicyRule> {
        let [name, threshold, names @ ..] = words else {
            return Err(PolicyRule::Form { form: "group <name> <k|any|all> <name>..." });
        };
        self.check_new(name)?;
        let mut members = Vec::new();
        for name in names {
            let member = self.member(name)?;
            let is_one_already = self.policy.groups.iter().any(|group| group.members.contains(&member));
            if is_one_already || members.contains(&member) {
                return Err(PolicyRule::MemberTwice { name: String::from(*name) });
            }
            members.push(member);
        }
        let needed = match *threshold {
            "any" => Some(1),
            "all" => Some(members.len()),
            number => parse_decimal(number).and_then(|number| usize::try_from(number).ok()),
        };
        let needed = needed
            .filter(|needed| (1..=members.len()).contains(needed))
            .ok_or(PolicyRule::Threshold { members: members.len() })?;
        add(&mut self.policy.groups, Group { name: String::from(*name), needed, members })
    }

    fn quorum(&mut self, words: &[&str]) -> Result<(), PolicyRule> {
        let [name] = words else {
            return Err(PolicyRule::Form { form: "quorum <name|none>" });
        };
        if self.has_quorum {
            return Err(PolicyRule::SecondQuorum);
        }
        self.policy.quorum = if *name == "none" { None } else { Some(self.member(name)?) };
        self.has_quorum = true;
        Ok(())
    }

    fn member(&self, name: &str) -> Result<Member, PolicyRule> {
        let witness = self.policy.witnesses.iter().position(|witness| witness.name == name).map(Member::Witness);
        let group = self.policy.groups.iter().position(|group| group.name == name).map(Member::Group);
        witness.or(group).ok_or_else(|| PolicyRule::UnknownName { name: name.into() })
    }

    fn check_new(&self, name: &str) -> Result<(), PolicyRule> {
        if name == "none" || self.member(name).is_ok() {
            return Err(PolicyRule::NameTaken { name: name.into() });
        }
        Ok(())
    }
}

fn add<T>(list: &mut Vec<T>, one: T) -> Result<(), PolicyRule> {
    if list.len() >= POLICY_NAMES_MAX {
        return Err(PolicyRule::TooLong);
    }
    list.push(one);
    Ok(())
}
