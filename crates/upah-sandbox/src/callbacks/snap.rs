//! What the bank says of its payments.
//!
//! The standard has no notification for 17, 18 and 38. This bank tells of all of them in the shape of 75
//! (`transfer-skn/notify`), and of what came by 20 and 40 one by one in the shape of 21 and 41. It signs the compact body
//! and sends it with white space, as three official clients do.

use serde_json::json;

use super::{CallbackConfig, Letter, post, text};
use crate::clock;
use crate::keys::TestKeys;
use crate::ledger::Entry;
use crate::signature::{self, SymmetricKey};
use crate::snap::idr;

const TOKEN_PATH: &str = "/access-token/b2b";

/// The signed notification; it may fetch a token first.
pub(super) async fn letter(
    config: &CallbackConfig,
    to: &post::Address,
    entry: &Entry,
    forged: bool,
) -> std::io::Result<Letter> {
    let (path, body) = notification(entry);
    let target = format!("{}{path}", to.prefix);
    let time = clock::iso(clock::now());
    let digest = signature::body_digest(body.as_bytes());
    let key = if forged { TestKeys::generate()? } else { config.keys.clone() };
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-timestamp", time.clone()),
        ("x-partner-id", "UJICOBA".to_owned()),
        ("x-external-id", external_id()?),
        ("channel-id", "95221".to_owned()),
    ];
    let signed = match &config.shared {
        None => key.sign(&signature::string_to_sign_without_token("POST", &target, &digest, &time))?,
        Some((client_id, secret)) => {
            let token = token(config, to, client_id).await?;
            headers.push(("authorization", format!("Bearer {token}")));
            let secret = if forged { "somebody else's" } else { secret.as_str() };
            let secret = SymmetricKey::new(secret).ok_or(std::io::ErrorKind::InvalidInput)?;
            secret.sign(&signature::string_to_sign("POST", &target, &token, &digest, &time))
        }
    };
    headers.push(("x-signature", signed));
    Ok(Letter { behind: path.to_owned(), headers, body, told: entry.standing.status().0.to_owned() })
}

async fn token(config: &CallbackConfig, to: &post::Address, client_id: &str) -> std::io::Result<String> {
    let time = clock::iso(clock::now());
    let signed = config.keys.sign(&format!("{client_id}|{time}"))?;
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-timestamp", time),
        ("x-client-key", client_id.to_owned()),
        ("x-signature", signed),
    ];
    let body = json!({"grantType": "client_credentials"}).to_string();
    let (_, body) = post::post(to, &format!("{}{TOKEN_PATH}", to.prefix), &headers, body).await?;
    Ok(text(&body, "accessToken"))
}

/// Where it goes, and what it says, with white space, which the signature does not cover.
fn notification(entry: &Entry) -> (&'static str, String) {
    let (status, description) = entry.standing.status();
    if matches!(entry.service, 20 | 40) {
        let code = if status == "00" { "200" } else { "404" };
        let mut item = json!({
            "responseCode": format!("{code}{:02}00", entry.service),
            "responseMessage": description,
            "amount": idr(entry.amount),
        });
        let (path, named) = match entry.service {
            20 => (
                "/transfer-interbank-bulk/notify",
                ["originalPartnerReferenceNo", "originalReferenceNo", "beneficiaryAccountNo"],
            ),
            _ => ("/emoney/bulk-cashin-notify", ["partnerReferenceNo", "referenceNo", "customerNumber"]),
        };
        for (name, value) in named.into_iter().zip([&entry.reference, &entry.reference_no, &entry.account]) {
            item[name] = value.as_str().into();
        }
        let body = json!({"bulkId": entry.reference_no, "partnerBulkId": entry.reference_no, "bulkObject": [item]});
        return (path, format!("{body:#}"));
    }
    let body = json!({
        "originalPartnerReferenceNo": entry.reference,
        "originalReferenceNo": entry.reference_no,
        "latestTransactionStatus": status,
        "transactionStatusDesc": description,
        "amount": idr(entry.amount),
        "beneficiaryAccountNo": entry.account,
        "beneficiaryBankCode": entry.bank_code,
        "sourceAccountNo": entry.source,
        "transactionDate": entry.at,
    });
    ("/transfer-skn/notify", format!("{body:#}"))
}

fn external_id() -> std::io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| std::io::Error::other("no randomness"))?;
    Ok(format!("{:019}", u64::from_be_bytes(random) >> 4))
}
