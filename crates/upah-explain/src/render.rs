//! A story on paper, on a screen and in a message.

use core::fmt::Write as _;

use html_escape::encode_text;

use crate::money_picture::MoneyPicture;
use crate::story::Story;
use crate::voice::FALLBACK_MARK;

pub(crate) mod channels;
mod fit;
pub(crate) mod letters;

impl Story {
    /// Plain text for a terminal or a chat, its lines ended by `\n`. UJI COBA stands first, then the mark of a draft.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for line in self.notice.iter().chain(&self.draft).chain([&self.headline]) {
            push_line(&mut text, "", line);
        }
        text.push('\n');
        for line in [&self.amount_text, &self.amount_words, &self.picture.title] {
            push_line(&mut text, "", line);
        }
        for line in self.picture.lines() {
            push_line(&mut text, "- ", line);
        }
        for section in self.questions() {
            text.push('\n');
            push_line(&mut text, "", &section.question);
            for answer in &section.answers {
                push_line(&mut text, "- ", answer);
            }
        }
        text
    }

    /// A `section` element with a heading of its own, for a slip: no script, no style, no attribute that
    /// holds data; every text is escaped.
    #[must_use]
    pub fn to_html_fragment(&self) -> String {
        let mut html = format!("<section class=\"story\" lang=\"{}\">\n", self.language.code());
        if let Some(notice) = &self.notice {
            push_element(&mut html, "p", " class=\"notice\"", notice);
        }
        if let Some(draft) = &self.draft {
            push_element(&mut html, "p", " class=\"draft\"", draft);
        }
        push_element(&mut html, "h1", "", &self.headline);
        push_element(&mut html, "p", " class=\"amount\"", &self.amount_text);
        push_element(&mut html, "p", " class=\"words\" lang=\"id\"", &self.amount_words);
        push_picture(&mut html, &self.picture);
        for section in self.questions() {
            push_element(&mut html, "h2", "", &section.question);
            push_list(&mut html, &section.answers);
        }
        html.push_str("</section>\n");
        html
    }
}

fn push_line(text: &mut String, before: &str, line: &str) {
    for part in [before, line, "\n"] {
        text.push_str(part);
    }
}

/// Each pile in words, and beside it as many notes as there are, where they can be counted. A reading voice says the
/// words alone.
fn push_picture(html: &mut String, picture: &MoneyPicture) {
    push_element(html, "p", "", &picture.title);
    html.push_str("<ul class=\"money\">\n");
    for pile in &picture.piles {
        let (class, drawn) = (pile.class(), pile.drawn());
        let _ = write!(html, "<li class=\"{class}\">{}", encode_text(&pile.text));
        if drawn > 0 {
            let piece = format!(" <b>{}</b>", pile.value);
            let _ = write!(html, "<span aria-hidden=\"true\">{}</span>", piece.repeat(drawn));
        }
        html.push_str("</li>\n");
    }
    if let Some(rest) = &picture.rest_text {
        push_element(html, "li", "", rest);
    }
    html.push_str("</ul>\n");
}

pub(crate) fn push_list(html: &mut String, items: &[String]) {
    html.push_str("<ul>\n");
    for item in items {
        push_element(html, "li", "", item);
    }
    html.push_str("</ul>\n");
}

pub(crate) fn push_element(html: &mut String, tag: &str, attributes: &str, text: &str) {
    let language = if text.starts_with(FALLBACK_MARK) { " lang=\"id\"" } else { "" };
    // Writing to a string cannot fail.
    let _ = writeln!(html, "<{tag}{attributes}{language}>{}</{tag}>", encode_text(text));
}
