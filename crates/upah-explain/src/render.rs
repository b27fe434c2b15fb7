//! A story on paper, on a screen and in a message.

use core::fmt::Write as _;

use html_escape::encode_text;

use crate::story::Story;

impl Story {
    /// Plain text for a terminal or a chat, its lines ended by `\n`. UJI COBA stands first.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for line in self.notice.iter().chain([&self.headline]) {
            text.push_str(line);
            text.push('\n');
        }
        for section in self.questions() {
            text.push('\n');
            text.push_str(&section.question);
            text.push('\n');
            for answer in &section.answers {
                text.push_str("- ");
                text.push_str(answer);
                text.push('\n');
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
        push_element(&mut html, "h1", "", &self.headline);
        push_element(&mut html, "p", " class=\"amount\"", &self.amount_text);
        for section in self.questions() {
            push_element(&mut html, "h2", "", &section.question);
            html.push_str("<ul>\n");
            for answer in &section.answers {
                push_element(&mut html, "li", "", answer);
            }
            html.push_str("</ul>\n");
        }
        html.push_str("</section>\n");
        html
    }
}

fn push_element(html: &mut String, tag: &str, attributes: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(html, "<{tag}{attributes}>{}</{tag}>", encode_text(text));
}
