//! Where a reference of ours may stand: banks print it into fields of its own, or somewhere in a text.

/// The shortest and the longest reference that a rail can ask for (`upah_core::reference::ReferenceForm`).
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=51;
/// So many texts of a line are looked at; no bank prints more of its references.
const CANDIDATES_MAX: usize = 16;

/// Takes a text whole, then what in it has the form of a reference.
pub(crate) fn collect(references: &mut Vec<String>, text: &str) {
    let text = text.trim();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_reference(word));
    for candidate in std::iter::once(text).filter(|text| is_reference(text)).chain(words) {
        let known = references.iter().any(|known| known == candidate);
        if !known && references.len() < CANDIDATES_MAX {
            references.push(candidate.to_owned());
        }
    }
}

/// Capitals and digits, of the length of a reference, with at least one digit or many letters: a name in capitals is
/// mostly shorter, and would not be found in the store.
fn is_reference(text: &str) -> bool {
    LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut references = Vec::new();
        collect(&mut references, text);
        references
    }

    #[test]
    fn a_reference_is_found_in_its_own_field_and_in_a_remark() {
        assert_eq!(found(" YCCEXPRU33OWELFHOCT2BUYSLD "), ["YCCEXPRU33OWELFHOCT2BUYSLD"]);
        assert_eq!(found("TRF/YCCEXPRU33OWELFHOCT2BUYSLD/SITI CONTOH"), ["YCCEXPRU33OWELFHOCT2BUYSLD"]);
        assert_eq!(found("3658608896121442904"), ["3658608896121442904"]);
        assert!(found("Biaya admin November").is_empty());
    }

    #[test]
    fn a_long_remark_gives_a_bounded_number_of_candidates() {
        let text: Vec<String> = (0..100).map(|n| format!("REFERENCE{n:05}")).collect();
        assert_eq!(found(&text.join(" ")).len(), CANDIDATES_MAX);
    }
}
