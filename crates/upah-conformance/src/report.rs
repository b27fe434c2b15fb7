//! What a proof found, for the author and for whoever has to sign for it.
mod html;

use crate::plan::Plan;
use std::fmt::Write;

/// What became of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It held in every case that was drawn.
    Passed {
        /// How many cases.
        cases: u32,
    },
    /// It does not hold.
    Failed {
        /// What happened instead.
        why: String,
        /// The shortest case found in which it does not hold.
        counterexample: String,
    },
    /// Nothing was proved, and this is why.
    NotExercised {
        /// Why.
        why: String,
    },
}

/// One property and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The property's name: what a worker can rely on while it holds.
    pub property: &'static str,
    /// In a sentence, what it protects.
    pub protects: &'static str,
    /// What became of it.
    pub verdict: Verdict,
}

/// The result of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was proved, as its author calls it.
    pub subject: String,
    /// `store` or `rail`.
    pub kind: &'static str,
    /// As the caller told it.
    pub version: String,
    /// As the caller told it.
    pub date: String,
    /// Set when only the properties whose name holds this text were asked for: then it is no proof.
    pub only: Option<String>,
    /// The properties, in the order of the suite.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn of(subject: String, kind: &'static str, plan: &Plan, findings: Result<Vec<Finding>, String>) -> Self {
        let findings = findings.unwrap_or_else(|why| {
            let verdict = Verdict::Failed { why, counterexample: String::new() };
            vec![Finding { property: "the_suite_runs", protects: "Without it nothing is proved.", verdict }]
        });
        let (version, date, only) = (plan.version.clone(), plan.date.clone(), plan.only.clone());
        Self { subject, kind, version, date, only, findings }
    }

    /// Whether nothing failed. What was not exercised is not a failure; the report names it.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed().is_empty()
    }

    /// The names of the properties that failed.
    #[must_use]
    pub fn failed(&self) -> Vec<&'static str> {
        let is_failed = |finding: &&Finding| matches!(finding.verdict, Verdict::Failed { .. });
        self.findings.iter().filter(is_failed).map(|finding| finding.property).collect()
    }

    /// The names of the properties about which nothing was proved.
    #[must_use]
    pub fn not_exercised(&self) -> Vec<&'static str> {
        let is_open = |finding: &&Finding| matches!(finding.verdict, Verdict::NotExercised { .. });
        self.findings.iter().filter(is_open).map(|finding| finding.property).collect()
    }

    /// For a test: nothing to say when all is well.
    ///
    /// # Panics
    /// When a property failed, with the whole report.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.passed(), "{}", self.text());
    }

    /// The report as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "Conformance of the {} {}\nversion {}, {}\n{}\n",
            self.kind,
            self.subject,
            self.version,
            self.date,
            self.summary()
        );
        for finding in &self.findings {
            let word = match finding.verdict {
                Verdict::Passed { .. } => "passed",
                Verdict::Failed { .. } => "FAILED",
                Verdict::NotExercised { .. } => "not exercised",
            };
            // Writing to a text cannot fail.
            let _ = write!(text, "\n[{word}] {}\n    {}\n", finding.property, finding.protects);
            match &finding.verdict {
                Verdict::Passed { cases } => {
                    let _ = writeln!(text, "    Held in {cases} {}.", if *cases == 1 { "case" } else { "cases" });
                }
                Verdict::Failed { why, counterexample } => {
                    let _ = writeln!(text, "    What happened: {why}");
                    if !counterexample.is_empty() {
                        let _ = writeln!(text, "    Shortest case:\n{}", indented(counterexample));
                    }
                }
                Verdict::NotExercised { why } => {
                    let _ = writeln!(text, "    Nothing is proved: {why}");
                }
            }
        }
        text
    }

    /// The report as one page that needs nothing beside it: no script, no font, no picture.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// The result in one sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let (failed, open) = (self.failed().len(), self.not_exercised().len());
        let passed = self.findings.len() - failed - open;
        let part = self.only.as_ref().map_or_else(String::new, |only| {
            format!(" This is a part: only properties with \"{only}\" in their name were asked for.")
        });
        let all = self.findings.len();
        format!("{passed} of {all} properties hold, {failed} failed, {open} were not exercised.{part}")
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("        {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let finding = |property, verdict| Finding { property, protects: "So that <nobody> is paid twice.", verdict };
        let why = "accepted & booked".to_owned();
        Report {
            subject: "Bank <Contoh>".into(),
            kind: "rail",
            version: "1.2".into(),
            date: "2026-11-25".into(),
            only: None,
            findings: vec![
                finding("one", Verdict::Passed { cases: 12 }),
                finding("two", Verdict::Failed { why: why.clone(), counterexample: "a < b".into() }),
                finding("three", Verdict::NotExercised { why }),
            ],
        }
    }

    #[test]
    fn the_report_says_what_failed_and_what_was_not_even_tried() {
        let report = report();
        assert_eq!((report.passed(), report.failed(), report.not_exercised()), (false, vec!["two"], vec!["three"]));
        let text = report.text();
        for part in ["Bank <Contoh>", "1.2", "2026-11-25", "[FAILED] two", "a < b", "[not exercised] three", "1 of 3"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn the_page_stands_alone_and_shows_text_as_text() {
        let page = report().html();
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(
            page.contains("Bank &lt;Contoh&gt;") && page.contains("a &lt; b") && page.contains("accepted &amp; booked")
        );
        for outside in ["http:", "https:", "<script", "<link", "src=", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    #[should_panic(expected = "[FAILED] two")]
    fn a_failed_proof_fails_its_test_with_the_report() {
        report().assert_passed();
    }
}
