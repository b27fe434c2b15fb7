//! The envelope of every SNAP answer, and when it may be believed.
//!
//! SNAP answers are not signed. What shows that the bank itself spoke, and about this call, is a
//! seven-digit `responseCode` whose first three digits repeat the HTTP status line and whose next
//! two name the service that was called. Everything else (a proxy's 403 page, a gateway's 429, an
//! answer to some other call) proves nothing.

use crate::codes::{self, Action, InquiryOutcome, Row};
use crate::service::{Service, ServiceKind};
use serde::Deserialize;
use std::borrow::Cow;

/// A response code that was read and not yet believed: HTTP status, service, case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    http: u16,
    service: u8,
    case: u8,
}

/// A response code that fits the status line and the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedEnvelope {
    http: u16,
    case: u8,
    service: Service,
}

impl Envelope {
    /// Reads `responseCode` from a JSON object: seven digits as a string. The message is not read;
    /// its wording differs between banks.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(rename = "responseCode", borrow)]
            code: Cow<'a, str>,
        }
        // Checked as a whole first: a JSON reader passes over bytes it need not look at. And an array
        // would do for a struct.
        let text = core::str::from_utf8(body).ok().filter(|text| text.trim_ascii_start().starts_with('{'))?;
        let wire: Wire<'_> = serde_json::from_str(text).ok()?;
        let code = wire.code.as_bytes();
        if code.len() != 7 || !code.iter().all(u8::is_ascii_digit) {
            return None;
        }
        Some(Self {
            http: wire.code[..3].parse().ok()?,
            service: wire.code[3..5].parse().ok()?,
            case: wire.code[5..].parse().ok()?,
        })
    }

    /// Believes the envelope if it repeats the status line and names the service that was called.
    #[must_use]
    pub fn check(self, http_status: u16, service: Service) -> Option<TrustedEnvelope> {
        (self.http == http_status && self.service == service.code()).then_some(TrustedEnvelope {
            http: self.http,
            case: self.case,
            service,
        })
    }
}

impl TrustedEnvelope {
    /// The seven digits, for the record.
    #[must_use]
    pub fn response_code(&self) -> String {
        format!("{:03}{:02}{:02}", self.http, self.service.code(), self.case)
    }

    /// HTTP status, the first three digits.
    #[must_use]
    pub fn http(&self) -> u16 {
        self.http
    }

    /// Case, the last two digits.
    #[must_use]
    pub fn case(&self) -> u8 {
        self.case
    }

    /// The service that was called.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// What the table knows of this code. For what to do, ask [`Self::transfer_action`] or
    /// [`Self::inquiry_outcome`]: the same code means another thing in the answer to an inquiry.
    #[must_use]
    pub fn row(&self) -> &'static Row {
        codes::lookup(self.http, self.case)
    }

    /// What a transfer (17, 18, 38, 43) was answered; `None` for every other service.
    #[must_use]
    pub fn transfer_action(&self) -> Option<Action> {
        if self.service.kind() != ServiceKind::Transfer {
            return None;
        }
        Some(match self.row().action {
            // "Transaction not found" answers a question; in reply to an order it says nothing.
            Action::NotFound => Action::Unknown,
            action => action,
        })
    }

    /// What a question (00, 11, 15, 16, 36, 37, 39, 42) was answered; `None` for transfers and the token.
    #[must_use]
    pub fn inquiry_outcome(&self) -> Option<InquiryOutcome> {
        match self.service.kind() {
            ServiceKind::Transfer | ServiceKind::Token => None,
            ServiceKind::Status | ServiceKind::AccountInquiry | ServiceKind::Balance => Some(match self.row().action {
                Action::Settled => InquiryOutcome::Answered,
                Action::NotFound => InquiryOutcome::NotFound,
                _ => InquiryOutcome::Failed,
            }),
        }
    }

    /// Whether the token was not accepted (`401ss01`, `401ss03`): the call was not executed, and a
    /// new token may help.
    #[must_use]
    pub fn wants_new_token(&self) -> bool {
        self.row().action == Action::NotExecutedRenewToken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn envelope(code: &str) -> Option<Envelope> {
        Envelope::parse(format!(r#"{{"responseCode":{code},"x":[1]}}"#).as_bytes())
    }

    #[test]
    fn only_seven_digits_in_one_string_are_a_code() {
        assert!(envelope(r#""2001800""#).is_some());
        for bad in [r#""200180""#, r#""20018000""#, r#""200180a""#, r#""+001800""#, "2001800", "null"] {
            assert_eq!(envelope(bad), None, "{bad}");
        }
        for body in [
            "",
            "<html>403</html>",
            "[]",
            r#"["4031814"]"#,
            "{}",
            r#"{"responseCode":"2001800""#,
            r#"{"responseCode":"2001800","responseCode":"4031814"}"#,
        ] {
            assert_eq!(Envelope::parse(body.as_bytes()), None, "{body}");
        }
        assert_eq!(Envelope::parse(b"{\"responseCode\":\"2001800\",\"n\":\"\xff\"}"), None);
    }

    #[test]
    fn a_code_of_another_status_line_or_service_is_not_believed() {
        let refused = envelope(r#""4031814""#).unwrap();
        assert!(refused.check(403, Service::Interbank).is_some());
        assert_eq!(refused.check(200, Service::Interbank), None);
        assert_eq!(refused.check(403, Service::Intrabank), None);
        assert_eq!(refused.check(429, Service::Interbank), None);
    }

    #[test]
    fn the_same_code_never_says_of_an_inquiry_what_it_says_of_a_transfer() {
        let of = |code: &str, http, service| envelope(code).unwrap().check(http, service).unwrap();
        let transfer = of(r#""2001800""#, 200, Service::Interbank);
        assert_eq!(transfer.transfer_action(), Some(Action::Settled));
        assert_eq!(transfer.inquiry_outcome(), None);
        let status = of(r#""2003600""#, 200, Service::TransferStatus);
        assert_eq!(status.transfer_action(), None);
        assert_eq!(status.inquiry_outcome(), Some(InquiryOutcome::Answered));
        let missing = of(r#""4043601""#, 404, Service::TransferStatus);
        assert_eq!(missing.inquiry_outcome(), Some(InquiryOutcome::NotFound));
        let refused = of(r#""4033605""#, 403, Service::TransferStatus);
        assert_eq!(refused.inquiry_outcome(), Some(InquiryOutcome::Failed));
        let odd = of(r#""4041801""#, 404, Service::Interbank);
        assert_eq!(odd.transfer_action(), Some(Action::Unknown));
    }

    proptest! {
        #[test]
        fn a_code_is_believed_exactly_when_all_five_digits_agree(
            http in 100u16..600, status in 100u16..600, code in 0u8..100, case in 0u8..100,
            which in 0..Service::ALL.len(), agree: bool,
        ) {
            let service = Service::ALL[which];
            let (http, code) = if agree { (status, service.code()) } else { (http, code) };
            let text = format!("\"{http:03}{code:02}{case:02}\"");
            let trusted = envelope(&text).unwrap().check(status, service);
            prop_assert_eq!(trusted.is_some(), http == status && code == service.code());
            if let Some(trusted) = trusted {
                prop_assert_eq!(format!("\"{}\"", trusted.response_code()), text);
            }
        }

        #[test]
        fn no_bytes_panic(body: Vec<u8>) {
            let _ = Envelope::parse(&body);
        }
    }
}
