//! Reading a code allocates nothing, and writing one allocates what is written: the promise of the crate's first page,
//! counted. A camera that shows a wall of codes costs an office no memory.
#![allow(clippy::unwrap_used)]

use allocation_counter::measure;
use serde_json::Value;
use upah_qris::{Institution, Qris};

#[test]
fn a_code_costs_no_memory_but_for_what_is_made_of_it() {
    let file: Value = serde_json::from_str(include_str!("vectors/qris.json")).unwrap();
    let payloads: Vec<&str> =
        file["payloads"].as_array().unwrap().iter().map(|it| it["payload"].as_str().unwrap()).collect();
    let (mut written, mut is_read) = (0, false);
    for payload in payloads {
        let read = measure(|| is_read = Qris::parse(payload).is_ok());
        assert_eq!(read.count_total, 0, "{payload}");
        let Ok(code) = Qris::parse(payload) else {
            assert!(!is_read, "{payload}");
            continue;
        };
        let looked = measure(|| {
            let values = [code.merchant_name(), code.city(), code.amount(), code.mpan(), code.nmid(), code.criteria()];
            assert!(values.iter().flatten().count() >= 2);
            assert!(code.objects().count() > 5);
            let _ = (code.initiation(), code.transfer(), code.check_payable());
            let _ = code.mpan().and_then(Institution::of_pan);
        });
        assert_eq!(looked.count_total, 0, "{payload}");
        let judged = measure(|| drop(code.warnings()));
        // The list alone: it grows from four places by doubling.
        assert_eq!(judged.count_total, u64::from(!code.warnings().is_empty()), "{payload}");
        let made =
            measure(|| written += u64::from(code.to_dynamic(600_000, Some("YCCEXPRU33OWELFHOCT2BUYSL")).is_ok()));
        assert!(made.count_total <= 1, "{payload}: {made:?}");
    }
    assert!(written > 5);
}
