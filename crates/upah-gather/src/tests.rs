//! Who goes out with whom, and who does not go out at all.
use super::*;

/// Everything that was handed over, in its batches; everybody is told her own number times ten.
type Batches = Arc<Mutex<Vec<Vec<u32>>>>;

const LATE: Duration = Duration::from_secs(2);

fn room(window: Duration, most: usize) -> (Arc<Room<u32, u32>>, Batches) {
    let batches = Batches::default();
    let seen = Arc::clone(&batches);
    let room = Room::new(window, LATE, most, move |guests: Vec<Guest<u32, u32>>| {
        let seen = Arc::clone(&seen);
        async move {
            let here: Vec<_> = guests.into_iter().filter(|guest| !guest.is_gone()).collect();
            seen.lock().unwrap().push(here.iter().map(|guest| *guest.item()).collect());
            for guest in here {
                let told = *guest.item() * 10;
                guest.tell(told);
            }
        }
    });
    (Arc::new(room), batches)
}

fn sizes(batches: &Batches) -> Vec<usize> {
    batches.lock().unwrap().iter().map(Vec::len).collect()
}

async fn all(room: &Arc<Room<u32, u32>>, count: u32) {
    let waiting: Vec<_> = (0..count)
        .map(|n| {
            let room = Arc::clone(room);
            tokio::spawn(async move { (n, room.wait(n).await) })
        })
        .collect();
    for one in waiting {
        let (n, told) = one.await.unwrap();
        assert_eq!(told, Some(n * 10));
    }
}

#[tokio::test]
async fn those_who_wait_together_go_together_and_a_full_room_does_not_wait() {
    let (patient, batches) = room(Duration::from_millis(100), 1_000);
    all(&patient, 300).await;
    assert_eq!(sizes(&batches), [300]);
    let (full, batches) = room(Duration::from_secs(600), 100);
    all(&full, 300).await;
    assert_eq!(sizes(&batches), [100, 100, 100]);
}

#[tokio::test]
async fn whoever_came_first_and_left_ends_nothing_for_the_others() {
    let (room, batches) = room(Duration::from_millis(100), 1_000);
    let waits = |n| {
        let room = Arc::clone(&room);
        tokio::spawn(async move { room.wait(n).await })
    };
    let (first, second) = (waits(1), waits(2));
    tokio::time::sleep(Duration::from_millis(20)).await;
    first.abort();
    assert_eq!(second.await.unwrap(), Some(20));
    assert_eq!(*batches.lock().unwrap(), [[2]]);
    // A later one finds the room at work again.
    assert_eq!(room.wait(3).await, Some(30));
}

#[tokio::test]
async fn work_that_ends_without_a_word_tells_nothing() {
    let room = Arc::new(Room::<u32, u32>::new(Duration::ZERO, LATE, 1, |_| async {}));
    assert_eq!(room.wait(1).await, None);
    assert_eq!(room.wait(2).await, None);
}

/// As a process that is stopped by its administrator and started again.
#[tokio::test]
async fn whoever_waited_in_a_process_that_slept_is_not_sent_when_it_wakes() {
    let (room, batches) = room(Duration::from_millis(100), 1_000);
    let sleeps = tokio::spawn({
        let room = Arc::clone(&room);
        async move { room.wait(1).await }
    });
    tokio::task::yield_now().await;
    std::thread::sleep(Duration::from_millis(2_200));
    assert_eq!(sleeps.await.unwrap(), None);
    assert_eq!(room.wait(2).await, Some(20));
    assert_eq!(batches.lock().unwrap().concat(), [2]);
}

#[test]
fn after_a_runtime_that_ended_the_next_one_begins_anew() {
    let (room, batches) = room(Duration::from_millis(50), 10);
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let first = Arc::clone(&room);
    runtime().block_on(async move {
        let _ = tokio::time::timeout(Duration::from_millis(5), first.wait(1)).await;
    });
    assert_eq!(runtime().block_on(room.wait(2)), Some(20));
    assert_eq!(*batches.lock().unwrap(), [[2]]);
}
