//! `upah resolve`: two people state what became of a payment that the bank does not decide.
use super::actor;
use crate::args::{ClaimArg, StoreArgs};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use upah_core::PaymentState;
use upah_core::bank_statement::Resolution;
use upah_core::planner::Ending;
use upah_core::run::Digest;

/// A file of evidence is a letter, a statement, a picture.
const EVIDENCE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What the command line says besides the payment.
pub(crate) struct Words {
    pub(crate) claim: ClaimArg,
    pub(crate) evidence: PathBuf,
    pub(crate) by: String,
    pub(crate) and_by: String,
    pub(crate) because: String,
}

pub(crate) async fn run(payment: &str, words: Words, args: &StoreArgs) -> Result<Exit, Failure> {
    let resolution = Resolution {
        claim: words.claim.into(),
        by: actor(&words.by, "--by")?,
        and_by: actor(&words.and_by, "--and-by")?,
        because: words.because,
        evidence: fingerprint(&words.evidence)?,
    };
    let context = Context::open(args, Purpose::Pay).await?;
    let resolving = context.gateway.resolve(payment, resolution).await?;
    let state = resolving.payment.state;
    let ending = match resolving.ending {
        Ending::Stated => "stated",
        Ending::ByBank => "by_bank",
        Ending::Contradicted => "contradicted",
        Ending::Unanswered => "unanswered",
    };
    eprintln!("{}", sentence(resolving.ending, words.claim, state));
    if args.json {
        output::object(&json!({
            "payment": resolving.payment.id.to_string(),
            "reference": resolving.reference.to_string(),
            "ending": ending,
            "state": state.name(),
            "reason": resolving.payment.reason().map(upah_core::Cause::code),
            "sandbox": context.gateway.is_sandbox(),
        }));
    }
    context.close().await;
    let done = matches!(resolving.ending, Ending::Stated | Ending::ByBank) && state == PaymentState::Settled;
    Ok(if done { Exit::Done } else { Exit::Open })
}

/// SHA-256 over the file, which goes on the log; the file does not.
fn fingerprint(path: &Path) -> Result<Digest, Failure> {
    let cannot =
        |why: String| Failure::usage("evidence", format!("the evidence {} cannot be taken: {why}", path.display()));
    let file = File::open(path).map_err(|why| cannot(why.to_string()))?;
    let mut bytes = Vec::new();
    file.take(EVIDENCE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|why| cannot(why.to_string()))?;
    if bytes.is_empty() {
        return Err(cannot("it is empty".to_owned()));
    }
    if bytes.len() as u64 > EVIDENCE_BYTES_MAX {
        return Err(cannot("it is larger than 256 MiB".to_owned()));
    }
    Ok(Digest::of(&bytes))
}

fn sentence(ending: Ending, claim: ClaimArg, state: PaymentState) -> String {
    let state = state.name();
    match (ending, claim) {
        (Ending::Stated, ClaimArg::Settled) => {
            format!("The payment is {state}, as the two of you state; the bank has not said so. Keep the evidence.")
        }
        (Ending::Stated, ClaimArg::Refused) => format!(
            "The payment is {state}: as the two of you state, it was not carried out; the bank has not said so. \
             Keep the evidence. It is paid again only by a new file that is approved."
        ),
        (Ending::ByBank, _) => format!("The bank was asked and says so itself: the payment is {state}."),
        (Ending::Contradicted, _) => format!(
            "The bank was asked and says otherwise: the payment is {state}. Your word was not recorded; the bank's answer was."
        ),
        (Ending::Unanswered, _) => format!(
            "The bank could not be asked, or not over the rail as it was configured then: the payment stays {state}, and \
             your word was not recorded. Try again when the bank answers."
        ),
    }
}
