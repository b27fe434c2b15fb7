//! Slips, proofs and checkpoints: genuine to whoever holds the office's key, and to nobody else; any
//! changed byte shows.
use crate::payroll;
use crate::world::{Output, RAILS, World};
use std::fmt::Write;
use upah_slip::compact;
use upah_tlog::TlogProof;

/// A paid world with a slip; also the office's verification key and the payment's id.
fn with_slip() -> (World, String, String) {
    let world = World::new();
    let output = world.pay(&payroll::november(3));
    assert_eq!(output.code, Some(0), "{output:?}");
    let vkey = output.json["log"]["vkey"].as_str().unwrap().to_owned();
    let id = world.payments().remove(1).id;
    assert_eq!(world.upah(&format!("slip {id} --out slip.html {RAILS}")).code, Some(0));
    (world, vkey, id)
}

fn verdict(output: &Output) -> (Option<i32>, &str, Option<bool>) {
    (output.code, output.json["verdict"].as_str().unwrap_or_default(), output.json["intact"].as_bool())
}

#[test]
fn a_slip_is_genuine_only_to_whoever_holds_the_office_s_key() {
    let (world, vkey, _) = with_slip();
    let keyed = world.upah(&format!("verify slip.html --log-key {vkey} --json"));
    assert_eq!(verdict(&keyed), (Some(0), "ASLI", Some(true)), "{keyed:?}");
    for field in ["verdict", "intact", "log", "size", "reasons"] {
        assert!(keyed.json.get(field).is_some(), "{field}: {keyed:?}");
    }
    let unkeyed = world.upah("verify slip.html --json");
    assert_eq!(verdict(&unkeyed), (Some(0), "BELUM BISA DICEK", Some(true)), "{unkeyed:?}");
    world.write("office.vkey", &format!("{vkey}\n"));
    assert_eq!(verdict(&world.upah("verify slip.html --log-key office.vkey --json")).1, "ASLI");
    world.write("policy", &format!("# the office's keys\nlog {vkey}\n"));
    assert_eq!(verdict(&world.upah("verify slip.html --policy policy --json")).1, "ASLI");
    world.upah("verify slip.html --log-key nonsense --json").assert_says(2, &["--log-key"]);
    world.upah("verify pay.csv --json").assert_says(2, &["no slip, proof or checkpoint"]);
}

#[test]
fn a_checkpoint_and_a_proof_are_genuine_too() {
    let (world, vkey, id) = with_slip();
    for (file, command) in [("head", "log checkpoint".to_owned()), ("proof", format!("log prove {id}"))] {
        let output = world.upah(&format!("{command} --rails upah.toml"));
        assert_eq!(output.code, Some(0), "{output:?}");
        world.write(file, &output.out);
        let keyed = world.upah(&format!("verify {file} --log-key {vkey} --json"));
        assert_eq!(verdict(&keyed), (Some(0), "ASLI", Some(true)), "{file}: {keyed:?}");
        // One character in the middle of the signature, which ends the file.
        let mut text = output.out.into_bytes();
        let middle = text.len() - 30;
        text[middle] = if text[middle] == b'A' { b'B' } else { b'A' };
        world.write(file, &String::from_utf8(text).unwrap());
        let changed = world.upah(&format!("verify {file} --log-key {vkey} --json"));
        assert!(verdict(&changed).1 != "ASLI" && changed.code != Some(0), "{file}: {changed:?}");
    }
    let proof = TlogProof::parse(&world.upah(&format!("log prove {id} --rails upah.toml")).out).unwrap();
    world.write("scanned", &format!("{}\n", compact(&proof).unwrap()));
    let scanned = world.upah(&format!("verify scanned --log-key {vkey} --json"));
    assert_eq!(verdict(&scanned), (Some(0), "ASLI", Some(true)), "what a scanner reads: {scanned:?}");
    let head = world.upah("log checkpoint --rails upah.toml").out;
    world.write("head", &head);
    assert_eq!(world.upah(&format!("log verify --against head {RAILS}")).code, Some(0));
    assert_eq!(world.pay(&payroll::november(4)).code, Some(0));
    assert_eq!(world.upah(&format!("log verify --against head {RAILS}")).code, Some(0), "an older head still fits");
    let exported = world.upah(&format!("log export out {RAILS}"));
    assert_eq!(exported.code, Some(0), "{exported:?}");
    assert!(world.path("out").join("checkpoint").exists());
}

#[test]
fn a_byte_changed_anywhere_in_a_slip_does_not_fit() {
    let (world, vkey, _) = with_slip();
    let slip = std::fs::read(world.path("slip.html")).unwrap();
    let mut names = String::new();
    let step = slip.len() / 120;
    for (n, at) in (n_th_offset(step)..slip.len()).step_by(step).enumerate() {
        let mut changed = slip.clone();
        changed[at] ^= 0x01;
        let name = format!("changed-{n}.html");
        std::fs::write(world.path(&name), &changed).unwrap();
        write!(names, " {name}").unwrap();
    }
    let output = world.upah(&format!("verify{names} --log-key {vkey} --json"));
    assert_eq!((output.code, output.json["verdict"].as_str()), (Some(1), Some("TIDAK COCOK")), "{}", output.err);
    let files = output.json["files"].as_array().unwrap();
    assert!(files.len() >= 100);
    for file in files {
        assert_eq!((&file["verdict"], &file["intact"]), (&"TIDAK COCOK".into(), &false.into()), "{file}");
        assert!(!file["reasons"].as_array().unwrap().is_empty(), "it says where: {file}");
    }
}

/// Into the middle of a step, so that the first and last bytes are not the only ones that matter.
fn n_th_offset(step: usize) -> usize {
    step / 2
}

#[test]
fn other_words_amounts_and_names_do_not_fit() {
    let (world, vkey, _) = with_slip();
    let slip = world.read("slip.html");
    let amount = payroll::amount(1).to_string();
    let dotted = format!("{}.{}", &amount[..3], &amount[3..]);
    assert!(slip.contains(&dotted), "the slip names the amount");
    let raised = slip.replace(&dotted, "999.999").replace(&amount, "999999");
    let renamed = slip.replace(&payroll::name(1), "Orang Lain");
    let longer = format!("{slip}<p>LUNAS</p>");
    for changed in [raised, renamed, longer] {
        assert_ne!(changed, slip);
        world.write("changed.html", &changed);
        for key in [format!("--log-key {vkey}"), String::new()] {
            let output = world.upah(&format!("verify changed.html {key} --json"));
            assert_eq!(verdict(&output), (Some(1), "TIDAK COCOK", Some(false)), "{output:?}");
        }
    }
}

#[test]
fn a_book_signed_again_by_a_stranger_is_never_genuine() {
    let (world, vkey, id) = with_slip();
    // The stranger has the whole store, forgets its signatures, and signs with a key of his own.
    let conn = rusqlite::Connection::open(world.path("upah.db")).unwrap();
    conn.execute_batch("DELETE FROM checkpoint; DELETE FROM meta WHERE key = 'log_vkey';").unwrap();
    drop(conn);
    std::fs::remove_file(world.path("upah.db.head")).unwrap();
    world.write("log.key", &format!("{:064x}\n", 99));
    let signed = world.upah(&format!("log checkpoint {RAILS}"));
    assert_eq!(signed.code, Some(0), "{signed:?}");
    let strangers = signed.json["vkey"].as_str().unwrap().to_owned();
    assert_ne!(strangers, vkey);
    assert_eq!(world.upah(&format!("slip {id} --out forged.html {RAILS}")).code, Some(0));

    let office = world.upah(&format!("verify forged.html --log-key {vkey} --json"));
    assert!(office.code == Some(1) && verdict(&office).1 != "ASLI", "{office:?}");
    let nobody = world.upah("verify forged.html --json");
    assert_eq!(verdict(&nobody), (Some(0), "BELUM BISA DICEK", Some(true)), "a key inside proves nothing: {nobody:?}");
}

#[test]
fn a_slip_of_every_payment_is_private_and_verifies() {
    let (world, vkey, id) = with_slip();
    let (run, _) = id.rsplit_once('-').unwrap();
    assert_eq!(world.upah(&format!("slip {run} --out all {RAILS}")).code, Some(0));
    let mut seen = 0;
    for entry in std::fs::read_dir(world.path("all")).unwrap() {
        let path = entry.unwrap().path();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        let output = world.upah(&format!("verify {} --log-key {vkey} --json", path.display()));
        assert_eq!(verdict(&output).1, "ASLI", "{output:?}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}
