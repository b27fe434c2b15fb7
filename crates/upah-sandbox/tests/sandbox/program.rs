//! The program: what it acknowledged survives a kill.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::client::{Client, bank, send};

fn start(dir: &Path) -> (Child, std::net::SocketAddr) {
    std::fs::write(dir.join("public.pem"), crate::client::keys().public_pem()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_upah-sandbox"))
        .args(["--listen", "127.0.0.1:0", "--public-key", "public.pem", "--ledger=ledger.jsonl"])
        .args(["--faults", "reset_after_booking=0", "--seed", "7"])
        .current_dir(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let addr = line.trim().strip_prefix("http://").unwrap().parse().unwrap();
    (child, addr)
}

#[tokio::test]
async fn a_killed_program_forgets_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (_, client) = bank("").await;
    let mut client = client;
    for round in 0..3 {
        let (mut child, addr) = start(dir.path());
        client = Client { addr, ..client };
        client.renew().await;
        for n in 0..5 {
            let answer = client.pay(&format!("R{round}-{n}"), "1234567890").await;
            assert_eq!(answer.code(), "2001800");
        }
        let credits: Value = send(addr, "GET", "/_sandbox/credits", &vec![], b"").await.unwrap().json();
        assert_eq!(credits.as_array().unwrap().len(), (round + 1) * 5);
        assert_eq!(client.pay("R0-0", "1234567890").await.code(), "4091801");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_bad_option_is_exit_2() {
    for arguments in [&["--faults", "nonsense=1"][..], &["--listen"], &["--moon", "1"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_upah-sandbox")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(!output.stderr.is_empty());
    }
}
