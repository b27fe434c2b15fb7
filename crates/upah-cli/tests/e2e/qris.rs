//! QRIS codes on the command line: who is paid, a code for one payment, and its picture.
use crate::world::{Output, finish};
use std::io::Write;
use std::process::{Command, Stdio};

const PRINTED: &str = "00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI\
                       51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204541153033605802ID5913WARUNG CONTOH6006JEMBER\
                       61056811863044793";
const TRANSFER: &str = "00020101021240730017ID.CO.EXAMPLE.WWW01199360082230000013550021320000000000000408CENAIDJA\
                        5204482953033605802ID5911SITI CONTOH6011PURBALINGGA61055335562350804DMCT\
                        99230002000113CONTOH00000016304FEAD";

/// The command with these arguments, and this on its standard input.
fn upah_qris(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upah"));
    command.arg("qris").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    finish(child)
}

#[test]
fn a_printed_code_says_who_is_paid() {
    for (arguments, input) in [(&["decode", PRINTED, "--json"][..], ""), (&["decode", "--json"], PRINTED)] {
        let output = upah_qris(arguments, &format!("{input}\n"));
        assert_eq!(output.code, Some(0), "{output:?}");
        let told = &output.json;
        assert_eq!((&told["kind"], &told["initiation"]), (&"merchant".into(), &"static".into()));
        assert_eq!((&told["name"], &told["mpan"]), (&"WARUNG CONTOH".into(), &"936000140000000017".into()));
        assert_eq!(told["institution"], serde_json::json!({"number": "0014", "name": "BCA"}));
        assert_eq!(told["warnings"], serde_json::json!([]));
        assert_eq!(told["objects"][0], serde_json::json!({"tag": "00", "value": "01"}));
        assert!(output.err.contains("WARUNG CONTOH in JEMBER, a merchant."), "{output:?}");
    }
}

#[test]
fn a_worker_s_own_code_names_the_account_and_no_destination_is_guessed_from_it() {
    let output = upah_qris(&["decode", TRANSFER, "--json"], "");
    let transfer = &output.json["transfer"];
    assert_eq!(
        (&transfer["pan"], &transfer["beneficiary_id"]),
        (&"9360082230000013550".into(), &"2000000000000".into())
    );
    assert_eq!(output.json["institution"]["name"], "AstraPay");
    assert_eq!(transfer["institution"], serde_json::json!({"number": "0822", "name": "AstraPay"}));
    assert_eq!(output.json["destination"], serde_json::Value::Null);
    assert_eq!(output.json["no_destination"]["code"], "qris_transfer");
    for words in ["9360082230000013550", "AstraPay (0822)", "Beneficiary id 2000000000000", "certainty", "bank account"]
    {
        assert!(output.err.contains(words), "{words}: {output:?}");
    }
}

#[test]
fn a_printed_code_stands_in_a_payroll_as_it_is_told() {
    let output = upah_qris(&["decode", PRINTED, "--json"], "");
    let destination = output.json["destination"].as_str().unwrap();
    assert!(destination.starts_with("qris:0002") && !destination.contains(' '), "{destination}");
    assert!(output.err.contains(destination) && output.json["no_destination"].is_null(), "{output:?}");
    let again = upah_qris(&["decode", destination, "--json"], "");
    assert_eq!(again.json, output.json, "{again:?}");
    let made_once = upah_qris(&["encode", PRINTED, "--amount", "1000"], "");
    let output = upah_qris(&["decode", made_once.out.trim(), "--json"], "");
    assert_eq!(output.json["no_destination"]["code"], "qris_has_amount", "{output:?}");
}

#[test]
fn what_deviates_is_said_and_what_cannot_be_read_is_refused() {
    let odd = "00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI\
               5204541153033605802ID5913WARUNG CONTOH6006JEMBER61056811863041273";
    let output = upah_qris(&["decode", odd, "--json"], "");
    assert_eq!((output.code, &output.json["warnings"][0]["code"]), (Some(0), &"national.missing".into()));
    assert!(output.err.contains("national.missing: the national merchant number"), "{output:?}");
    let mistyped = PRINTED.replace("JEMBER", "JEMBAR");
    for (payload, word) in [(mistyped.as_str(), "checksum"), ("", "empty"), ("qris:%", "percent"), ("bank", "read")] {
        upah_qris(&["decode", payload], "").assert_says(2, &[word]);
    }
}

#[test]
fn a_code_for_one_payment_holds_the_wage_and_is_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let [png, svg] = ["code.png", "code.svg"].map(|name| dir.path().join(name));
    let (png_path, svg_path) = (png.to_str().unwrap(), svg.to_str().unwrap());
    let wage = ["--amount", "Rp25.000", "--reference", "GAJI-001"];
    let pictures = ["--png", png_path, "--svg", svg_path];
    let output = upah_qris(&[&["encode", PRINTED][..], &wage, &pictures].concat(), "");
    assert_eq!(output.code, Some(0), "{output:?}");
    // Computed with `qriskit` 0.2.0.
    assert!(output.out.trim_end().ends_with("62120508GAJI-00163043A2F"), "{output:?}");
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    assert!(std::fs::read_to_string(&svg).unwrap().contains("<svg"));
    let decoded = upah_qris(&["decode", "--json"], &output.out);
    assert_eq!((&decoded.json["amount"], &decoded.json["initiation"]), (&"25000".into(), &"dynamic".into()));
    let as_json = upah_qris(&[&["encode", PRINTED, "--json"][..], &wage].concat(), "");
    assert_eq!(as_json.json["payload"], output.out.trim_end());
    let unchanged = upah_qris(&["encode"], PRINTED);
    assert_eq!(unchanged.out.trim_end(), PRINTED);
}

#[test]
fn a_code_that_would_mislead_whoever_pays_is_not_written() {
    let long = "R".repeat(26);
    for (arguments, word) in [
        (&["--amount", "0"][..], "amount"),
        (&["--amount", "600,000"], "--amount"),
        (&["--amount", "1", "--reference", &long], "25 characters"),
        (&["--png", "no-such-folder/code.png"], "cannot be written"),
    ] {
        let code = if word == "cannot be written" { 1 } else { 2 };
        upah_qris(&[&["encode", PRINTED][..], arguments].concat(), "").assert_says(code, &[word]);
    }
    let made = upah_qris(&["encode", PRINTED, "--amount", "1"], "");
    upah_qris(&["encode", "--amount", "2"], &made.out).assert_says(2, &["made for one payment"]);
    assert_eq!(upah_qris(&["encode", PRINTED, "--reference", "A"], "").code, Some(2));
}
