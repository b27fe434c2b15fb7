//! 20 and 40: many payments in one request.
//!
//! The request is what is answered, refused and known again: its id with the same content is `409ss01`, with other content
//! `404ss18`. Each payment in it is taken on by itself, and told about by 36 or 39: an account that cannot be paid fails
//! later. This bank reads the standard in the harsh way: a reference that is known, in *another* request, is paid again.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::trouble::Line;
use super::{Call, Refusal, bank, code, submit, success};
use crate::faults::{FaultPlan, Scope};
use crate::ledger::{Fate, Order, Standing, Taken};
use crate::reply::{Answer, Reply};
use crate::signature;
use crate::trouble;
use crate::world::World;

/// The most that are taken in one request.
const MOST: usize = 1_000;

pub(super) async fn pay(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let fields = &call.fields;
    let id = fields.reference("partnerBulkId")?;
    let source = match call.service {
        20 => fields.code("sourceAccountNo", 19)?,
        _ => "",
    };
    if call.service == 20 {
        fields.text("customerReference", 30)?;
        bank::is_ours(world, source, "sourceAccountNo")?;
    }
    fields.date("transactionDate", true)?;
    fields.fee_is_ours()?;
    fields.within(&[("currency", 3), ("remark", 50)])?;
    let items = fields.objects("bulkObject")?;
    if items.len() > MOST {
        return Err(Refusal::plain(400, 1));
    }
    let mut orders = Vec::with_capacity(items.len());
    for item in items {
        orders.push(order(call, item, source)?);
    }
    let (nth, _) = world.watch.submitted(id, call.body);
    let plan = world.plan();
    let drawn = plan.draw(Scope::Submit, id, "", nth);
    trouble::wait(&plan, &drawn).await;
    let line = Line { service: call.service, token: call.token };
    if let Some(answer) = trouble::before(world, &line, &plan, drawn.outcome) {
        return Ok(answer);
    }
    let reply = taken(world, call, id, &orders, &plan)?;
    Ok(trouble::after(&line, drawn.outcome, reply))
}

fn order<'a>(call: &Call<'_>, item: &'a Map<String, Value>, source: &'a str) -> Result<Order<'a>, Refusal> {
    let fields = Fields::new(item, call.house.reads);
    let reference = fields.reference("partnerReferenceNo")?;
    let (account, bank_code) = match call.service {
        20 => {
            fields.text("beneficiaryAccountName", 100)?;
            (fields.code("beneficiaryAccountNo", 34)?, fields.code("bankCode", 11)?)
        }
        _ => {
            fields.within(&[("accountName", 255)])?;
            (fields.phone("accountNumber")?, "")
        }
    };
    let body = signature::body_digest(Value::Object(item.clone()).to_string().as_bytes());
    let (service, amount) = (call.service, fields.amount()?);
    Ok(Order { reference, named: None, service, bank_code, account, source, amount, body })
}

fn taken(world: &World, call: &Call<'_>, id: &str, orders: &[Order<'_>], plan: &FaultPlan) -> Result<Reply, Refusal> {
    match world.take_bulk(id, call.body) {
        Some(known) if known == call.body => return Err(Refusal::plain(409, 1)),
        Some(_) => return Err(Refusal::plain(404, 18)),
        None => {}
    }
    for order in orders {
        take(world, order, plan)?;
    }
    Ok(success(call.service, 200, json!({ "bulkId": format!("B{}", &id[..id.len().min(20)]), "partnerBulkId": id })))
}

/// Takes one of them on, whatever the bank knows of its reference.
fn take(world: &World, order: &Order<'_>, plan: &FaultPlan) -> Result<(), Refusal> {
    let is_known = |reference: &str| {
        let entry = world.ledger(|ledger| ledger.entry(reference));
        entry.is_some_and(|entry| entry.standing != Standing::Refused)
    };
    let free = || (2..).map(|n| format!("{}#{n}", order.reference)).find(|key| !is_known(key));
    let again = is_known(order.reference).then(free).flatten();
    let order = match &again {
        Some(key) => Order { reference: key, named: Some(order.reference), ..*order },
        None => *order,
    };
    let (drawn, scenario) = trouble::draw_for(world, plan, &order, 1, None);
    if let Some(refusal) = submit::refused(world, &order, scenario) {
        let code = code(refusal.http, order.service, refusal.case);
        return Ok(world.ledger(|ledger| ledger.refuse(&order, &code))?);
    }
    match world.ledger(|ledger| ledger.submit(&order, Fate::of(&drawn, plan.numbers())))? {
        Taken::Booked(_) => world.notify(order.reference),
        Taken::Insufficient => submit::note_refusal(world, &order, 403, 14)?,
        Taken::InProgress(_) | Taken::Duplicate | Taken::Inconsistent => {}
    }
    Ok(())
}
