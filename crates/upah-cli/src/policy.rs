//! The office's policy file; or keys of logs alone, which is a policy that asks for no witness.
use crate::failure::Failure;
use std::path::Path;
use upah_tlog::{Policy, VerifyingKey};

/// Reads the file.
pub(crate) fn read(path: &Path) -> Result<Policy, Failure> {
    let bad = |why: String| Failure::usage("policy", format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|why| bad(format!("cannot be read: {why}")))?;
    parse(&text).map_err(bad)
}

/// A policy in the standard's form when it speaks of witnesses or a quorum; else a key on each line, bare or after `log`.
pub(crate) fn parse(text: &str) -> Result<Policy, String> {
    // Editors on Windows end their lines so and begin their files so.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let lines =
        text.lines().map(str::split_ascii_whitespace).filter_map(|mut words| Some((words.next()?, words.next())));
    let lines: Vec<(&str, Option<&str>)> = lines.filter(|(first, _)| !first.starts_with('#')).collect();
    if lines.iter().any(|(first, _)| matches!(*first, "witness" | "group" | "quorum")) {
        return Policy::parse(&text).map_err(|why| why.to_string());
    }
    let keys = lines.iter().map(|line| match line {
        ("log", Some(vkey)) => VerifyingKey::parse(vkey),
        (vkey, _) => VerifyingKey::parse(vkey),
    });
    let keys: Vec<VerifyingKey> =
        keys.collect::<Result<_, _>>().map_err(|why| format!("a verification key cannot be read: {why}"))?;
    if keys.is_empty() { Err("it holds no verification key".into()) } else { Ok(Policy::of_logs(keys)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upah_tlog::{SigningKey, WitnessSigner};

    #[test]
    fn keys_alone_are_a_policy_and_a_policy_without_its_quorum_is_none() {
        let key = SigningKey::from_seed("upah.example/a", &[1; 32]).unwrap().verifying_key().clone();
        let saksi = WitnessSigner::from_seed("saksi.example", &[2; 32]).unwrap().verifying_key().clone();
        for text in
            [format!("{key}\n"), format!("# kantor\r\n\r\n log {key} \r\n"), format!("\u{feff}log {key} https://a/")]
        {
            assert_eq!(parse(&text), Ok(Policy::of_logs(vec![key.clone()])), "{text:?}");
        }
        let whole = format!("log {key}\r\nwitness saksi {saksi}\r\nquorum saksi\r\n");
        assert_eq!(parse(&whole).unwrap().witnesses().len(), 1);
        for (text, said) in [
            (format!("log {key}\nwitness saksi {saksi}\n"), "line 3 of the policy: a line \"quorum"),
            (String::new(), "no verification key"),
            ("nonsense\n".into(), "cannot be read"),
            (format!("{saksi}\n"), "0x04"),
        ] {
            let why = parse(&text).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
