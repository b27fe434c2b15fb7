//! The one way through an XML file here: a pull reader that expands no entities and follows no document type, so that a
//! hostile file costs no more than its length.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// The deepest nesting that is followed; ISO 20022 needs about fifteen.
const DEPTH_MAX: usize = 64;
/// What of a text is kept.
const TEXT_BYTES_MAX: usize = 4096;

/// What is told of a file, element by element. Elements are named by their local names; the last of `path` is the one
/// that begins or ends.
pub trait Visitor {
    /// An element begins, with its `Ccy` if it has one.
    fn open(&mut self, path: &[String], currency: Option<String>);
    /// An element ends. `text` is what stood in it last, trimmed: of a leaf its whole value.
    fn close(&mut self, path: &[String], text: &str);
}

/// Why a file is no XML that can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Broken {
    /// `not_utf8` or `xml_syntax`.
    pub code: &'static str,
    /// In words.
    pub message: &'static str,
}

/// Tells the visitor of every element. On an error it has been told of what came before: nothing of that may be taken.
///
/// # Errors
/// [`Broken`]: no UTF-8, not well-formed, cut short, a document type, or an entity that XML does not know.
pub fn walk(bytes: &[u8], visitor: &mut impl Visitor) -> Result<(), Broken> {
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Broken { code: "not_utf8", message: "the file is not UTF-8; ask the bank for it in UTF-8" });
    };
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    loop {
        match reader.read_event() {
            Err(_) => return Err(broken("this is no well-formed XML from here on; is the file complete?")),
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_)) => return Err(broken("a document type has no place in a bank's file")),
            Ok(Event::Start(start)) => {
                if path.len() >= DEPTH_MAX {
                    return Err(broken("the elements are nested too deep for a bank's file"));
                }
                open(&mut path, &start, visitor);
                content.clear();
            }
            Ok(Event::Empty(start)) => {
                if path.len() < DEPTH_MAX {
                    open(&mut path, &start, visitor);
                    visitor.close(&path, "");
                    path.pop();
                }
                content.clear();
            }
            Ok(Event::End(_)) => {
                visitor.close(&path, content.trim());
                path.pop();
                content.clear();
            }
            Ok(Event::Text(text)) => add(&mut content, &text.xml10_content()),
            Ok(Event::CData(text)) => add(&mut content, &text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let known = reference.xml10_content();
                let letter = reference.resolve_char_ref().ok().flatten();
                match (letter, resolve_predefined_entity(&known)) {
                    (Some(letter), _) => add(&mut content, letter.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => add(&mut content, text),
                    (None, None) => return Err(broken("an entity is used that XML does not know")),
                }
            }
            Ok(Event::Decl(_) | Event::Comment(_) | Event::PI(_)) => {}
        }
    }
    if path.is_empty() { Ok(()) } else { Err(broken("the file ends in the middle of an element; is it complete?")) }
}

fn open(path: &mut Vec<String>, start: &BytesStart<'_>, visitor: &mut impl Visitor) {
    path.push(start.local_name().as_ref().to_owned());
    let currency = start.try_get_attribute("Ccy").ok().flatten();
    visitor.open(path, currency.map(|attribute| attribute.value.into_owned()));
}

fn add(content: &mut String, text: &str) {
    if content.len() + text.len() <= TEXT_BYTES_MAX {
        content.push_str(text);
    }
}

fn broken(message: &'static str) -> Broken {
    Broken { code: "xml_syntax", message }
}

/// The names below `Document/<message>`, for the messages of this name; `None` when the path is another.
pub fn below<'a>(path: &'a [String], message: &str) -> Option<&'a [String]> {
    match path {
        [document, root, below @ ..] if document == "Document" && root == message => Some(below),
        _ => None,
    }
}
