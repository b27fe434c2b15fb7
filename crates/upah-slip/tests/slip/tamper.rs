//! Everything that can be changed in a slip, one thing at a time.
use serde_json::Value;

/// A changed file, and what was done to it.
pub(crate) struct Tampered {
    pub(crate) what: String,
    pub(crate) html: String,
}

const MACHINE: (&str, &str) = ("<script type=\"application/json\" id=\"upah-slip\">", "</script>");

/// The page before the machine part, the machine part, and the page after it.
pub(crate) fn parts(html: &str) -> (&str, &str, &str) {
    let at = html.find(MACHINE.0).unwrap() + MACHINE.0.len();
    let end = at + html[at..].find(MACHINE.1).unwrap();
    (&html[..at], &html[at..end], &html[end..])
}

/// What a person sees, and how it looks: every text and every attribute, lines dropped, swapped and added.
pub(crate) fn visible(html: &str) -> Vec<Tampered> {
    let (page, machine, after) = parts(html);
    let mut all = Vec::new();
    let mut add = |what: String, page: String| all.push(Tampered { what, html: format!("{page}{machine}{after}") });
    let (mut at, shown) = (0, page.rfind(MACHINE.0).unwrap());
    while at < shown {
        let rest = &page[at..shown];
        let length =
            if rest.starts_with('<') { rest.find('>').unwrap() + 1 } else { rest.find('<').unwrap_or(rest.len()) };
        let token = &rest[..length];
        let changes = if token.starts_with('<') { attributes(token) } else { texts(token) };
        for changed in changes {
            add(format!("{token:?} to {changed:?}"), format!("{}{changed}{}", &page[..at], &page[at + length..]));
        }
        at += length;
    }
    let lines: Vec<&str> = page[..shown].split_inclusive('\n').collect();
    for n in 0..lines.len() {
        let without: String = lines.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, line)| *line).collect();
        add(format!("line {n} dropped: {:?}", lines[n]), format!("{without}{}", &page[shown..]));
        if n > 0 && lines[n] != lines[n - 1] {
            let mut swapped = lines.clone();
            swapped.swap(n, n - 1);
            add(format!("line {n} moved up: {:?}", lines[n]), format!("{}{}", swapped.concat(), &page[shown..]));
        }
    }
    let paid = "<p>LUNAS</p>";
    add("a line added".into(), format!("{}{paid}{}", &page[..shown], &page[shown..]));
    all.push(Tampered { what: "a line behind the end".into(), html: format!("{html}{paid}") });
    all.push(Tampered {
        what: "a line behind the script".into(),
        html: html.replace("</body>", &format!("{paid}</body>")),
    });
    all
}

/// The same text with one sign changed, and without it.
fn texts(text: &str) -> Vec<String> {
    let is_told = |c: &char| c.is_alphanumeric();
    let Some(sign) = text.chars().find(is_told) else { return Vec::new() };
    let other = if sign == '9' {
        '8'
    } else if sign.is_ascii_digit() {
        '9'
    } else if sign == 'x' {
        'y'
    } else {
        'x'
    };
    vec![text.replacen(sign, &other.to_string(), 1), String::new()]
}

/// The tag with each attribute's value changed, and without the attribute.
fn attributes(tag: &str) -> Vec<String> {
    let mut changes = Vec::new();
    let mut at = 0;
    while let Some(found) = tag[at..].find("=\"") {
        let value = at + found + 2;
        let end = value + tag[value..].find('"').unwrap();
        let name = tag[..value - 2].rfind(' ').unwrap();
        let changed = texts(&tag[value..end]).remove(0);
        changes.push(format!("{}{changed}{}", &tag[..value], &tag[end..]));
        changes.push(format!("{}{}", &tag[..name], &tag[end + 1..]));
        at = end + 1;
    }
    changes
}

/// Every value of the machine part, and every value of every record in it, in the form that is written.
pub(crate) fn machine(html: &str) -> Vec<Tampered> {
    let (before, json, after) = parts(html);
    let genuine: Value = serde_json::from_str(json).unwrap();
    let written = |value: &Value| {
        let json = upah_core::canonical::to_canonical(value).unwrap().replace('<', "\\u003c");
        format!("{before}{json}{after}")
    };
    assert_eq!(written(&genuine), html);
    let mut all = Vec::new();
    for place in places(&genuine) {
        let mut changed = genuine.clone();
        let value = changed.pointer_mut(&place).unwrap();
        let nested = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
        *value = other(value);
        all.push(Tampered { what: place.clone(), html: written(&changed) });
        let Some(record) = nested else { continue };
        for inner in places(&record) {
            let (mut slip, mut record) = (genuine.clone(), record.clone());
            let value = record.pointer_mut(&inner).unwrap();
            *value = other(value);
            let record = upah_core::canonical::to_canonical(&record).unwrap();
            *slip.pointer_mut(&place).unwrap() = record.into();
            all.push(Tampered { what: format!("{place} {inner}"), html: written(&slip) });
        }
    }
    all
}

/// Every path to a plain value.
fn places(value: &Value) -> Vec<String> {
    let within =
        |at: &str, value: &Value| places(value).into_iter().map(|rest| format!("/{at}{rest}")).collect::<Vec<_>>();
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| within(name, value)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(n, item)| within(&n.to_string(), item)).collect(),
        _ => vec![String::new()],
    }
}

/// Another value of the same kind.
fn other(value: &Value) -> Value {
    match value {
        Value::Null => true.into(),
        Value::Bool(is) => (!is).into(),
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::String(text) => {
            // A sign in the middle: at the end of base64 several signs may say the same.
            let middle = text.char_indices().nth(text.chars().count() / 2);
            let Some((at, sign)) = middle else { return "x".into() };
            let other = if sign == '1' { "2" } else { "1" };
            format!("{}{other}{}", &text[..at], &text[at + sign.len_utf8()..]).into()
        }
        Value::Array(_) | Value::Object(_) => unreachable!("a plain value"),
    }
}
