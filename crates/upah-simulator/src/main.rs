//! Many worlds: the loop behind `cargo xtask simulate`. Worlds share nothing, so that each processor takes
//! its own.
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;
use upah_simulator::{Cast, Failure, Options, Tally, live};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many worlds a thread takes at once.
const CHUNK: u64 = 16;

struct Wish {
    from: u64,
    seeds: u64,
    payments: Option<usize>,
    threads: usize,
}

fn main() -> ExitCode {
    let Some(wish) = wish(std::env::args().skip(1)) else {
        eprintln!("usage: [--seeds N] [--from SEED] [--payments N] [--threads N]");
        return ExitCode::from(2);
    };
    let cast = match Cast::new() {
        Ok(cast) => cast,
        Err(why) => {
            eprintln!("simulate: {why}");
            return ExitCode::FAILURE;
        }
    };
    let began = Instant::now();
    let (tally, failure) = run(&cast, &wish);
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    println!("simulate: seeds {} to {}", wish.from, wish.from.saturating_add(wish.seeds).saturating_sub(1));
    print!("{tally}");
    println!(
        "{} payments in {}.{:03} s: {} payments/s on {} threads",
        tally.payments,
        millis / 1_000,
        millis % 1_000,
        tally.payments.saturating_mul(1_000) / millis,
        wish.threads
    );
    for fault in tally.never_struck() {
        println!("never struck: {}", fault.name());
    }
    match failure {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(cast: &Cast, wish: &Wish) -> (Tally, Option<Box<Failure>>) {
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let options = Options { payments: wish.payments, ..Options::default() };
    let worker = || {
        let mut tally = Tally::default();
        while !failed.load(Ordering::Relaxed) {
            let begin = next.fetch_add(CHUNK, Ordering::Relaxed);
            if begin >= wish.seeds {
                break;
            }
            for n in begin..(begin + CHUNK).min(wish.seeds) {
                match live(cast, wish.from.wrapping_add(n), options) {
                    Ok(outcome) => tally.add(&outcome.tally),
                    Err(failure) => {
                        failed.store(true, Ordering::Relaxed);
                        return (tally, Some(failure));
                    }
                }
            }
        }
        (tally, None)
    };
    let mut total = Tally::default();
    let mut first: Option<Box<Failure>> = None;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..wish.threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            if let Ok((tally, failure)) = worker.join() {
                total.add(&tally);
                first = match (first.take(), failure) {
                    (Some(one), Some(other)) => Some(if other.seed < one.seed { other } else { one }),
                    (one, other) => one.or(other),
                };
            } else {
                eprintln!("simulate: a world ended abnormally");
                failed.store(true, Ordering::Relaxed);
            }
        }
    });
    (total, first)
}

fn wish(args: impl Iterator<Item = String>) -> Option<Wish> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut wish = Wish { from: 0, seeds: 10_000, payments: None, threads };
    let args: Vec<String> = args.collect();
    let (pairs, []) = args.as_chunks::<2>() else { return None };
    for [flag, value] in pairs {
        match flag.as_str() {
            "--from" => wish.from = value.parse().ok()?,
            "--seeds" => wish.seeds = value.parse().ok()?,
            "--payments" => wish.payments = Some(value.parse().ok()?),
            "--threads" => wish.threads = value.parse().ok().filter(|threads| *threads > 0)?,
            _ => return None,
        }
    }
    Some(wish)
}
