//! Tag, length, value: the one walk over a payload or a template, which never panics and never allocates.

use core::fmt;

use crate::QrisError;

/// One object: a two-digit tag and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// 0 to 99.
    pub tag: u8,
    /// The value, without tag and length.
    pub value: &'a str,
    /// Byte offset of the tag in the text that was walked.
    pub(crate) at: usize,
}

impl<'a> Object<'a> {
    /// Walks the value as a template.
    pub fn objects(&self) -> Objects<'a> {
        Objects::new(self.value)
    }

    /// The value of the first sub-object with this tag; `None` too when the value is no template.
    #[must_use]
    pub fn inner(&self, tag: u8) -> Option<&'a str> {
        self.objects().map_while(Result::ok).find(|object| object.tag == tag).map(|object| object.value)
    }
}

/// Shows the tag only: a value may be a person's name or account.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({:02}, redacted)", self.tag)
    }
}

/// Iterator over the objects of a text; it ends after the first error.
#[derive(Clone)]
pub struct Objects<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Objects<'a> {
    /// Walks a payload or the value of a template.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { rest: text, at: 0 }
    }
}

impl fmt::Debug for Objects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects(at {}, redacted)", self.at)
    }
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, QrisError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let at = self.at;
        let Some((object, rest)) = split(self.rest, at) else {
            self.rest = "";
            return Some(Err(QrisError::Tlv { at }));
        };
        self.at += self.rest.len() - rest.len();
        self.rest = rest;
        Some(Ok(object))
    }
}

fn split(text: &str, at: usize) -> Option<(Object<'_>, &str)> {
    let tag = two_digits(text.get(..2)?)?;
    let length = usize::from(two_digits(text.get(2..4)?)?);
    let body = text.get(4..)?;
    // The length counts characters, not bytes.
    let end = match body.char_indices().nth(length) {
        Some((end, _)) => end,
        None if body.chars().count() == length => body.len(),
        None => return None,
    };
    let (value, rest) = body.split_at_checked(end)?;
    Some((Object { tag, value, at }, rest))
}

/// `str::parse` would take a sign.
fn two_digits(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}
