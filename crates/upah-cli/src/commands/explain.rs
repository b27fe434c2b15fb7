//! `upah explain`: why a payment stands where it stands, told to the one who asks.
use super::language;
use crate::args::{AudienceArg, StoreArgs};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use upah_core::Period;

pub(crate) async fn run(
    payment: &str,
    lang: &str,
    audience: AudienceArg,
    compare: Option<&str>,
    args: &StoreArgs,
) -> Result<Exit, Failure> {
    let (language, audience) = (language(lang)?, audience.into());
    let beside = compare.map(period).transpose()?;
    let context = Context::open(args, Purpose::Read).await?;
    let story = match beside {
        Some(period) => context.gateway.story_beside(payment, period, language, audience).await?,
        None => context.gateway.story(payment, language, audience).await?,
    };
    if args.json {
        let object = serde_json::to_value(&story)
            .map_err(|why| Failure::new(Exit::Other, "story", format!("the story cannot be written: {why}")))?;
        output::object(&object);
    } else {
        output::line(story.to_text().trim_end());
    }
    Ok(Exit::Done)
}

fn period(text: &str) -> Result<Period, Failure> {
    text.parse().map_err(|why| Failure::usage("period", format!("--compare {text:?}: {why}")))
}
