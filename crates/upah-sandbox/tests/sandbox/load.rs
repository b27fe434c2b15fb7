//! How fast it answers; not a test of behaviour, run by hand:
//! `cargo test --release -p upah-sandbox -- --ignored --nocapture load`.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{bank, request, transfer};

#[tokio::test]
#[ignore = "a measurement"]
async fn load_of_signed_transfers_on_one_thread() {
    const CONNECTIONS: usize = 16;
    const EACH: usize = 1_000;
    let (sandbox, client) = bank("").await;
    let path = "/v1.0/transfer-interbank";
    let mut tasks = Vec::new();
    for c in 0..CONNECTIONS {
        let requests: Vec<_> = (0..EACH)
            .map(|n| {
                let body = transfer(&format!("R{c}-{n}"), "1234567890").to_string();
                request("POST", path, &client.headers(path, &body), body.as_bytes(), false)
            })
            .collect();
        let addr = client.addr;
        tasks.push(async move {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut buffer = vec![0; 4096];
            for bytes in requests {
                stream.write_all(&bytes).await.unwrap();
                let read = stream.read(&mut buffer).await.unwrap();
                assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
            }
        });
    }
    let start = Instant::now();
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    for task in running {
        task.await.unwrap();
    }
    let took = start.elapsed();
    let total = CONNECTIONS * EACH;
    assert_eq!(sandbox.credits().unwrap().len(), total);
    println!("{total} transfers in {} ms, client included", took.as_millis());
}
