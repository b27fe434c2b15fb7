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
    /// When there is no room, this is given up, in this order: the picture of the money, the destination, the law, the
    /// amount in words, the payment's number, whom to ask, what to do. What happened, the amount, where the money is,
    /// who acts and by when always stand there, and so do UJI COBA and the mark of a draft.
    #[must_use]
    pub fn to_whatsapp(&self) -> String {
        let (step, brief) = (&self.next_step, &self.brief);
        let mut parts = self.marks();
        parts.push(Part::kept(&self.headline));
        parts.push(Part::kept(&self.amount_text));
        parts.push(Part::spare(4, &self.amount_words));
        parts.extend(self.picture.lines().map(|line| Part::spare(1, line)));
        parts.push(Part::kept(&brief.happened));
        parts.push(Part::kept(&brief.money));
        parts.extend(brief.goal.iter().map(|goal| Part::spare(2, goal)));
        parts.extend(brief.acts.iter().map(Part::kept));
        parts.push(Part::spare(7, &step.what));
        parts.push(Part::spare(6, &step.ask_next));
        parts.extend(step.law.iter().map(|law| Part::spare(3, law)));
        parts.push(Part::spare(5, &brief.number));
        fitted(parts, "\n", WHATSAPP_MAX, |text| text.chars().count())
    }

    /// For one short message: at most 160 septets of the GSM alphabet, without the worker's name.
    ///
    /// When there is no room, this is given up, in this order: the payment's number, whom to ask, how the number of
    /// her account ends, where the payment stands if the reason fits instead, the reason. The amount, where the money
    /// is, who acts and by when always stand there, and so do UJI COBA and the mark of a draft.
    #[must_use]
    pub fn to_sms(&self) -> String {
        let short = &self.brief.shortest;
        if let Some(cause) = &short.cause {
            for headline in [&short.headline, &short.bare] {
                let text = self.sms_of([headline, cause]);
                if septets(&text) <= SMS_MAX {
                    return text;
                }
            }
        }
        self.sms_of([&short.headline])
    }

    fn sms_of<'a>(&'a self, what: impl IntoIterator<Item = &'a String>) -> String {
        let short = &self.brief.shortest;
        let marks = short.notice.iter().chain(&short.draft);
        let mut parts: Vec<_> = marks.chain(what).chain([&short.money]).map(|text| Part::kept(gsm(text))).collect();
        parts.extend(short.tail.iter().map(|text| Part::spare(3, gsm(text))));
        parts.extend(short.acts.iter().map(|text| Part::kept(gsm(text))));
        parts.push(Part::spare(2, gsm(&short.ask)));
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
        let place = [&brief.happened, &brief.money].into_iter().chain(&brief.goal).map(String::as_str).collect();
        let acts = brief.acts.iter().chain([&step.what, &step.ask_next]).chain(&step.law);
        let blocks: [Vec<&str>; 6] = [
            marks,
            vec![&self.headline],
            amount.chain(self.picture.lines()).collect(),
            place,
            acts.map(String::as_str).collect(),
            vec![&brief.number],
        ];
        let mut receipt = String::new();
        for block in blocks.iter().filter(|block| !block.is_empty()) {
            if !receipt.is_empty() {
                receipt.push_str(&"-".repeat(COLUMNS));
                receipt.push('\n');
            }
            for line in block.iter().flat_map(|text| wrapped(&ascii(text), COLUMNS)) {
                receipt.push_str(&line);
                receipt.push('\n');
            }
        }
        receipt
    }

    /// What stands before everything else and is never given up.
    fn marks(&self) -> Vec<Part> {
        self.notice.iter().chain(&self.draft).map(Part::kept).collect()
    }
}
