//! `upah explain`: why a payment stands where it stands, told to the one who asks.
use super::language;
use crate::args::{AudienceArg, StoreArgs};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;

pub(crate) async fn run(payment: &str, lang: &str, audience: AudienceArg, args: &StoreArgs) -> Result<Exit, Failure> {
    let language = language(lang)?;
    let context = Context::open(args, Purpose::Read).await?;
    let story = context.gateway.story(payment, language, audience.into()).await?;
    if args.json {
        let object = serde_json::to_value(&story)
            .map_err(|why| Failure::new(Exit::Other, "story", format!("the story cannot be written: {why}")))?;
        output::object(&object);
    } else {
        output::line(story.to_text().trim_end());
    }
    Ok(Exit::Done)
}
