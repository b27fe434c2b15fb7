//! The story for a chat, a short message and a receipt: shorter, and never without the amount, the place of the
//! money and who acts.

use super::fit::{Part, fitted, wrapped};
use super::letters::{ascii, gsm, septets};
use crate::story::Story;

/// What a template of WhatsApp holds, in characters.
const WHATSAPP_MAX: usize = 1_024;

/// What a short message holds, in septets.
const SMS_MAX: usize = 160;

/// A line of a receipt printer for paper of 58 mm.
const COLUMNS: usize = 32;

impl Story {
    /// For WhatsApp: at most 1.024 characters.
    ///
    /// When there is no room, this is given up, in this order: the picture of the money, the destination, the comparison,
    /// the estimate of the fine, the law, the amount in words, the numbers, when it was due and what the employer said, the
    /// fee that was taken, whom to ask, what to do. What happened, the amount, where the money is, who acts and by when
    /// always stand there, and so do UJI COBA and the mark of a draft. Of a comparison the sum alone is told, and of the
    /// fine no reading of the article: both say where the whole is.
    #[must_use]
    pub fn to_whatsapp(&self) -> String {
        let (step, brief) = (&self.next_step, &self.brief);
        let mut parts = self.marks();
        parts.push(Part::kept(&self.headline));
        parts.push(Part::kept(&self.amount_text));
        parts.push(Part::spare(6, &self.amount_words));
        parts.extend(self.picture.lines().map(|line| Part::spare(1, line)));
        parts.push(Part::kept(&brief.happened));
        parts.extend(brief.reason.iter().map(|reason| Part::spare(8, reason)));
        parts.push(Part::kept(&brief.money));
        parts.extend(brief.goal.iter().map(|goal| Part::spare(2, goal)));
        parts.extend(brief.due.iter().map(|due| Part::spare(8, due)));
        parts.extend(brief.fee.iter().map(|fee| Part::spare(9, fee)));
        parts.extend(brief.acts.iter().map(Part::kept));
        parts.push(Part::spare(11, &step.what));
        parts.push(Part::spare(10, &step.ask_next));
        parts.extend(step.law.iter().map(|law| Part::spare(5, law)));
        parts.extend(brief.fine.iter().map(|fine| Part::spare(4, fine)));
        parts.extend(brief.compare.iter().map(|compare| Part::spare(3, compare)));
        parts.extend([&brief.number].into_iter().chain(&brief.reference).map(|number| Part::spare(7, number)));
        fitted(parts, "\n", WHATSAPP_MAX, |text| text.chars().count())
    }

    /// For one short message: at most 160 septets of the GSM alphabet, without the worker's name.
    ///
    /// When there is no room, this is given up, in this order: the payment's number, whom to ask after that, how the
    /// number of her account ends, the comparison, the fee that was taken, where the payment stands if the reason fits
    /// instead, the reason, whom to ask. The amount, where the money is, who acts and by when always stand there, and so
    /// do UJI COBA and the mark of a draft. The estimate of a fine is never there: without its reading and that it is an
    /// estimate it would mislead, and there is no room for them.
    #[must_use]
    pub fn to_sms(&self) -> String {
        let short = &self.brief.shortest;
        let with_cause = short.causes.iter().flat_map(|cause| [[&short.headline, cause], [&short.bare, cause]]);
        let whats = with_cause.map(Vec::from).chain([vec![&short.headline]]);
        let whole = whats.map(|what| self.sms_of(&what, Part::kept)).find(|text| septets(text) <= SMS_MAX);
        whole.unwrap_or_else(|| self.sms_of(&[&short.headline], |ask| Part::spare(6, ask)))
    }

    fn sms_of(&self, what: &[&String], ask: impl Fn(String) -> Part) -> String {
        let short = &self.brief.shortest;
        let marks = short.notice.iter().chain(&short.draft);
        let kept = marks.chain(what.iter().copied()).chain([&short.money]);
        let mut parts: Vec<_> = kept.map(|text| Part::kept(gsm(text))).collect();
        parts.extend(short.tail.iter().map(|text| Part::spare(3, gsm(text))));
        parts.extend(short.fee.iter().map(|text| Part::spare(5, gsm(text))));
        parts.extend(short.acts.iter().map(|text| Part::kept(gsm(text))));
        parts.push(ask(gsm(&short.ask)));
        parts.extend(short.ask_next.iter().map(|text| Part::spare(2, gsm(text))));
        parts.extend(short.compare.iter().map(|text| Part::spare(4, gsm(text))));
        parts.push(Part::spare(1, gsm(&short.number)));
        fitted(parts, " ", SMS_MAX, septets)
    }

    /// For a receipt printer with paper of 58 mm: lines of at most 32 columns of printable ASCII. A line never breaks
    /// inside an amount.
    #[must_use]
    pub fn to_58mm(&self) -> String {
        let (step, brief) = (&self.next_step, &self.brief);
        let marks = self.notice.iter().chain(&self.draft).map(String::as_str).collect();
        let amount = [&self.amount_text, &self.amount_words].map(String::as_str).into_iter();
        let happened = [&brief.happened].into_iter().chain(&brief.reason).chain([&brief.money]);
        let place = happened.chain(&brief.goal).chain(&brief.due).chain(&brief.fee).map(String::as_str).collect();
        let acts = brief.acts.iter().chain([&step.what, &step.ask_next]).chain(&step.law);
        let blocks: [Vec<&str>; 7] = [
            marks,
            vec![&self.headline],
            amount.chain(self.picture.lines()).collect(),
            place,
            acts.map(String::as_str).collect(),
            brief.fine.iter().chain(&brief.compare).map(String::as_str).collect(),
            [&brief.number].into_iter().chain(&brief.reference).map(String::as_str).collect(),
        ];
        let blocks = blocks.into_iter().filter(|block| !block.is_empty()).map(receipt);
        blocks.collect::<Vec<_>>().join(&format!("{}\n", "-".repeat(COLUMNS)))
    }

    /// What stands before everything else and is never given up.
    fn marks(&self) -> Vec<Part> {
        self.notice.iter().chain(&self.draft).map(Part::kept).collect()
    }
}

/// Lines as a receipt printer prints them, each ended by `\n`.
pub(crate) fn receipt<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let lines = texts.into_iter().flat_map(|text| wrapped(&ascii(text), COLUMNS));
    lines.map(|line| line + "\n").collect()
}
