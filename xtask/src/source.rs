//! A source file as lines of code: comments and literals blanked, test code marked.
//!
//! A search for banned words in the plain text would find them in comments, in examples of the
//! documentation and in the rules themselves; a full parser would be a dependency for one question.

/// One line of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// As it is written.
    pub text: String,
    /// The same without comments and without what stands in literals.
    pub code: String,
    /// Whether it belongs to an item under `#[cfg(test)]`.
    pub is_test: bool,
}

/// Splits a source into its lines.
pub fn lines(source: &str) -> Vec<Line> {
    let code = blank(source);
    let tests = test_ranges(&code);
    let mut offset = 0;
    source
        .split('\n')
        .zip(code.split('\n'))
        .enumerate()
        .map(|(index, (text, code))| {
            let start = offset;
            offset += code.len() + 1;
            Line {
                number: index + 1,
                text: text.to_owned(),
                code: code.to_owned(),
                is_test: tests.iter().any(|(from, to)| *from < offset && start <= *to),
            }
        })
        .collect()
}

/// Whether a word stands in the code. What stands before it must not be a letter when the word begins
/// with one, what stands after it must not continue a name: `1_f64` holds `f64`, `reprintln!` does not
/// hold `println!`.
pub fn has_word(code: &str, word: &str) -> bool {
    let begins_with_letter = word.starts_with(char::is_alphabetic);
    let ends_with_name = word.ends_with(is_name);
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let continues_left = begins_with_letter && before.is_some_and(char::is_alphabetic);
        let continues_right = ends_with_name && after.is_some_and(is_name);
        !continues_left && !continues_right
    })
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What the scanner is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    LineComment,
    BlockComment { depth: usize },
    Text { hashes: Option<usize> },
}

/// The source with every character of a comment or a literal replaced by a space; line ends stay.
fn blank(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut inside = Inside::Code;
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let (next, width, shown) = step(&chars, i, inside);
        for k in 0..width {
            match chars.get(i + k) {
                Some('\n') => out.push('\n'),
                Some(&c) if shown => out.push(c),
                Some(_) => out.push(' '),
                None => {}
            }
        }
        // An end of line always ends a line comment, whatever stood before it.
        inside = if c == '\n' && next == Inside::LineComment { Inside::Code } else { next };
        i += width;
    }
    out
}

/// What follows from the characters at `i`: the next state, how many characters it took, and whether
/// they are code.
fn step(chars: &[char], i: usize, inside: Inside) -> (Inside, usize, bool) {
    let starts = |text: &str| text.chars().enumerate().all(|(k, c)| chars.get(i + k) == Some(&c));
    match inside {
        Inside::Code if starts("//") => (Inside::LineComment, 2, false),
        Inside::Code if starts("/*") => (Inside::BlockComment { depth: 1 }, 2, false),
        Inside::Code if starts("\"") => (Inside::Text { hashes: None }, 1, true),
        Inside::Code if starts("r\"") || starts("r#") => match raw_text(chars, i) {
            Some(hashes) => (Inside::Text { hashes: Some(hashes) }, hashes + 2, true),
            None => (Inside::Code, 1, true),
        },
        Inside::Code if starts("'") => (Inside::Code, char_literal(chars, i).unwrap_or(1), false),
        Inside::Code => (Inside::Code, 1, true),
        Inside::LineComment => (Inside::LineComment, 1, false),
        Inside::BlockComment { depth } if starts("/*") => (Inside::BlockComment { depth: depth + 1 }, 2, false),
        Inside::BlockComment { depth: 1 } if starts("*/") => (Inside::Code, 2, false),
        Inside::BlockComment { depth } if starts("*/") => (Inside::BlockComment { depth: depth - 1 }, 2, false),
        Inside::BlockComment { .. } => (inside, 1, false),
        Inside::Text { hashes: None } if starts("\\") => (inside, 2, false),
        Inside::Text { hashes: None } if starts("\"") => (Inside::Code, 1, true),
        Inside::Text { hashes: Some(n) } if starts("\"") && (1..=n).all(|k| chars.get(i + k) == Some(&'#')) => {
            (Inside::Code, n + 1, true)
        }
        Inside::Text { .. } => (inside, 1, false),
    }
}

/// The number of hashes of the raw string that begins here, if one does (`r#type` is a name).
fn raw_text(chars: &[char], i: usize) -> Option<usize> {
    let is_prefix = i.checked_sub(1).and_then(|k| chars.get(k)).is_none_or(|c| !is_name(*c) || *c == 'b' || *c == 'c');
    let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
    (is_prefix && chars.get(i + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// How long the character literal that begins here is; `None` for a lifetime.
fn char_literal(chars: &[char], i: usize) -> Option<usize> {
    if chars.get(i + 1) == Some(&'\\') {
        // The character after the backslash may itself be a quote.
        let close = chars.get(i + 3..)?.iter().take(12).position(|c| *c == '\'')?;
        return Some(close + 4);
    }
    (chars.get(i + 2) == Some(&'\'')).then_some(3)
}

/// Where items under `#[cfg(test)]` begin and end, as offsets in the blanked code.
fn test_ranges(code: &str) -> Vec<(usize, usize)> {
    const MARK: &str = "#[cfg(test)]";
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code, start + MARK.len());
        ranges.push((start, end));
        from = end.max(start + MARK.len());
    }
    ranges
}

/// The offset of the `;` or of the closing brace that ends the item beginning at `from`.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[from..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return from + at,
            '}' => depth -= 1,
            ';' if depth == 0 => return from + at,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        lines(source).into_iter().map(|line| line.code).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        for hidden in [
            "// x.unwrap()",
            "/// x.unwrap()",
            "/* x /* .unwrap() */ .unwrap() */",
            r#"let a = "x.unwrap() \" .unwrap()";"#,
            "let a = r#\"\" .unwrap() \"\"#;",
            "let a = br\"\\\" ; // .unwrap()",
            "let a = ('\"', '\\'', '\\\"'); // .unwrap()",
        ] {
            assert!(!code(hidden).contains("unwrap"), "{hidden}");
        }
    }

    #[test]
    fn code_after_a_literal_or_a_comment_is_code() {
        for shown in [
            "/* a */ x.unwrap()",
            r#""\\".parse().unwrap()"#,
            "r#\"\"#.parse().unwrap()",
            "f('\"').unwrap()",
            "f('\\'').unwrap()",
            "f('\\u{1f}').unwrap()",
            "fn f<'a>(x: &'a str) { x.unwrap() }",
            "// a\nx.unwrap()",
            "r#type.unwrap()",
        ] {
            assert!(code(shown).contains(".unwrap()"), "{shown}");
        }
    }

    #[test]
    fn a_blanked_source_has_the_lines_of_the_source() {
        let source = "a \"one\ntwo\" /* three\nfour */ b\n// é\nc";
        let read = lines(source);
        assert_eq!(read.len(), 5);
        assert!(read[2].code.contains('b') && read[4].code.contains('c'));
        assert_eq!(read.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"), source);
    }

    #[test]
    fn only_the_item_under_cfg_test_is_test_code() {
        let marked = |source: &str| lines(source).into_iter().map(|line| line.is_test).collect::<Vec<_>>();
        assert_eq!(marked("#[cfg(test)]\nmod tests;\nfn a() {}"), [true, true, false]);
        assert_eq!(
            marked("a\n#[cfg(test)]\nmod t {\n fn a() { b(); }\n}\nfn c() {}"),
            [false, true, true, true, true, false]
        );
        assert_eq!(marked("é\n#[cfg(test)]\nuse a::{b, c};\nd"), [false, true, true, false]);
    }

    #[test]
    fn a_word_is_found_as_a_word() {
        assert!(has_word("let a: f64 = 1_f64;", "f64") && has_word("1f64", "f64") && has_word("as_f64()", "f64"));
        assert!(!has_word("buf64", "f64") && !has_word("f64x", "f64"));
        assert!(has_word("println!(", "println!") && !has_word("eprintln!(", "println!"));
        assert!(has_word("a.unwrap()", ".unwrap()") && !has_word("a.unwrap_err()", ".unwrap()"));
    }
}
