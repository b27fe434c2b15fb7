//! The report as one page: readable on paper, by somebody who has never seen the code.
use super::{Finding, Report, Verdict};
use html_escape::encode_text;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;\
color:#111;background:#fff}h1{font-size:1.5rem}h2{font-size:1rem;margin:0 0 .25rem;overflow-wrap:anywhere}\
section{border:1px solid #999;border-left-width:.5rem;padding:.75rem 1rem;margin:1rem 0;break-inside:avoid}\
.passed{border-color:#1a7f37}.failed{border-color:#b42318}.open{border-color:#8a6d00}p{margin:.25rem 0}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f3;padding:.5rem}dt{font-weight:600}";

/// See [`Report::html`].
pub(super) fn page(report: &Report) -> String {
    let sections: String = report.findings.iter().map(section).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Conformance of {subject}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>Conformance of the {kind} {subject}</h1>\n\
         <dl><dt>Version</dt><dd>{version}</dd><dt>Date</dt><dd>{date}</dd><dt>Result</dt><dd>{summary}</dd></dl>\n\
         <p>Each property below was tried with random cases against the {kind} itself. A property that passed was \
         not broken by any of them; that is evidence and not a proof for every case there is. What was not \
         exercised is not known.</p>\n{sections}</body>\n</html>\n",
        subject = encode_text(&report.subject),
        kind = report.kind,
        version = encode_text(&report.version),
        date = encode_text(&report.date),
        summary = encode_text(&report.summary()),
    )
}

fn section(finding: &Finding) -> String {
    let (class, word, more) = match &finding.verdict {
        Verdict::Passed { cases } => ("passed", "Passed", format!("<p>Held in {cases} cases.</p>")),
        Verdict::Failed { why, counterexample } => {
            let shortest = if counterexample.is_empty() {
                String::new()
            } else {
                format!("<p>The shortest case found:</p><pre>{}</pre>", encode_text(counterexample))
            };
            ("failed", "FAILED", format!("<p>What happened: {}</p>{shortest}", encode_text(why)))
        }
        Verdict::NotExercised { why } => {
            ("open", "Not exercised", format!("<p>Nothing is proved: {}</p>", encode_text(why)))
        }
    };
    let name = finding.property.replace('_', " ");
    format!(
        "<section class=\"{class}\">\n<h2>{word}: {}</h2>\n<p>{}</p>\n{more}\n</section>\n",
        encode_text(&name),
        encode_text(finding.protects)
    )
}
