//! `upah qris`: who is paid by a code, and a code for one payment. Needs no store (but for a sheet), and sends nothing.
use crate::args::QrisAction;
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use upah_core::{Destination, Rupiah};
use upah_qris::{Initiation, Institution, Qris};
use upah_slip::Drawing;

pub(crate) async fn run(action: QrisAction) -> Result<Exit, Failure> {
    match action {
        QrisAction::Decode { payload, json } => decode(payload, json),
        QrisAction::Encode { payload, amount, reference, png, svg, json } => {
            let payload = text(payload)?;
            let written = match &amount {
                Some(amount) => for_one_payment(&payload, amount, reference.as_deref())?,
                None => read(&payload)?.payload().to_owned(),
            };
            draw(&written, png.as_deref(), svg.as_deref())?;
            if json {
                output::object(&json!({"payload": written, "png": png, "svg": svg}));
            } else {
                output::line(&written);
            }
            Ok(Exit::Done)
        }
        QrisAction::Sheet { run, out, with } => super::sheet::run(&run, &out, &with).await,
    }
}

fn decode(payload: Option<String>, as_json: bool) -> Result<Exit, Failure> {
    let payload = text(payload)?;
    let code = read(&payload)?;
    tell(&code);
    if as_json {
        output::object(&object(&code));
    }
    Ok(Exit::Done)
}

/// The code's text: as an argument or on standard input, as it was scanned or as a payroll file holds it.
fn text(given: Option<String>) -> Result<String, Failure> {
    let mut text = given.unwrap_or_default();
    if text.is_empty() || text == "-" {
        text.clear();
        // A hostile stream costs no more memory than a long code.
        let stdin = std::io::stdin().lock().take(4 * Qris::BYTES_MAX as u64).read_to_string(&mut text);
        stdin.map_err(|why| Failure::usage("unreadable", format!("the code cannot be read: {why}")))?;
    }
    let text = text.trim();
    if !text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("qris:")) {
        return Ok(text.to_owned());
    }
    match text.parse::<Destination>() {
        Ok(Destination::Qris(payload)) => Ok(payload.as_str().to_owned()),
        Ok(_) => Err(Failure::usage("destination_scheme", "this is no QRIS code")),
        Err(why) => Err(Failure::usage(why.code(), why.to_string())),
    }
}

fn read(payload: &str) -> Result<Qris<'_>, Failure> {
    Qris::parse(payload).map_err(|why| Failure::usage(why.code(), why.to_string()))
}

fn for_one_payment(payload: &str, amount: &str, reference: Option<&str>) -> Result<String, Failure> {
    let amount: Rupiah =
        amount.parse().map_err(|why| Failure::usage("amount", format!("--amount {amount:?}: {why}")))?;
    let written = read(payload)?.to_dynamic(amount.value(), reference);
    written.map_err(|why| Failure::usage(why.code(), why.to_string()))
}

fn draw(payload: &str, png: Option<&Path>, svg: Option<&Path>) -> Result<(), Failure> {
    if png.is_none() && svg.is_none() {
        return Ok(());
    }
    let drawing = Drawing::of(payload).map_err(|why| Failure::usage("qris_too_long", why.to_string()))?;
    if let Some(path) = png {
        let file = drawing.png().map_err(|why| Failure::new(Exit::Other, "drawing", why.to_string()))?;
        write(path, &file)?;
    }
    svg.map_or(Ok(()), |path| write(path, drawing.svg().as_bytes()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes)
        .map_err(|why| Failure::new(Exit::Other, "unwritable", format!("{} cannot be written: {why}", path.display())))
}

fn pan<'a>(code: &Qris<'a>) -> Option<&'a str> {
    code.transfer().map_or_else(|| code.mpan(), |transfer| transfer.pan)
}

fn initiation(code: &Qris<'_>) -> Option<&'static str> {
    code.initiation().map(|initiation| match initiation {
        Initiation::Static => "static",
        Initiation::Dynamic => "dynamic",
    })
}

fn tell(code: &Qris<'_>) {
    let unnamed = "(not stated)";
    let whose = if code.transfer().is_some() { "a person's account" } else { "a merchant" };
    eprintln!("{} in {}, {whose}.", code.merchant_name().unwrap_or(unnamed), code.city().unwrap_or(unnamed));
    let held = pan(code).and_then(|pan| Some((Institution::of_pan(pan)?, pan)));
    if let Some((institution, pan)) = held {
        let name = institution.name.unwrap_or("an institution that is not in the list");
        eprintln!("Account number (PAN) {pan}, held at {name} ({}).", institution.number);
    }
    let how = match code.initiation() {
        Some(Initiation::Static) => "Printed once",
        Some(Initiation::Dynamic) => "Made for one payment",
        None => "Not marked as printed or made for one payment",
    };
    match code.amount() {
        Some(amount) => eprintln!("{how}, of {amount} rupiah."),
        None => eprintln!("{how}; whoever pays says how much."),
    }
    if let Some(transfer) = code.transfer() {
        eprintln!("Beneficiary id {}.", transfer.beneficiary_id.unwrap_or(unnamed));
    }
    match destination(code) {
        Ok(text) => eprintln!("In a payroll file: {text}"),
        Err((_, why)) => eprintln!("No destination for a payroll file can be said with certainty: {why}."),
    }
    for warning in code.warnings() {
        eprintln!("  {}: {warning}.", warning.name());
    }
}

fn object(code: &Qris<'_>) -> Value {
    let institution = pan(code).and_then(Institution::of_pan);
    let transfer = code.transfer().map(|transfer| {
        json!({
            "domain": transfer.domain,
            "institution": transfer.pan.and_then(Institution::of_pan).map(institution_json),
            "pan": transfer.pan,
            "beneficiary_id": transfer.beneficiary_id,
            "bic": transfer.bic,
            "purpose": transfer.purpose,
        })
    });
    let destination = destination(code);
    let warnings: Vec<Value> =
        code.warnings().into_iter().map(|it| json!({"code": it.name(), "message": it.to_string()})).collect();
    let objects: Vec<Value> =
        code.objects().map(|object| json!({"tag": format!("{:02}", object.tag), "value": object.value})).collect();
    json!({
        "kind": if transfer.is_some() { "transfer" } else { "merchant" },
        "initiation": initiation(code),
        "name": code.merchant_name(),
        "city": code.city(),
        "postal_code": code.postal_code(),
        "category": code.category(),
        "amount": code.amount(),
        "mpan": code.mpan(),
        "nmid": code.nmid(),
        "criteria": code.criteria(),
        "institution": institution.map(institution_json),
        "transfer": transfer,
        "destination": destination.as_ref().ok(),
        "no_destination": destination.as_ref().err().map(|(code, message)| json!({"code": code, "message": message})),
        "warnings": warnings,
        "objects": objects,
    })
}

fn institution_json(it: Institution<'_>) -> Value {
    json!({"number": it.number, "name": it.name})
}

/// What stands in the `destination` column of a payroll file, or why nothing can.
///
/// A transfer code names a card number (PAN) and an id at its institution. Neither is published to be the number of the
/// account, so nothing is made of them: money that goes to a guessed account is hard to get back.
fn destination(code: &Qris<'_>) -> Result<String, (&'static str, String)> {
    code.check_payable().map_err(|why| (why.code(), why.to_string()))?;
    Ok(Destination::Qris((*code).into()).to_string())
}
