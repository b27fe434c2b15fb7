//! What the bank says unasked, received by a client that is nothing but a socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use upah_sandbox::{CallbackConfig, PublicKey, Sandbox};

use crate::client::{bank, keys};

/// What was delivered, head and body.
type Delivered = Arc<Mutex<Vec<(String, String)>>>;

/// Listens, answers each delivery with the next of these statuses, then with 200.
async fn client(statuses: &'static [u16]) -> (SocketAddr, Delivered) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (addr, delivered) = (listener.local_addr().unwrap(), Delivered::default());
    let kept = Arc::clone(&delivered);
    tokio::spawn(async move {
        for nth in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let (head, body) = loop {
                let mut chunk = [0; 4096];
                let read = stream.read(&mut chunk).await.unwrap();
                bytes.extend_from_slice(&chunk[..read]);
                let text = String::from_utf8(bytes.clone()).unwrap();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = header(head, "content-length").parse::<usize>().unwrap();
                    if body.len() == length {
                        break (head.to_owned(), body.to_owned());
                    }
                }
                assert!(read > 0, "a delivery broke off");
            };
            kept.lock().unwrap().push((head, body));
            let status = statuses.get(nth).unwrap_or(&200);
            let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (addr, delivered)
}

fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap().1.to_owned()
}

/// Whether the bank signed it; its bodies have no white space within texts.
fn is_signed((head, body): &(String, String)) -> bool {
    let compact: String = body.split_ascii_whitespace().collect();
    assert_ne!(&compact, body, "white space is sent and not signed");
    let digest = HEXLOWER.encode(&Sha256::digest(compact));
    let target = head.split(' ').nth(1).unwrap();
    let text = format!("POST:{target}:{digest}:{}", header(head, "x-timestamp"));
    let key = PublicKey::from_text(keys().public_pem()).unwrap();
    let signature = BASE64.decode(header(head, "x-signature").as_bytes()).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.der()).verify(text.as_bytes(), &signature).is_ok()
}

async fn answered(sandbox: &Sandbox, count: usize) -> Vec<(String, bool, u16)> {
    for _ in 0..500 {
        let answers = sandbox.callback_answers();
        if answers.len() >= count {
            return answers.into_iter().map(|answer| (answer.told, answer.forged, answer.status)).collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", sandbox.callback_answers());
}

fn call_back(sandbox: &Sandbox, addr: SocketAddr) {
    sandbox.call_back(CallbackConfig::new(&format!("http://{addr}/v1.0"), keys().clone()));
}

#[tokio::test]
async fn an_end_and_a_return_are_told_under_the_bank_s_signature_until_they_are_acknowledged() {
    let (sandbox, bank) = bank("").await;
    let (addr, delivered) = client(&[503]).await;
    call_back(&sandbox, addr);
    assert_eq!(bank.pay("R", "1234567890").await.code(), "2001800");
    let told = |status: &str, answer| (status.to_owned(), false, answer);
    assert_eq!(answered(&sandbox, 2).await, [told("00", 503), told("00", 200)]);
    assert!(sandbox.return_payment("R").unwrap());
    assert_eq!(answered(&sandbox, 3).await[2], told("04", 200));
    let delivered = delivered.lock().unwrap();
    assert!(delivered.iter().all(is_signed));
    assert!(delivered[0].0.starts_with("POST /v1.0/transfer-skn/notify HTTP/1.1"));
    let body: Value = serde_json::from_str(&delivered[0].1).unwrap();
    assert_eq!(
        (body["originalPartnerReferenceNo"].as_str(), body["amount"]["value"].as_str()),
        (Some("R"), Some("600000.00"))
    );
}

#[tokio::test]
async fn what_is_in_progress_is_told_when_it_ends_well_or_badly() {
    for (fault, status) in [("in_progress_then_success", "00"), ("in_progress_then_failure", "06")] {
        let (sandbox, bank) = bank(&format!("{fault}=1")).await;
        let (addr, _) = client(&[]).await;
        call_back(&sandbox, addr);
        assert_eq!(bank.pay("R", "1234567890").await.code(), "2021800");
        assert!(sandbox.callback_answers().is_empty());
        assert!(sandbox.settle("R").unwrap() && !sandbox.settle("R").unwrap() && !sandbox.settle("NOBODYS").unwrap());
        assert_eq!(answered(&sandbox, 1).await, [(status.to_owned(), false, 200)]);
    }
}

#[tokio::test]
async fn callbacks_come_twice_never_or_from_somebody_else() {
    for (fault, count) in [("callback_twice=1", 2), ("callback_forged=1", 1), ("callback_lost=1", 0)] {
        let (sandbox, bank) = bank(fault).await;
        let (addr, delivered) = client(&[]).await;
        call_back(&sandbox, addr);
        assert_eq!(bank.pay("R", "1234567890").await.code(), "2001800");
        answered(&sandbox, count).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let delivered = delivered.lock().unwrap();
        assert_eq!(delivered.len(), count, "{fault}");
        assert!(delivered.iter().all(|one| is_signed(one) != fault.contains("forged")), "{fault}");
    }
}
