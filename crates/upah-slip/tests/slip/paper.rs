//! A slip on a small screen and on paper, from A5 down to the 58 mm of a receipt printer: nothing is cut off.
use crate::book::{Book, Told};
use crate::chromium::Chromium;
use data_encoding::BASE64;
use serde_json::json;

/// What stands out of the page to the right, by its element and text.
const CUT_OFF: &str = "Array.from(document.body.querySelectorAll('*'))
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((one) => one.tagName + ' ' + one.textContent.slice(0, 40))";

/// Long words that nothing breaks by itself.
fn slip() -> String {
    let note = format!("{} {}", "W".repeat(90), "Terima kasih");
    Book::of(&Told { note: Some(note), sandbox: true, attempts: 3, ..Told::default() }).slip()
}

#[test]
fn nothing_is_cut_off_on_a_small_screen_on_a5_and_on_58_mm() {
    let mut browser = Chromium::start();
    browser.load(&slip());
    // CSS pixels, of which there are 96 to an inch.
    for (media, millimetres, pixels) in [
        ("screen", "an old phone", 240),
        ("screen", "a phone", 360),
        ("print", "48 of 58", 181),
        ("print", "58", 219),
        ("print", "138 of A5", 521),
    ] {
        browser.call("Emulation.setEmulatedMedia", json!({"media": media}));
        let size = json!({"width": pixels, "height": 600, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", size);
        assert_eq!(browser.evaluate("document.documentElement.clientWidth"), pixels, "{media}, {millimetres}");
        assert_eq!(browser.evaluate(CUT_OFF), json!([]), "{media}, {millimetres}");
        let scrolls = browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
        assert_eq!(scrolls, false, "{media}, {millimetres}");
        let code = browser.evaluate("document.querySelector('img.code').getBoundingClientRect().width");
        assert!(code.as_f64().is_some_and(|width| width > 160.0), "{media}, {millimetres}: a code of {code} pixels");
    }
}

#[test]
fn paper_shows_no_verdict_because_it_cannot_check_itself() {
    let mut browser = Chromium::start();
    assert_eq!(browser.open(&slip()).word, "UTUH");
    browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
    assert_eq!(browser.evaluate("getComputedStyle(document.getElementById('upah-verdict')).display"), "none");
}

#[test]
fn it_is_printed_on_the_paper_that_the_printer_has() {
    let mut browser = Chromium::start();
    browser.load(&slip());
    for (width, height) in [(58.0, 297.0), (148.0, 210.0)] {
        let paper = json!({"paperWidth": width / 25.4, "paperHeight": height / 25.4, "preferCSSPageSize": true, "printBackground": true});
        let file = browser.call("Page.printToPDF", paper);
        let file = BASE64.decode(file["data"].as_str().unwrap().as_bytes()).unwrap();
        let file = String::from_utf8_lossy(&file);
        let boxes: Vec<f64> = file
            .split("/MediaBox [0 0 ")
            .skip(1)
            .map(|rest| rest.split(' ').next().unwrap().parse::<f64>().unwrap() / 72.0 * 25.4)
            .collect();
        assert!(!boxes.is_empty() && boxes.iter().all(|page| (page - width).abs() < 1.0), "{width} mm: {boxes:?}");
    }
}
