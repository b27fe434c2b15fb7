//! `upah log cosign`: asks witnesses to cosign the newest checkpoint, and keeps what they answer.
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::{output, policy};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use upah::Book;
use upah_core::Timestamp;
use upah_tlog::{Checkpoint, Policy, Quorum, SignedNote, WitnessKey};
use upah_transport::{Request, Transport, TransportConfig};

/// How long one witness may take. It has to write to its disk, and maybe to wait for others who ask.
const WITNESS_SECONDS: u64 = 20;

pub(crate) async fn run(policy: &Path, urls: Vec<String>, args: &StoreArgs) -> Result<Exit, Failure> {
    let policy = policy::read(policy)?;
    let in_policy = || policy.witnesses().iter().filter_map(|witness| witness.url.clone()).collect();
    let urls: Vec<String> = if urls.is_empty() { in_policy() } else { urls };
    if urls.is_empty() {
        let why = "no witness has an address: name one with --witness, or write it behind its key in the policy";
        return Err(Failure::usage("witness", why));
    }
    let context = Context::open(args, Purpose::Write).await?;
    let book = context.gateway.book();
    if book.sign().await?.is_none() {
        return Err(Failure::new(Exit::Other, "empty", "the log is empty: there is nothing to cosign yet"));
    }
    let head = book.newest().await?;
    let (mut cosigned, answers) = ask_all(&urls, &head, book, &policy).await?;
    if cosigned != head {
        cosigned = book.keep_cosigned(&cosigned).await?;
    }
    for (url, answer) in &answers {
        match answer {
            Said::Cosigned(by) => by.iter().for_each(|(name, at)| eprintln!("{url}: cosigned by {name}, {at}")),
            Said::Not(why) | Said::Contradicts(why) => eprintln!("{url}: {why}"),
        }
    }
    let quorum = policy.check(&cosigned).map_err(|why| Failure::new(Exit::Other, "witness", why.to_string()))?.quorum;
    tell(&quorum);
    if args.json {
        output::object(&object(&cosigned, &answers, &quorum));
    }
    Ok(if answers.iter().any(|(_, answer)| matches!(answer, Said::Contradicts(_))) {
        Exit::Other
    } else if matches!(quorum, Quorum::Missing { .. }) {
        Exit::Open
    } else {
        Exit::Done
    })
}

/// What came of asking one witness.
enum Said {
    /// These vouched for the head: name and time.
    Cosigned(Vec<(String, Timestamp)>),
    /// Nothing this time; asking again may help.
    Not(String),
    /// It has seen another history than this book's.
    Contradicts(String),
}

async fn ask_all(
    urls: &[String],
    head: &SignedNote,
    book: &Book,
    policy: &Policy,
) -> Result<(SignedNote, Vec<(String, Said)>), Failure> {
    let config = TransportConfig::with_timeout(Duration::from_secs(WITNESS_SECONDS));
    let transport = Transport::new(config)
        .map_err(|why| Failure::new(Exit::Other, "transport", format!("witnesses cannot be called: {why}")))?;
    let witnesses: Vec<&WitnessKey> = policy.witnesses().iter().map(|witness| &witness.key).collect();
    let mut cosigned = head.clone();
    let mut answers = Vec::new();
    for url in urls {
        let said = ask(&transport, url, &mut cosigned, book, &witnesses).await?;
        answers.push((url.clone(), said));
    }
    Ok((cosigned, answers))
}

/// Asks from nothing, and once more from where the witness says that it stands.
async fn ask(
    transport: &Transport,
    url: &str,
    head: &mut SignedNote,
    book: &Book,
    witnesses: &[&WitnessKey],
) -> Result<Said, Failure> {
    let size = Checkpoint::parse_body(head.unverified_text()).map_or(0, |head| head.size());
    let mut seen = 0;
    for is_last in [false, true] {
        let body = book.request_to_witness(head, seen).await?.to_string();
        let headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
        let request =
            Request { url: format!("{}/add-checkpoint", url.trim_end_matches('/')), headers, body: body.into() };
        let answer = match transport.post(request).await {
            Ok(answer) => answer,
            Err(why) => return Ok(Said::Not(format!("it cannot be reached: {why}"))),
        };
        let text = String::from_utf8_lossy(&answer.body);
        match answer.status {
            200 => return Ok(take(head, &text, witnesses)),
            409 if !is_last => match text.trim_end().parse() {
                Ok(stands) if stands > size => {
                    let why = format!(
                        "it has seen {stands} entries of this book, which has {size} now: the store went back, or another store signs with its key"
                    );
                    return Ok(Said::Contradicts(why));
                }
                Ok(stands) => seen = stands,
                Err(_) => return Ok(Said::Not("it answers with a conflict and not with where it stands".into())),
            },
            409 => return Ok(Said::Not("somebody else asked it at the same moment; ask again".into())),
            status => return Ok(refused(status)),
        }
    }
    Ok(Said::Not("it gave no answer".into()))
}

fn refused(status: u16) -> Said {
    match status {
        403 => Said::Not("it holds another key of this log: give it the verification key".into()),
        404 => Said::Not("it does not know this log: give it the verification key".into()),
        422 => {
            Said::Contradicts("what it has seen of this book is not the beginning of what the book holds now".into())
        }
        other => Said::Not(format!("it answers with status {other}")),
    }
}

fn take(head: &mut SignedNote, lines: &str, witnesses: &[&WitnessKey]) -> Said {
    match head.take_cosignatures(lines, witnesses) {
        Err(why) => Said::Not(format!("its answer cannot be used: {why}")),
        Ok(taken) if taken.is_empty() => Said::Not("its answer bears no key of the policy".into()),
        Ok(taken) => Said::Cosigned(
            taken
                .iter()
                .map(|one| (one.witness.name().to_owned(), Timestamp::default().plus_seconds(one.time)))
                .collect(),
        ),
    }
}

fn tell(quorum: &Quorum<'_>) {
    match quorum {
        Quorum::NotAsked => eprintln!("The policy asks for no witness."),
        Quorum::Met { by, time } => {
            let day = Timestamp::default().plus_seconds(*time).day();
            eprintln!("Enough witnesses have cosigned since {day} ({by}). Slips and proofs made now carry it.");
        }
        Quorum::Missing { witnesses, of } => eprintln!("{witnesses} more of the witnesses are needed ({of})."),
    }
}

fn object(head: &SignedNote, answers: &[(String, Said)], quorum: &Quorum<'_>) -> Value {
    let answers: Vec<Value> = answers
        .iter()
        .map(|(url, answer)| match answer {
            Said::Cosigned(by) => {
                let by: Vec<Value> = by.iter().map(|(name, at)| json!({"witness": name, "at": at})).collect();
                json!({"url": url, "cosigned": by})
            }
            Said::Not(why) => json!({"url": url, "error": why}),
            Said::Contradicts(why) => json!({"url": url, "contradicts": why}),
        })
        .collect();
    let quorum = match quorum {
        Quorum::NotAsked => Value::Null,
        Quorum::Met { by, time } => {
            let at = Timestamp::default().plus_seconds(*time);
            json!({"by": by, "day": at.day(), "at": at})
        }
        Quorum::Missing { witnesses, of } => json!({"missing": witnesses, "of": of}),
    };
    let size = Checkpoint::parse_body(head.unverified_text()).map(|head| head.size()).ok();
    json!({"checkpoint": head.to_string(), "size": size, "witnesses": answers, "quorum": quorum})
}
