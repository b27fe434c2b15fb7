//! `upah explain`: why a payment stands where it stands, told to the one who asks.
use super::language;
use crate::args::{AudienceArg, StoreArgs, StoryForm};
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde::Serialize;
use upah_core::Period;

pub(crate) async fn run(
    payment: &str,
    lang: &str,
    audience: AudienceArg,
    compare: Option<&str>,
    form: StoryForm,
    args: &StoreArgs,
) -> Result<Exit, Failure> {
    let (language, audience) = (language(lang)?, audience.into());
    let beside = compare.map(period).transpose()?;
    let context = Context::open(args, Purpose::Read).await?;
    let told = match beside {
        Some(period) => context.gateway.story_beside(payment, period, language, audience).await,
        None => context.gateway.story(payment, language, audience).await,
    };
    let story = match told {
        Err(upah::Error::Erased(erased)) => {
            let story = context.gateway.erased_story(&erased, language, audience);
            return match form {
                _ if args.json => object(&story),
                StoryForm::Json => object(&story),
                StoryForm::Text | StoryForm::Whatsapp => text(&story.to_text()),
                StoryForm::Sms => text(&story.to_sms()),
                StoryForm::Receipt => text(&story.to_58mm()),
                StoryForm::Html => text(&story.to_html_fragment()),
            };
        }
        told => told?,
    };
    let told = match form {
        _ if args.json => None,
        StoryForm::Json => None,
        StoryForm::Text => Some(story.to_text()),
        StoryForm::Whatsapp => Some(story.to_whatsapp()),
        StoryForm::Sms => Some(story.to_sms()),
        StoryForm::Receipt => Some(story.to_58mm()),
        StoryForm::Html => Some(story.to_html_fragment()),
    };
    told.map_or_else(|| object(&story), |told| text(&told))
}

fn text(story: &str) -> Result<Exit, Failure> {
    output::line(story.trim_end());
    Ok(Exit::Done)
}

fn object(story: &impl Serialize) -> Result<Exit, Failure> {
    let object = serde_json::to_value(story)
        .map_err(|why| Failure::new(Exit::Other, "story", format!("the story cannot be written: {why}")))?;
    output::object(&object);
    Ok(Exit::Done)
}

fn period(text: &str) -> Result<Period, Failure> {
    text.parse().map_err(|why| Failure::usage("period", format!("--compare {text:?}: {why}")))
}
