//! A real Chromium without a screen and without a network, spoken to over its DevTools pipe: no port, no driver program.
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Nothing of the machine's own profile, nothing that calls home, nothing that needs a graphics card or a sandbox.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
];

/// DevTools read from descriptor 3 and write to 4; messages end with a zero byte.
const PIPES: &str = "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null";

/// A browser with one page open. It ends with the value.
pub(crate) struct Chromium {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    events: VecDeque<Value>,
    session: Option<String>,
    sent: u64,
    folder: TempDir,
}

/// What the page says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// `UTUH`, `TIDAK COCOK`, `BELUM BISA DICEK`, or nothing when the page has no place for it.
    pub(crate) word: String,
    /// The whole verdict.
    pub(crate) text: String,
    /// What was asked of the network, besides the file itself.
    pub(crate) requests: Vec<String>,
}

impl Chromium {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".into());
        let mut command = Command::new("sh");
        command.args(["-c", PIPES, "sh", &program]).args(FLAGS);
        command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
        command.env("HOME", folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("sh starts");
        let (to, from) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let (events, session, sent) = (VecDeque::new(), None, 0);
        let mut browser = Self { process, to, from, events, session, sent, folder };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        browser.call("Page.enable", json!({}));
        browser.call("Network.enable", json!({}));
        let offline = json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
        browser.call("Network.emulateNetworkConditions", offline);
        browser
    }

    /// Opens a file with this content, and reads what it says when everything has been loaded.
    pub(crate) fn open(&mut self, html: &str) -> Shown {
        let url = self.load(html);
        let read = "(() => { const place = document.getElementById('upah-verdict'); \
                    const word = place && place.querySelector('b'); \
                    return [word ? word.textContent : '', place ? place.textContent : '']; })()";
        let said = self.evaluate(read);
        let part = |at: usize| said[at].as_str().unwrap().to_owned();
        let asked = self.events.drain(..).filter(|event| event["method"] == "Network.requestWillBeSent");
        let asked = asked.map(|event| event["params"]["request"]["url"].as_str().unwrap().to_owned());
        // Pictures in the page itself have no place elsewhere, nor has the address of a changed one.
        let requests = asked.filter(|asked| *asked != url && asked.contains("://")).collect();
        Shown { word: part(0), text: part(1), requests }
    }

    /// Opens a file with this content; returns its address.
    pub(crate) fn load(&mut self, html: &str) -> String {
        let file = self.folder.path().join("slip.html");
        fs::write(&file, html).unwrap();
        let url = format!("file://{}", file.display());
        self.events.clear();
        let reply = self.call("Page.navigate", json!({"url": url}));
        assert!(reply.get("errorText").is_none(), "{reply}");
        self.wait_for("Page.loadEventFired");
        url
    }

    /// What the browser writes of the element `html`, before or after its script ran.
    pub(crate) fn outer_html(&mut self) -> String {
        self.evaluate("document.documentElement.outerHTML").as_str().unwrap().to_owned()
    }

    /// Whether scripts of pages run from now on.
    pub(crate) fn allow_scripts(&mut self, allowed: bool) {
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": !allowed}));
    }

    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let reply = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        assert!(reply.get("exceptionDetails").is_none(), "{reply}");
        reply["result"]["value"].clone()
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        write!(self.to, "{message}\0").unwrap();
        self.to.flush().unwrap();
        loop {
            let mut reply = self.read();
            if reply["id"] == self.sent {
                assert!(reply.get("error").is_none(), "{method}: {}", reply["error"]);
                return reply["result"].take();
            }
            self.events.push_back(reply);
        }
    }

    fn wait_for(&mut self, event: &str) {
        while !self.events.iter().any(|seen| seen["method"] == event) {
            let next = self.read();
            self.events.push_back(next);
        }
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "Chromium has ended; is it installed (Debian: the package chromium)?");
        serde_json::from_slice(&bytes).unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to close it ends its own children too; a browser that does not hear it is ended.
        self.sent += 1;
        let _ =
            write!(self.to, "{}\0", json!({"id": self.sent, "method": "Browser.close"})).and_then(|()| self.to.flush());
        let mut rest = Vec::new();
        while self.from.read_until(0, &mut rest).is_ok_and(|read| read > 0) {}
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
