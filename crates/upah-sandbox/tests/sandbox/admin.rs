//! The side door over HTTP.

use serde_json::{Value, json};

use crate::client::{Client, bank, send};

async fn get(client: &Client, name: &str) -> Value {
    let path = format!("/_sandbox/{name}");
    send(client.addr, "GET", &path, &vec![], b"").await.unwrap().json()
}

async fn post(client: &Client, name: &str, body: Value) -> crate::client::Response {
    let path = format!("/_sandbox/{name}");
    send(client.addr, "POST", &path, &vec![], body.to_string().as_bytes()).await.unwrap()
}

#[tokio::test]
async fn the_side_door_shows_and_moves_everything() {
    let (sandbox, client) = bank("late_return=1,late_return_ms=600000").await;
    client.pay("A", "1234567890").await;
    client.pay("B", "1234567890").await;
    let credits = get(&client, "credits").await;
    let mut fields: Vec<_> = credits[0].as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["account", "amount", "at", "bank_code", "reference", "returned", "service"]);
    assert_eq!(credits[0]["amount"], json!(600_000));
    assert_eq!(credits[0]["returned"], json!(false));

    assert_eq!(post(&client, "return", json!({"reference": "A"})).await.json()["returned"], true);
    assert_eq!(post(&client, "return", json!({"reference": "A"})).await.json()["returned"], false);
    assert_eq!(get(&client, "advance").await["returned"], 1);
    assert!(sandbox.credits().unwrap().iter().all(|credit| credit.returned));

    assert_eq!(post(&client, "balance", json!({"amount": 7})).await.json()["amount"], 7);
    assert_eq!(sandbox.balance().unwrap(), 7);
    assert_eq!(client.pay("C", "1").await.code(), "4031814");

    post(&client, "holders", json!({"77": "SRI MULYATI"})).await;
    let ask = json!({"beneficiaryAccountNo": "77"});
    let found = client.call("account-inquiry-internal", &ask).await;
    assert_eq!(found.text("beneficiaryAccountName"), "SRI MULYATI");

    post(&client, "faults", json!({"faults": "error_500=1", "seed": 3})).await;
    assert_eq!(client.pay("D", "1").await.code(), "5001800");
    assert_eq!(post(&client, "faults", json!({"faults": "nonsense=1"})).await.status, 400);
    assert_eq!(post(&client, "balance", json!({"amount": -1})).await.status, 400);

    assert_eq!(get(&client, "calls").await["18"], json!(4));
    assert_eq!(get(&client, "violations").await, json!([]));
    let answer = send(client.addr, "POST", "/v1.0/nowhere", &vec![], b"{}").await.unwrap();
    assert_eq!(answer.status, 404);
    let violations = get(&client, "violations").await;
    assert_eq!(violations[0]["kind"], "unknown_path");
}
