//! Nothing is said of the money that the bank itself did not say of this very transfer.
//!
//! The first line of an input is the service and the HTTP status, `18 200`; the rest is the body. Every
//! body is also judged under the service and the status that its own code names, or most mutations
//! would end at the first line.
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use upah_core::evidence::{Evidence, InquiryAnswer, SubmitOutcome};
use upah_core::reference::Reference;
use upah_core::{Rupiah, evidence::Refusal};
use upah_snap::Stored;
use upah_snap::bodies::replies::{AccountReply, BalanceReply, StatusReply, TokenReply, TransferReply, WalletReply};
use upah_snap::client::{Answer, CallResult};
use upah_snap::codes::{Action, lookup};
use upah_snap::minify::minify;
use upah_snap::outcome::{of_inquiry, of_submit};
use upah_snap::response::{Envelope, TrustedEnvelope};
use upah_snap::service::{Service, ServiceKind};

const REFERENCE: &str = "REF1";
const AMOUNT: u64 = 600_000;

/// The bodies that the answers are about: by 17, 18 and 38.
static SENT: LazyLock<[Stored<'static>; 3]> = LazyLock::new(|| {
    let account = r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890"}"#;
    let bank = r#"{"partnerReferenceNo":"REF1","amount":{"value":"600000.00"},"beneficiaryAccountNo":"1234567890","beneficiaryBankCode":"014"}"#;
    let wallet = r#"{"partnerReferenceNo":"REF1","customerNumber":"6281234567890","amount":{"value":"600000.00"}}"#;
    // proof: 600.000 is below the most that a rail carries.
    let amount = Rupiah::new(AMOUNT).expect("below the most that a rail carries");
    [account, bank, wallet].map(|body| {
        // proof: the three bodies stand above, with this reference and amount.
        Stored::read(body, &Reference::from_stored(REFERENCE), amount).expect("a body as the rail composes it")
    })
});

/// An answer and what was called.
struct Input<'a> {
    service: Service,
    http: u16,
    body: &'a [u8],
}

/// Judges the answer as it says it came, and as its own code says.
pub fn target(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (first, body) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    if let Some((service, http)) = core::str::from_utf8(first).ok().and_then(called) {
        judge(&Input { service, http, body });
    }
    for body in [body, data] {
        if let Some((http, service, _)) = code_in(body)
            && let Some(service) = Service::ALL.into_iter().find(|one| one.code() == service)
        {
            judge(&Input { service, http, body });
        }
        replies_show_nobody(body);
        minified(body);
    }
}

fn called(line: &str) -> Option<(Service, u16)> {
    let (code, http) = line.split_once(' ')?;
    let code: u8 = code.parse().ok()?;
    Some((Service::ALL.into_iter().find(|service| service.code() == code)?, http.parse().ok()?))
}

/// The members of an object, read a second time without the crate under test.
///
/// A lone surrogate or a huge number in a member that nobody reads is JSON (RFC 8259 section 8.2), so the
/// values stay as they were written.
fn members(body: &[u8]) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_slice(body).ok()
}

/// HTTP status, service and case of the response code.
fn code_in(body: &[u8]) -> Option<(u16, u8, u8)> {
    let code: String = serde_json::from_str(members(body)?.get("responseCode")?.get()).ok()?;
    let digits = code.len() == 7 && code.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Some((code[..3].parse().ok()?, code[3..5].parse().ok()?, code[5..].parse().ok()?)))?
}

fn judge(input: &Input<'_>) {
    let Input { service, http, body } = *input;
    let envelope = Envelope::parse(body).and_then(|envelope| envelope.check(http, service));
    if let Some(trusted) = &envelope {
        let Some((code_http, code_service, case)) = code_in(body) else { panic!("trusted without a code") };
        assert!(code_http == http && code_service == service.code(), "a foreign answer is believed");
        assert_eq!(trusted.response_code(), format!("{http:03}{:02}{case:02}", service.code()));
        assert_eq!(trusted.transfer_action().is_some(), service.kind() == ServiceKind::Transfer);
        assert!(trusted.transfer_action().is_none() || trusted.inquiry_outcome().is_none());
    }
    let answer = Answer { http, envelope, body: body.to_vec(), retry_after_seconds: None };
    let result = CallResult::Answered(answer);
    for sent in SENT.iter() {
        if sent.service() == service {
            submitted(input, envelope, &of_submit(&result, sent));
        }
        if sent.service().status_service() == Some(service) {
            inquired(input, envelope, &of_inquiry(&result, sent));
        }
    }
}

fn submitted(input: &Input<'_>, envelope: Option<TrustedEnvelope>, outcome: &SubmitOutcome) {
    let Some(envelope) = envelope else {
        assert!(matches!(outcome, SubmitOutcome::Unknown { .. }), "{outcome:?} without the bank's word");
        return;
    };
    let action = lookup(envelope.http(), envelope.case()).action;
    match outcome {
        SubmitOutcome::Settled(evidence) => {
            assert!(action == Action::Settled && input.http == 200);
            ours(input.body, "partnerReferenceNo");
            kept(evidence, &envelope);
        }
        SubmitOutcome::Accepted(evidence) => {
            // A success that carries no number and no echo is only worth a question.
            let bare = action == Action::Settled && input.http == 200;
            assert!(bare || (action == Action::InProgress && input.http == 202));
            kept(evidence, &envelope);
        }
        SubmitOutcome::Refused(Refusal { cause, evidence }) => {
            assert_eq!(action, Action::Refused(*cause));
            assert!((400..500).contains(&input.http), "refused with {}", input.http);
            not_of_another(input.body, "partnerReferenceNo");
            kept(evidence, &envelope);
        }
        SubmitOutcome::NotSent { .. } => {
            assert!(matches!(action, Action::NotExecutedBackOff(_) | Action::NotExecutedRenewToken));
            not_of_another(input.body, "partnerReferenceNo");
        }
        SubmitOutcome::Contradicted { evidence, .. } => kept(evidence, &envelope),
        SubmitOutcome::Unknown { .. } => {}
    }
}

fn inquired(input: &Input<'_>, envelope: Option<TrustedEnvelope>, answer: &InquiryAnswer) {
    if matches!(answer, InquiryAnswer::Unavailable { .. }) {
        return;
    }
    let envelope = envelope.unwrap_or_else(|| panic!("{answer:?} without the bank's word"));
    let status = member(input.body, "latestTransactionStatus");
    let says = |codes: &[&str]| {
        assert!(input.http == 200 && envelope.case() == 0, "{answer:?} of a question that was not answered");
        assert!(codes.iter().any(|code| status == *code), "{answer:?} of status {status}");
    };
    match answer {
        InquiryAnswer::Success(_) => says(&["00"]),
        InquiryAnswer::InProgress(_) => says(&["01", "02", "03"]),
        InquiryAnswer::Refunded { .. } => says(&["04"]),
        InquiryAnswer::Failed(_) => says(&["05", "06"]),
        InquiryAnswer::NotFound(_) if input.http == 404 => assert_eq!(envelope.case(), 1),
        InquiryAnswer::NotFound(_) => says(&["07"]),
        InquiryAnswer::Contradicted { .. } | InquiryAnswer::Unavailable { .. } => {}
    }
    if matches!(answer, InquiryAnswer::Success(_) | InquiryAnswer::Failed(_)) {
        ours(input.body, "originalPartnerReferenceNo");
    }
    if !matches!(answer, InquiryAnswer::Contradicted { .. }) {
        not_of_another(input.body, "originalPartnerReferenceNo");
    }
}

/// The raw answer is kept, and its code with it.
fn kept(evidence: &Evidence, envelope: &TrustedEnvelope) {
    assert_eq!(evidence.code, envelope.response_code());
    assert!(!evidence.raw.is_empty());
}

/// What the body repeats is what was sent.
fn ours(body: &[u8], reference: &str) {
    not_of_another(body, reference);
    let amount = members(body).and_then(|body| members(body.get("amount")?.get().as_bytes()));
    let told = amount.and_then(|amount| Some(amount.get("value")?.get().trim_matches('"').to_owned()));
    if let Some(told) = told.filter(|told| !told.is_empty()) {
        let whole = told.split('.').next().unwrap_or_default().trim_start_matches('0');
        assert_eq!(whole, AMOUNT.to_string(), "another amount is taken for ours");
    }
}

fn not_of_another(body: &[u8], reference: &str) {
    let told = member(body, reference);
    assert!(told.is_empty() || told == REFERENCE, "another payment's answer is taken for ours");
}

/// A member of the object, if it is a text.
fn member(body: &[u8], name: &str) -> String {
    let text = members(body).and_then(|body| serde_json::from_str(body.get(name)?.get()).ok());
    text.unwrap_or_default()
}

fn replies_show_nobody(body: &[u8]) {
    let shown = [
        TokenReply::read(body).map(|reply| format!("{reply:?}")),
        BalanceReply::read(body).map(|reply| format!("{reply:?}")),
        AccountReply::read(body).map(|reply| format!("{reply:?}")),
        WalletReply::read(body).map(|reply| format!("{reply:?}")),
        TransferReply::read(body).map(|reply| format!("{reply:?}")),
        StatusReply::read(body).map(|reply| format!("{reply:?}")),
    ];
    assert!(shown.iter().flatten().all(|text| text.ends_with("Reply(..)")), "a reply prints what it holds: {shown:?}");
}

/// Minifying is done once, drops only what means nothing, and changes no value.
fn minified(body: &[u8]) {
    let once = minify(body);
    assert_eq!(minify(&once), once);
    assert!(once.len() <= body.len());
    let parse = |text: &[u8]| serde_json::from_slice::<Value>(text).ok();
    assert!(parse(body).is_none() || parse(body) == parse(&once), "minifying changed a value");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    /// What no seed reaches, hardly any mutation does.
    #[test]
    fn the_seeds_reach_every_outcome() {
        let mut words = Vec::new();
        for seed in seeds::of("snap_response").unwrap() {
            let text = String::from_utf8(seed.bytes).unwrap();
            let Some((first, body)) = text.split_once('\n') else { continue };
            let (service, http) = called(first).unwrap();
            let envelope = Envelope::parse(body.as_bytes()).and_then(|envelope| envelope.check(http, service));
            let answer = Answer { http, envelope, body: body.into(), retry_after_seconds: None };
            let result = CallResult::Answered(answer);
            for sent in SENT.iter() {
                if sent.service() == service {
                    words.push(format!("{:?}", of_submit(&result, sent)));
                }
                if sent.service().status_service() == Some(service) {
                    words.push(format!("{:?}", of_inquiry(&result, sent)));
                }
            }
        }
        for word in ["Settled", "Accepted", "Refused", "NotSent", "Contradicted", "Unknown", "Success", "Failed"] {
            assert!(words.iter().any(|shown| shown.starts_with(word)), "no seed is {word}");
        }
    }
}
