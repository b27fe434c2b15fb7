//! Witnesses: two real ones cosign a book, a slip is genuine by their word and on their day, and neither lets a book go
//! back, whatever is asked at the same moment.
use crate::payroll;
use crate::world::{Output, RAILS, World};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};
use upah_tlog::witness::{AddCheckpoint, origin_hash};
use upah_tlog::{
    Checkpoint, MemoryTree, SignedNote, SigningKey, VerifyingKey, WitnessKey, consistency_proof, leaf_hash, root_at,
};

/// A witness at work, in the world's folder.
struct Witness {
    child: Child,
    url: String,
    vkey: String,
}

impl Witness {
    fn start(world: &World, name: &str, logs: &str) -> Self {
        world.write(&format!("{name}.logs"), logs);
        let arguments = Self::arguments(name);
        let mut child = world.command(&format!("{arguments} --listen 127.0.0.1:0 --json")).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{}", said(&mut child)));
        let text = |field: &str| told[field].as_str().unwrap().to_owned();
        Self { url: text("url"), vkey: text("vkey"), child }
    }

    fn arguments(name: &str) -> String {
        format!("witness serve --key {name}.key --name {name}.example/saksi --logs {name}.logs --state {name}.state")
    }

    /// Killed without a word, as by a power cut.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Status, content type and body of an answer.
fn http(url: &str, method: &str, path: &str, body: &[u8]) -> (u16, String, String) {
    answer(send(url, method, path, body, body.len()))
}

/// A request whose body is so long, of which this much is sent already.
fn send(url: &str, method: &str, path: &str, body: &[u8], length: usize) -> TcpStream {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.set_nodelay(true).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n").unwrap();
    // A body that is too long is answered before it is read to its end.
    let _ = stream.write_all(body);
    stream
}

fn answer(mut stream: TcpStream) -> (u16, String, String) {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    // Hung up on in mid-sentence, and that was the answer.
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return (0, String::new(), String::new()) };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
    (status, kind.to_owned(), body.to_owned())
}

/// A paid world, and its log's verification key.
fn paid() -> (World, String) {
    let world = World::new();
    let output = world.pay(&payroll::november(3));
    assert_eq!(output.code, Some(0), "{output:?}");
    let vkey = output.json["log"]["vkey"].as_str().unwrap().to_owned();
    (world, vkey)
}

fn cosign(world: &World, more: &str) -> Output {
    world.upah(&format!("log cosign --policy office.policy {more} {RAILS}"))
}

fn verdict<'o>(output: &'o Output, because: &str) -> (Option<i32>, &'o str) {
    assert!(output.json["intact"] == true, "{because}: {output:?}");
    (output.code, output.json["verdict"].as_str().unwrap_or_default())
}

#[test]
fn two_witnesses_make_a_slip_genuine_and_one_does_not() {
    let (world, vkey) = paid();
    let (bandung, garut) = (Witness::start(&world, "bandung", &vkey), Witness::start(&world, "garut", &vkey));
    let policy = format!(
        "log {vkey}\nwitness bandung {} {}\nwitness garut {} {}/\ngroup kantor all bandung garut\nquorum kantor\n",
        bandung.vkey, bandung.url, garut.vkey, garut.url
    );
    world.write("office.policy", &policy);
    let id = world.payments().remove(1).id;
    let slip = |name: &str| assert_eq!(world.upah(&format!("slip {id} --out {name} {RAILS}")).code, Some(0));

    let one = cosign(&world, &format!("--witness {}", bandung.url));
    assert_eq!((one.code, &one.json["quorum"]["missing"]), (Some(3), &1.into()), "{one:?}");
    slip("one.html");
    let output = world.upah("verify one.html --policy office.policy --json");
    assert_eq!(verdict(&output, "one"), (Some(1), "BELUM BISA DICEK"), "{output:?}");
    assert_eq!(output.json["witnesses"], serde_json::json!({"missing": 1, "of": "kantor"}));

    let both = cosign(&world, "");
    assert_eq!(both.code, Some(0), "{both:?}");
    assert_eq!(both.json["witnesses"].as_array().unwrap().len(), 2, "the addresses stand in the policy");
    slip("both.html");
    world.write("head", &world.upah("log checkpoint --rails upah.toml").out);
    assert_eq!(world.read("head").matches("\n\u{2014} ").count(), 3, "the log and both witnesses");
    world.write("proof", &world.upah(&format!("log prove {id} --rails upah.toml")).out);
    assert_eq!(world.upah(&format!("log export tree {RAILS}")).code, Some(0));
    for file in ["both.html", "head", "proof", "tree"] {
        let output = world.upah(&format!("verify {file} --policy office.policy --json"));
        assert_eq!(verdict(&output, file), (Some(0), "ASLI"), "{output:?}");
        assert_eq!(output.json["witnesses"]["by"], both.json["quorum"]["by"], "{output:?}");
        assert_eq!(output.json["witnesses"]["day"], both.json["quorum"]["day"]);
        // The key alone asks for no witness, and then there is no day.
        let keyed = world.upah(&format!("verify {file} --log-key {vkey} --json"));
        assert_eq!((verdict(&keyed, file).1, keyed.json["witnesses"].is_null()), ("ASLI", true), "{keyed:?}");
    }
    world.assert_book_fits();

    // The book grows, and the witnesses go on from where they stand; so does one that was killed.
    bandung.kill();
    let bandung = Witness::start(&world, "bandung", &vkey);
    assert_eq!(world.pay(&payroll::november(5)).code, Some(0));
    let urls = format!("--witness {} --witness {}", bandung.url, garut.url);
    let grown = cosign(&world, &urls);
    assert_eq!(grown.code, Some(0), "{grown:?}");
    assert!(grown.json["size"].as_u64() > both.json["size"].as_u64());
    world.assert_book_fits();
}

#[test]
fn a_book_that_went_back_or_was_rewritten_finds_no_witness() {
    let (world, vkey) = paid();
    let witness = Witness::start(&world, "bandung", &vkey);
    let policy = format!("log {vkey}\nwitness bandung {} {}\nquorum bandung\n", witness.vkey, witness.url);
    world.write("office.policy", &policy);
    world.copy_store("before");
    assert_eq!(world.pay(&payroll::november(5)).code, Some(0));
    assert_eq!(cosign(&world, "").code, Some(0));

    // Whoever restores the store removes the head beside it, too; the witness does not forget.
    world.restore_store("before");
    std::fs::remove_file(world.path("upah.db.head")).unwrap();
    let back = cosign(&world, "");
    assert_eq!(back.code, Some(1), "{back:?}");
    assert!(back.json["witnesses"][0]["contradicts"].as_str().unwrap().contains("went back"), "{back:?}");
    // Another history of at least that length, under the same key.
    world.pay(&payroll::november(9));
    let forked = cosign(&world, "");
    assert_eq!(forked.code, Some(1), "{forked:?}");
    assert!(forked.json["witnesses"][0]["contradicts"].as_str().unwrap().contains("not the beginning"), "{forked:?}");
    world.write("head", &world.upah("log checkpoint --rails upah.toml").out);
    let output = world.upah("verify head --policy office.policy --json");
    assert_eq!(verdict(&output, "forked"), (Some(1), "BELUM BISA DICEK"), "{output:?}");
}

/// A log of the test's own, of which a witness can be asked anything.
struct Log {
    key: SigningKey,
    tree: MemoryTree,
}

impl Log {
    fn of(size: u64) -> Self {
        let key = SigningKey::from_seed("upah.example/test", &[1; 32]).unwrap();
        Self { key, tree: (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect() }
    }

    fn vkey(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    fn request(&self, old: u64, new: u64) -> String {
        let head = Checkpoint::new(self.key.name(), new, root_at(new, &self.tree).unwrap()).unwrap();
        let note = SignedNote::parse(&head.sign(&self.key).unwrap()).unwrap();
        let proof = consistency_proof(old, new, &self.tree).unwrap_or_default();
        AddCheckpoint::new(old, proof, note).unwrap().to_string()
    }
}

/// What a witness cosigned, and when that was asked and answered.
struct Cosigned {
    asked: Duration,
    answered: Duration,
    old: u64,
    new: u64,
}

/// One of several who ask the same witness.
struct Asker<'a> {
    log: &'a Log,
    url: &'a str,
    /// What the witness has to have kept before it answers.
    kept: std::path::PathBuf,
    began: Instant,
}

impl Asker<'_> {
    fn ask(&self, old: u64, new: u64) -> Result<Cosigned, u64> {
        let (request, asked) = (self.log.request(old, new), self.began.elapsed());
        self.answered(asked, old, new, http(self.url, "POST", "/add-checkpoint", request.as_bytes()))
    }

    /// What was cosigned, or the size at which the witness stands.
    fn answered(&self, asked: Duration, old: u64, new: u64, answer: (u16, String, String)) -> Result<Cosigned, u64> {
        let answered = self.began.elapsed();
        match answer {
            (200, _, lines) => {
                assert!(lines.starts_with("\u{2014} bandung.example/saksi "), "{lines}");
                let kept = std::fs::read_to_string(&self.kept).unwrap();
                let kept = Checkpoint::open(&kept, self.log.vkey()).unwrap().size();
                assert!(kept >= new, "{new} was cosigned, and {kept} is what would be left after a power cut");
                Ok(Cosigned { asked, answered, old, new })
            }
            (409, kind, size) => {
                assert_eq!(kind, "text/x.tlog.size");
                Err(size.trim_end().parse().unwrap())
            }
            other => panic!("{other:?}"),
        }
    }

    /// Eight heads that continue the same one, at the same moment: one of them is cosigned, round after round.
    fn race_from_one_head(&self) -> Vec<Cosigned> {
        let mut course: Vec<Cosigned> = Vec::new();
        for _ in 0..48 {
            let old = course.last().map_or(0, |last| last.new);
            let requests: Vec<_> = (old + 1..=old + 8).map(|new| (new, self.log.request(old, new))).collect();
            // All but the last byte of each is there before the first is whole.
            let begun: Vec<_> = requests
                .iter()
                .map(|(new, request)| {
                    let (most, last) = request.as_bytes().split_at(request.len() - 1);
                    (*new, send(self.url, "POST", "/add-checkpoint", most, request.len()), last)
                })
                .collect();
            let asked = self.began.elapsed();
            begun.iter().for_each(|(_, stream, last)| {
                let mut stream = stream;
                stream.write_all(last).unwrap()
            });
            let answers = begun.into_iter().map(|(new, stream, _)| self.answered(asked, old, new, answer(stream)));
            let mut winners: Vec<_> = answers.filter_map(Result::ok).collect();
            let sizes: Vec<_> = winners.iter().map(|one| one.new).collect();
            assert_eq!(sizes.len(), 1, "from {old} on, {sizes:?} were cosigned");
            course.append(&mut winners);
        }
        course
    }

    /// Each goes on from what the witness told it last, slow ones and fast ones.
    fn race_freely(&self, size: u64) -> Vec<Cosigned> {
        std::thread::scope(|scope| {
            let course = |thread: u64| {
                let (mut seen, mut cosigned) = (0, Vec::new());
                for step in 0..40 {
                    let new = (seen + 1 + (thread * 7 + step * 5) % 23).min(size);
                    match self.ask(seen, new) {
                        Ok(one) => {
                            cosigned.push(one);
                            seen = new;
                        }
                        Err(stands) => seen = stands,
                    }
                }
                cosigned
            };
            let threads: Vec<_> = (0..8_u64).map(|thread| scope.spawn(move || course(thread))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    }
}

/// The race of the specification: a slow request for a smaller head must not take back what was cosigned meanwhile.
#[test]
fn asked_by_many_at_once_a_witness_never_goes_back() {
    const SIZE: u64 = 600;
    let (world, log) = (World::new(), Log::of(SIZE));
    let witness = Witness::start(&world, "bandung", &log.vkey().to_string());
    let hash = origin_hash(log.key.name()).to_hex();
    let kept = world.path(&format!("bandung.state/{hash}/checkpoint"));
    let asker = Asker { log: &log, url: &witness.url, kept, began: Instant::now() };
    let mut cosigned = asker.race_from_one_head();
    cosigned.extend(asker.race_freely(SIZE));
    // Whatever was answered before another question was asked is not above its answer.
    for one in &cosigned {
        for before in cosigned.iter().filter(|before| before.answered <= one.asked) {
            assert!(before.new <= one.new, "{} was cosigned, and then {}", before.new, one.new);
        }
    }
    // And every head continues the one that was cosigned before it, not one that another has continued already.
    let mut growth: Vec<_> = cosigned.iter().map(|one| (one.old, one.new)).filter(|(old, new)| old < new).collect();
    growth.sort_unstable();
    let mut furthest = 0;
    for (old, new) in growth {
        assert_eq!(old, furthest, "{new} was cosigned from {old} on, where the witness did not stand");
        furthest = new;
    }
    let (status, _, head) = http(&witness.url, "GET", &format!("/{hash}/checkpoint"), b"");
    assert_eq!((status, Checkpoint::open(&head, log.vkey()).unwrap().size()), (200, furthest));
    let key = WitnessKey::parse(&witness.vkey).unwrap();
    assert_eq!(SignedNote::parse(&head).unwrap().cosignatures(&[&key]).unwrap().len(), 1);

    // What was given away survives a power cut.
    witness.kill();
    let witness = Witness::start(&world, "bandung", &log.vkey().to_string());
    let (status, _, size) = http(&witness.url, "POST", "/add-checkpoint", log.request(0, 3).as_bytes());
    assert_eq!((status, size), (409, format!("{furthest}\n")));
}

#[test]
fn what_is_no_request_of_a_known_log_is_refused_by_the_standard_s_status() {
    let (world, log) = (World::new(), Log::of(9));
    let witness = Witness::start(&world, "bandung", &log.vkey().to_string());
    let post = |body: &str| http(&witness.url, "POST", "/add-checkpoint", body.as_bytes()).0;
    assert_eq!(post("nonsense"), 400);
    assert_eq!(post(&log.request(0, 5).replace("upah.example", "other.example")), 404);
    assert_eq!(post(&log.request(0, 5).replace("\n5\n", "\n6\n")), 403);
    assert_eq!(post(&log.request(0, 5).replace("old 0", "old 6")), 400);
    assert_eq!(post(&log.request(0, 5)), 200);
    assert_eq!(post(&log.request(5, 9).replace("old 5", "old 4")), 409);
    assert_eq!(post(&log.request(4, 9).replace("old 4", "old 5")), 422);
    assert!(matches!(post(&"a".repeat(1_000_000)), 413 | 0));
    assert_eq!(http(&witness.url, "GET", "/add-checkpoint", b"").0, 405);
    assert_eq!(http(&witness.url, "POST", "/other", b"").0, 404);
    assert_eq!(http(&witness.url, "GET", &format!("/{}/checkpoint", "0".repeat(64)), b"").0, 404);
}

#[test]
fn a_witness_whose_memory_was_changed_or_is_in_use_does_not_start() {
    let (world, log) = (World::new(), Log::of(9));
    let witness = Witness::start(&world, "bandung", &log.vkey().to_string());
    assert_eq!(http(&witness.url, "POST", "/add-checkpoint", log.request(0, 9).as_bytes()).0, 200);
    let again = || world.upah(&format!("{} --listen 127.0.0.1:0 --json", Witness::arguments("bandung")));
    again().assert_says(1, &["another witness is at work"]);
    let printed = world.upah("witness key --key bandung.key --name bandung.example/saksi");
    assert_eq!(printed.out.trim_end(), witness.vkey);
    let mode = std::fs::metadata(world.path("bandung.key")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    witness.kill();
    // Somebody lets the log go back by writing an older head into the folder: without our cosignature it is not ours.
    let file = format!("bandung.state/{}/checkpoint", origin_hash(log.key.name()).to_hex());
    let older = Checkpoint::new(log.key.name(), 5, root_at(5, &log.tree).unwrap()).unwrap().sign(&log.key).unwrap();
    let written = world.read(&file);
    for changed in [older, written.replace("\n9\n", "\n5\n"), String::new()] {
        world.write(&file, &changed);
        again().assert_says(1, &["not what this witness has written"]);
    }
    world.upah("witness key --key new.key --name with+plus").assert_says(2, &["--name"]);
    assert!(!world.path("new.key").exists());
}

#[test]
fn a_witness_that_is_away_or_unknown_is_named_and_the_checkpoint_stays_as_it_is() {
    let (world, vkey) = paid();
    let stranger = Witness::start(&world, "garut", &vkey);
    let known = world.upah("witness key --key bandung.key --name bandung.example/saksi").out;
    world.write("office.policy", &format!("log {vkey}\nwitness bandung {}\nquorum bandung\n", known.trim_end()));
    cosign(&world, "").assert_says(2, &["no witness has an address"]);
    let before = world.upah("log checkpoint --rails upah.toml").out;
    let away = crate::world::nobody_listens();
    let output = cosign(&world, &format!("--witness {away} --witness {}", stranger.url));
    assert_eq!((output.code, &output.json["quorum"]["missing"]), (Some(3), &1.into()), "{output:?}");
    assert!(output.json["witnesses"][0]["error"].as_str().unwrap().contains("cannot be reached"), "{output:?}");
    assert!(output.json["witnesses"][1]["error"].as_str().unwrap().contains("no key of the policy"), "{output:?}");
    assert_eq!(world.upah("log checkpoint --rails upah.toml").out, before);
}

#[test]
fn a_changed_file_of_an_exported_book_is_named() {
    let (world, vkey) = paid();
    assert_eq!(world.upah(&format!("log export tree {RAILS}")).code, Some(0));
    let check = || world.upah(&format!("verify tree --log-key {vkey} --json"));
    assert_eq!(verdict(&check(), "whole"), (Some(0), "ASLI"));
    let mut files = Vec::new();
    let mut folders = vec![world.path("tree")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(files.len() >= 3, "{files:?}");
    for path in files {
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        std::fs::write(&path, bad).unwrap();
        let output = check();
        assert_eq!((output.code, output.json["verdict"].as_str()), (Some(1), Some("TIDAK COCOK")), "{output:?}");
        let name = path.strip_prefix(world.path("tree")).unwrap().to_str().unwrap().to_owned();
        let reasons = output.json["reasons"].as_array().unwrap();
        assert!(reasons.iter().any(|one| one["place"].as_str().unwrap().starts_with(&name)), "{name}: {output:?}");
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(verdict(&check(), "whole again"), (Some(0), "ASLI"));
    world.upah("verify . --json").assert_says(2, &["holds no checkpoint"]);
}

#[test]
fn a_book_exported_again_into_the_same_folder_still_shows_what_its_older_heads_speak_of() {
    let (world, vkey) = paid();
    let check = || world.upah(&format!("verify tree --log-key {vkey} --json"));
    let mut heads: Vec<String> = Vec::new();
    // Within one tile, and past its end.
    for wages in [3, 5, 80] {
        assert_eq!(world.pay(&payroll::november(wages)).code, Some(0));
        assert_eq!(world.upah(&format!("log export tree {RAILS}")).code, Some(0));
        heads.push(world.read("tree/checkpoint"));
        // Nobody who was given a head, and fetches its tiles later, finds them gone or other than they were.
        for head in &heads {
            world.write("tree/checkpoint", head);
            let output = check();
            assert_eq!(verdict(&output, head), (Some(0), "ASLI"), "{head}: {output:?}");
        }
    }
    let size = |head: &str| Checkpoint::open_unverified(head).unwrap().size();
    let sizes: Vec<u64> = heads.iter().map(|head| size(head)).collect();
    assert!(sizes[0] < sizes[1] && sizes[1] < 256 && 256 < sizes[2], "{sizes:?}");
    // A tile of before belongs to the head of before: a change in it is named to whoever holds that one, and is
    // nothing to whoever holds another.
    let partial = format!("tile/0/000.p/{}", sizes[0]);
    let path = format!("tree/{partial}");
    let mut bytes = std::fs::read(world.path(&path)).unwrap();
    bytes[40] ^= 1;
    std::fs::write(world.path(&path), bytes).unwrap();
    assert_eq!(verdict(&check(), "the newest head"), (Some(0), "ASLI"));
    world.write("tree/checkpoint", &heads[0]);
    let output = check();
    assert_eq!((output.code, output.json["verdict"].as_str()), (Some(1), Some("TIDAK COCOK")), "{output:?}");
    let reasons = output.json["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|one| one["place"].as_str().unwrap().starts_with(&partial)), "{output:?}");
}
