//! Who is paid, by whom, and where her money goes.
use super::parsed;
use proptest::prelude::*;
use proptest::sample::select;
use upah_core::destination::Destination;
use upah_core::ids::{ActorName, EmployerId, PayeeName, RailId, WorkerId};
use upah_core::name::NameMatch;
use upah_core::phone::Phone;
use upah_core::row::{LanguageTag, Note, Relationship, Sex};

/// Who owes a wage.
pub fn employer_id() -> impl Strategy<Value = EmployerId> {
    parsed("[a-z][a-z0-9._-]{0,20}")
}

/// A rail's name in the configuration.
pub fn rail_id() -> impl Strategy<Value = RailId> {
    parsed("[a-z][a-z0-9._-]{0,12}")
}

/// An employer's own id of a worker: plain ones, spaces, letters with marks, leading zeros.
pub fn worker_id() -> impl Strategy<Value = WorkerId> {
    prop_oneof![4 => parsed("W-[0-9]{1,4}"), 1 => parsed("0{0,3}[0-9]{1,16}"), 1 => parsed("[A-Za-zÀ-ÿ0-9 ./-]{1,40}")]
}

/// Who made or approved a run.
pub fn actor_name() -> impl Strategy<Value = ActorName> {
    parsed("[A-Z][a-z]{1,10}( [A-Z][a-z]{1,10}){0,2}")
}

/// A worker's name: one word, several, marks, other scripts, quotes.
pub fn payee_name() -> impl Strategy<Value = PayeeName> {
    prop_oneof![
        4 => parsed("[A-Z][a-z]{1,10}( [A-Z][a-z]{1,10}){0,3}"),
        1 => parsed("[A-Za-zÀ-ÿ'. ,\"-]{1,100}"),
        1 => parsed("[ꦀ-ꦲ]{1,20}"),
    ]
}

/// An Indonesian mobile number.
pub fn phone() -> impl Strategy<Value = Phone> {
    parsed("628[0-9]{8,11}")
}

/// An account at a bank.
pub fn bank_account() -> impl Strategy<Value = Destination> {
    parsed("bank:(002|008|009|014|022|451|112S):[0-9]{4,34}")
}

/// An e-wallet.
pub fn wallet() -> impl Strategy<Value = Destination> {
    parsed("ewallet:(dana|gopay|ovo|linkaja|shopeepay):628[0-9]{8,11}")
}

/// An account that is named by a phone number or an e-mail address.
pub fn proxy_address() -> impl Strategy<Value = Destination> {
    prop_oneof![parsed("bifast:phone:628[0-9]{8,11}"), parsed("bifast:email:[a-z]{1,12}@example\\.com")]
}

/// A destination of any kind but QRIS, which a person pays from a sheet.
pub fn destination() -> impl Strategy<Value = Destination> {
    prop_oneof![4 => bank_account(), 2 => wallet(), 1 => proxy_address()]
}

/// How a holder's name compares.
pub fn name_match() -> impl Strategy<Value = NameMatch> {
    select(vec![NameMatch::Match, NameMatch::Close, NameMatch::Differs, NameMatch::NotSupported])
}

/// Sex, as programmes report it.
pub fn sex() -> impl Strategy<Value = Sex> {
    select(Sex::ALL)
}

/// The language of a slip.
pub fn language() -> impl Strategy<Value = LanguageTag> {
    select(LanguageTag::ALL)
}

/// The footing on which a person works.
pub fn relationship() -> impl Strategy<Value = Relationship> {
    select(Relationship::ALL)
}

/// A remark of the employer.
pub fn note() -> impl Strategy<Value = Note> {
    parsed("[A-Za-z0-9À-ÿ ,.'\"-]{1,80}")
}
