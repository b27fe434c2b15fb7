//! Into how many files a wage goes: one, whatever stops in between.
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const STEPS: [Step; 5] = [Step::Begun, Step::PartWritten, Step::Recorded, Step::Moved, Step::MoveDurable];

/// An outbox, the folder to which an uploader takes files, and the register.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        for name in ["out", "taken"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// As a process finds it that has just started.
    fn making(&self) -> Making {
        let register = Register::open(self.path("register"), self.path("out")).unwrap();
        let debtor =
            Debtor { name: "Koperasi Contoh".into(), account: "888801000157508".into(), bic: "BMRIIDJA".into() };
        Making { register, debtor, batch_booking: false }
    }

    fn upload(&self) {
        for file in files(&self.path("out")) {
            fs::rename(&file, self.path("taken").join(file.file_name().unwrap())).unwrap();
        }
    }

    /// In how many files each wage stands, whoever has them; every file adds up.
    fn count(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for file in files(&self.path("out")).into_iter().chain(files(&self.path("taken"))) {
            let (id, transfers) = PaymentFile::read(&fs::read(&file).unwrap()).unwrap();
            assert_eq!(file.file_name().unwrap().to_str().unwrap(), format!("{id}.xml"));
            for transfer in transfers {
                *counts.entry(transfer.reference).or_default() += 1;
            }
        }
        counts
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn item(n: usize) -> Item {
    let transfer = Transfer {
        reference: format!("REFERENCE{n:017}"),
        amount: Rupiah::new(600_000 + n as u64).unwrap(),
        bic: "CENAIDJA".into(),
        account: format!("12345{n:05}"),
        name: format!("Siti {n}"),
    };
    Item { reference: transfer.reference.clone(), amount: transfer.amount, body: transfer.fragment() }
}

fn at() -> Timestamp {
    "2026-11-25T09:00:00+07:00".parse().unwrap()
}

fn send(making: &Making, wages: &[usize], stop_after: Option<Step>) -> Vec<SubmitOutcome> {
    let items: Vec<Item> = wages.iter().map(|n| item(*n)).collect();
    making.send(&items, at(), |_| false, |step| stop_after != Some(step))
}

fn is_accepted(outcome: &SubmitOutcome) -> bool {
    matches!(outcome, SubmitOutcome::Accepted(_))
}

fn doubt(outcome: &SubmitOutcome) -> Option<Doubt> {
    if let SubmitOutcome::Unknown { doubt, .. } = outcome { Some(*doubt) } else { None }
}

#[test]
fn the_same_wages_again_are_received_already_in_whatever_order_and_wherever_the_file_went() {
    let place = Place::new();
    assert!(send(&place.making(), &[1, 2, 3], None).iter().all(is_accepted));
    for upload in [false, true] {
        if upload {
            place.upload();
        }
        for again in [[3, 1, 2].as_slice(), &[2]] {
            let outcomes = send(&place.making(), again, None);
            assert!(outcomes.iter().all(|it| doubt(it) == Some(Doubt::Duplicate)), "{outcomes:?}");
        }
        assert!(place.count().values().all(|count| *count == 1));
    }
    let outcomes = send(&place.making(), &[3, 4], None);
    assert_eq!((doubt(&outcomes[0]), is_accepted(&outcomes[1])), (Some(Doubt::Duplicate), true));
    assert_eq!(place.count().len(), 4);
}

#[test]
fn a_wage_that_is_in_a_file_with_another_account_is_neither_sent_nor_taken_for_the_same() {
    let place = Place::new();
    send(&place.making(), &[1], None);
    let mut other = item(1);
    other.body = other.body.replace("1234500001", "1234500002");
    let outcomes = place.making().send(&[other], at(), |_| false, |_| true);
    assert_eq!(doubt(&outcomes[0]), Some(Doubt::Inconsistent));
}

#[test]
fn a_body_that_is_not_this_attempts_is_in_no_file() {
    let place = Place::new();
    let (mut amount, mut reference) = (item(1), item(2));
    amount.amount = Rupiah::new(1).unwrap();
    reference.reference = "ANOTHER".into();
    let outcomes = place.making().send(&[amount, reference, item(3)], at(), |_| false, |_| true);
    for outcome in &outcomes[..2] {
        assert!(matches!(outcome, SubmitOutcome::Refused(refusal) if refusal.cause == Cause::BadRequest));
    }
    assert!(is_accepted(&outcomes[2]));
    assert_eq!(place.count().len(), 1);
}

#[test]
fn one_wage_twice_in_the_same_moment_stands_once() {
    let place = Place::new();
    let outcomes = send(&place.making(), &[1, 1, 2], None);
    assert!(is_accepted(&outcomes[0]) && is_accepted(&outcomes[2]));
    assert_eq!(doubt(&outcomes[1]), Some(Doubt::Duplicate));
    assert_eq!(place.count().values().sum::<usize>(), 2);
}

#[test]
fn an_outbox_that_cannot_be_written_to_has_sent_nothing_and_the_wages_go_later() {
    let place = Place::new();
    let making = place.making();
    fs::remove_dir(place.path("out")).unwrap();
    let outcomes = send(&making, &[1, 2], None);
    assert!(outcomes.iter().all(|it| matches!(it, SubmitOutcome::NotSent { .. })), "{outcomes:?}");
    fs::create_dir(place.path("out")).unwrap();
    assert!(send(&making, &[2, 1, 3], None).iter().all(is_accepted));
    assert!(place.count().len() == 3 && place.count().values().all(|count| *count == 1));
}

#[test]
fn a_damaged_register_sends_nobody_anything() {
    let place = Place::new();
    send(&place.making(), &[1], None);
    let record = files(&place.path("register")).into_iter().find(|it| it.extension().is_some_and(|it| it == "json"));
    fs::write(record.unwrap(), "{").unwrap();
    let outcomes = send(&place.making(), &[1, 2], None);
    assert!(outcomes.iter().all(|it| matches!(it, SubmitOutcome::NotSent { .. })), "{outcomes:?}");
    assert_eq!(place.count().len(), 1);
}

#[test]
fn a_lost_register_does_not_overwrite_the_file_that_waits() {
    let place = Place::new();
    send(&place.making(), &[1, 2], None);
    fs::remove_dir_all(place.path("register")).unwrap();
    let outcomes = send(&place.making(), &[2, 1], None);
    assert!(outcomes.iter().all(|it| doubt(it) == Some(Doubt::Duplicate)), "{outcomes:?}");
}

#[test]
fn two_processes_at_once_put_a_wage_into_one_file() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for worker in 0..4usize {
            let place = &place;
            scope.spawn(move || {
                let making = place.making();
                for round in 0..10usize {
                    send(&making, &[round, round + 1 + worker, 20 + round], None);
                }
            });
        }
    });
    let counts = place.count();
    assert!(counts.len() > 20 && counts.values().all(|count| *count == 1), "{counts:?}");
}

/// A round: some wages are sent, perhaps everything stops after a step, perhaps the uploader comes by.
fn rounds() -> impl Strategy<Value = Vec<(Vec<usize>, Option<usize>, bool)>> {
    let round = (prop::collection::vec(0usize..8, 1..6), prop::option::of(0usize..STEPS.len()), any::<bool>());
    prop::collection::vec(round, 1..12)
}

proptest! {
    #[test]
    fn a_stop_between_any_two_steps_never_puts_one_wage_into_two_files(rounds in rounds()) {
        let place = Place::new();
        for (wages, stop, upload) in rounds {
            let before = place.count();
            let outcomes = send(&place.making(), &wages, stop.map(|step| STEPS[step]));
            let counts = place.count();
            prop_assert!(counts.values().all(|count| *count == 1), "{:?}", counts);
            for (n, outcome) in wages.iter().zip(&outcomes) {
                let reference = item(*n).reference;
                let is_in_file = counts.contains_key(&reference);
                match outcome {
                    SubmitOutcome::Accepted(_) => prop_assert!(is_in_file && !before.contains_key(&reference)),
                    SubmitOutcome::NotSent { .. } => prop_assert!(!is_in_file),
                    _ => {}
                }
            }
            if upload {
                place.upload();
            }
        }
    }
}

/// Many who wait at once, and what each of them was told.
async fn submit_all(outbox: &Arc<Outbox>, count: usize) -> Vec<SubmitOutcome> {
    let waiting: Vec<_> = (0..count)
        .map(|n| {
            let outbox = Arc::clone(outbox);
            tokio::spawn(async move { outbox.submit(item(n)).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for one in waiting {
        outcomes.push(one.await.unwrap());
    }
    outcomes
}

fn outbox(place: &Place, payments_max: usize, window: Duration) -> Arc<Outbox> {
    Arc::new(Outbox::new(place.making(), (window, Duration::from_secs(2)), payments_max, Arc::new(at)))
}

#[tokio::test]
async fn wages_that_wait_together_are_one_file_and_a_full_one_does_not_wait() {
    let place = Place::new();
    let outcomes = submit_all(&outbox(&place, 1_000, Duration::from_millis(200)), 300).await;
    assert!(outcomes.iter().all(is_accepted));
    assert_eq!(files(&place.path("out")).len(), 1);

    let place = Place::new();
    let outcomes = submit_all(&outbox(&place, 100, Duration::from_secs(600)), 300).await;
    assert!(outcomes.iter().all(is_accepted));
    assert_eq!(files(&place.path("out")).len(), 3);
    assert!(place.count().len() == 300 && place.count().values().all(|count| *count == 1));
}

#[test]
fn whoever_slept_is_not_told_that_a_wage_was_not_sent_which_came_once_more_and_went() {
    let place = Place::new();
    let outcomes = place.making().send(&[item(1), item(2), item(1)], at(), |index| index < 2, |_| true);
    assert!(matches!(outcomes[0], SubmitOutcome::Unknown { doubt: Doubt::Duplicate, .. }), "{outcomes:?}");
    assert!(matches!(outcomes[1], SubmitOutcome::NotSent { .. }), "{outcomes:?}");
    assert!(is_accepted(&outcomes[2]));
    assert_eq!(files(&place.path("out")).len(), 1);
}

/// As a process that is stopped by its administrator and started again.
#[tokio::test]
async fn wages_that_waited_in_a_process_that_slept_are_in_no_file_when_it_wakes() {
    let place = Place::new();
    let outbox = outbox(&place, 1_000, Duration::from_millis(100));
    let sleeps = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.submit(item(0)).await }
    });
    tokio::task::yield_now().await;
    std::thread::sleep(Duration::from_millis(2_200));
    assert!(matches!(sleeps.await.unwrap(), SubmitOutcome::NotSent { .. }));
    assert!(files(&place.path("out")).is_empty());
    assert!(is_accepted(&outbox.submit(item(0)).await));
}

#[tokio::test]
async fn whoever_stopped_waiting_before_the_file_was_made_is_not_in_it() {
    let place = Place::new();
    let outbox = outbox(&place, 1_000, Duration::from_millis(200));
    let gone = {
        let outbox = Arc::clone(&outbox);
        tokio::spawn(async move { outbox.submit(item(1)).await })
    };
    let stays = {
        let outbox = Arc::clone(&outbox);
        tokio::spawn(async move { outbox.submit(item(2)).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    gone.abort();
    assert!(is_accepted(&stays.await.unwrap()));
    assert_eq!(place.count().keys().collect::<Vec<_>>(), [&item(2).reference]);
    // A later one finds the outbox at work again.
    assert!(is_accepted(&outbox.submit(item(1)).await));
    assert_eq!(place.count().len(), 2);
}
