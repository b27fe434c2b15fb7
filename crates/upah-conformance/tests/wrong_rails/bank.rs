//! Kirim, an invented provider, on its happy path: it books a reference once and remembers it for
//! twenty days.
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use upah_conformance::proxy::{Answer, FakeServer, Seen};
use upah_conformance::rail::Booking;
use upah_core::Rupiah;

/// Nothing real accepts it.
pub(crate) const KEY: &str = "kirim-test-key-5417";

const MEMORY_DAYS: u32 = 20;
/// What the paying account holds at first.
const FUNDS: u64 = Rupiah::MAX.value();

#[derive(Default)]
struct Book {
    bookings: Vec<Booking>,
    /// What is remembered: the body, and the day.
    known: BTreeMap<String, (String, u32)>,
    today: u32,
    ways: Ways,
    /// Prepared, and not carried out yet.
    drafts: BTreeMap<String, Booking>,
}

/// How Kirim does business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ways {
    #[default]
    Plain,
    /// It says at first that it is at work, and pays all the same.
    Queues,
    /// It prepares a payment, and pays when that is confirmed.
    TwoSteps,
}

pub(crate) struct Bank {
    server: FakeServer,
    book: Arc<Mutex<Book>>,
}

impl Bank {
    pub(crate) async fn open(ways: Ways) -> std::io::Result<Self> {
        let book = Arc::new(Mutex::new(Book { ways, ..Book::default() }));
        let own = Arc::clone(&book);
        let server = FakeServer::answering(move |request| own.lock().unwrap().answer(request)).await?;
        Ok(Self { server, book })
    }

    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    pub(crate) fn bookings(&self) -> Vec<Booking> {
        self.book.lock().unwrap().bookings.clone()
    }

    pub(crate) fn balance(&self) -> Rupiah {
        Rupiah::new(self.book.lock().unwrap().balance()).unwrap_or(Rupiah::MAX)
    }

    pub(crate) fn pass_days(&self, days: u32) {
        let mut book = self.book.lock().unwrap();
        book.today += days;
        let today = book.today;
        book.known.retain(|_, (_, day)| today - *day <= MEMORY_DAYS);
    }
}

fn json(status: u16, body: &Value) -> Answer {
    Answer::status(status).with("content-type", "application/json").saying(body.to_string())
}

fn said(booking: &Booking, status: &str) -> Answer {
    let (reference, amount, account) = (&booking.reference, booking.amount.value(), &booking.account);
    json(200, &json!({"status": status, "ref": reference, "amount": amount, "account": account}))
}

/// A number of the provider's own, in which our reference cannot be read.
pub(crate) fn hidden(reference: &str) -> String {
    let number = reference.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    format!("draft-{number}")
}

impl Book {
    fn answer(&mut self, request: &Seen) -> Answer {
        let line = request.request_line();
        if !request.holds(KEY) {
            return json(401, &json!({"error": "WHO_ARE_YOU"}));
        }
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["POST", "/payments" | "/payments?key=kirim-test-key-5417", _] => {
                self.pay(std::str::from_utf8(request.body()).unwrap())
            }
            ["POST", "/confirm", _] => self.confirm(std::str::from_utf8(request.body()).unwrap()),
            ["GET", "/balance", _] => json(200, &json!({"status": "HERE", "balance": self.balance()})),
            ["GET", path, _] if path.starts_with("/accounts/") => {
                let account = path.rsplit(':').next().unwrap();
                json(200, &json!({"status": "OPEN", "account": account, "name": "SITI CONTOH"}))
            }
            ["GET", path, _] => self.tell(path.trim_start_matches("/payments/").split('?').next().unwrap()),
            _ => json(400, &json!({"error": "WHAT"})),
        }
    }

    fn pay(&mut self, body: &str) -> Answer {
        let Ok(order) = serde_json::from_str::<Value>(body) else { return json(400, &json!({"error": "WHAT"})) };
        let reference = order["ref"].as_str().unwrap().to_owned();
        let (institution, account) = order["to"].as_str().unwrap().rsplit_once(':').unwrap();
        let (institution, account) = (institution.to_owned(), account.to_owned());
        if let Some((known, _)) = self.known.get(&reference).filter(|_| self.ways != Ways::TwoSteps) {
            let error = if known == body { "DUPLICATE" } else { "DIFFERENT" };
            return json(409, &json!({"error": error, "ref": reference}));
        }
        if account.starts_with("999") {
            return json(422, &json!({"error": "NO_SUCH_ACCOUNT", "ref": reference}));
        }
        let amount = Rupiah::new(order["amount"].as_u64().unwrap()).unwrap();
        let booking = Booking { reference: reference.clone(), amount, account, institution };
        if self.ways == Ways::TwoSteps {
            self.drafts.insert(reference.clone(), booking);
            return json(200, &json!({"status": "DRAFT", "ref": reference, "draft": hidden(&reference)}));
        }
        let answer = said(&booking, if self.ways == Ways::Queues { "WORKING" } else { "PAID" });
        self.bookings.push(booking);
        self.known.insert(reference, (body.to_owned(), self.today));
        answer
    }

    /// Carries a draft out, once.
    fn confirm(&mut self, draft: &str) -> Answer {
        let Some(reference) = self.drafts.keys().find(|known| hidden(known) == draft).cloned() else {
            return json(404, &json!({"error": "NO_DRAFT"}));
        };
        if self.known.contains_key(&reference) {
            return json(409, &json!({"error": "DUPLICATE", "ref": reference}));
        }
        let booking = self.drafts[&reference].clone();
        self.known.insert(reference, (String::new(), self.today));
        let answer = said(&booking, "PAID");
        self.bookings.push(booking);
        answer
    }

    fn balance(&self) -> u64 {
        FUNDS.saturating_sub(self.bookings.iter().map(|booking| booking.amount.value()).sum())
    }

    fn tell(&self, reference: &str) -> Answer {
        match self.bookings.iter().find(|booking| booking.reference == reference) {
            Some(booking) => said(booking, "PAID"),
            None => json(404, &json!({"error": "NOT_FOUND", "ref": reference})),
        }
    }
}
