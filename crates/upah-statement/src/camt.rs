//! A statement in ISO 20022 camt.053 (`BkToCstmrStmt`).
//!
//! The elements are known by their local names, so every version from 001.02 on is read alike; what this reader does
//! not know it passes over. A document type is refused: nothing is expanded.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use upah_core::bank_statement::{BookingDay, StatementLine};
use upah_payfile::RowError;

use crate::Mistakes;

mod build;
mod entry;
mod value;

use build::Build;

/// The deepest nesting that is followed; camt.053 needs about fifteen.
const DEPTH_MAX: usize = 64;
/// What of a text is kept.
const TEXT_BYTES_MAX: usize = 4096;

/// The lines, and the first and last day if the file names them.
pub(crate) type Read = (Vec<StatementLine>, Option<(BookingDay, BookingDay)>);

pub(crate) fn read(bytes: &[u8]) -> Result<Read, Mistakes> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let message = "the file is not UTF-8; ask the bank for camt.053 in UTF-8";
        return Err(Mistakes::one(RowError::new(1, "", "", "not_utf8", message)));
    };
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    let mut build = Build::default();
    loop {
        match reader.read_event() {
            Err(_) => return Err(broken(&build, "this is no well-formed XML from here on; is the file complete?")),
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_)) => return Err(broken(&build, "a document type has no place in a statement")),
            Ok(Event::Start(start)) => {
                if path.len() >= DEPTH_MAX {
                    return Err(broken(&build, "the elements are nested too deep for a statement"));
                }
                open(&mut path, &start, &mut build);
                content.clear();
            }
            Ok(Event::Empty(start)) => {
                if path.len() < DEPTH_MAX {
                    open(&mut path, &start, &mut build);
                    build.close(&path, "");
                    path.pop();
                }
                content.clear();
            }
            Ok(Event::End(_)) => {
                build.close(&path, content.trim());
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
                    (None, None) => return Err(broken(&build, "an entity is used that XML does not know")),
                }
            }
            Ok(Event::Decl(_) | Event::Comment(_) | Event::PI(_)) => {}
        }
    }
    if !path.is_empty() {
        return Err(broken(&build, "the file ends in the middle of an element; is it complete?"));
    }
    build.finish()
}

fn open(path: &mut Vec<String>, start: &BytesStart<'_>, build: &mut Build) {
    path.push(start.local_name().as_ref().to_owned());
    let currency = start.try_get_attribute("Ccy").ok().flatten();
    build.open(path, currency.map(|attribute| attribute.value.into_owned()));
}

fn add(content: &mut String, text: &str) {
    if content.len() + text.len() <= TEXT_BYTES_MAX {
        content.push_str(text);
    }
}

fn broken(build: &Build, message: &str) -> Mistakes {
    Mistakes::one(RowError::new(build.row().max(1), "", "", "xml_syntax", message))
}
