//! The loop behind `cargo xtask fuzz`: mutate a seed, run the target, stop at the first broken promise.
//!
//! `upah-fuzz TARGET|all [--seconds N] [--seed N]`. A run is told completely by its seed and its number
//! of inputs. A panic is caught, an input that takes longer than [`STUCK_SECONDS`] is noticed by a
//! watchdog; both save the input under `fuzz/crashes/` and end with exit code 1. An abort or a stack
//! overflow ends the process: the printed seed runs into it again.
use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use upah_fuzz::{TARGETS, Target, mutate, seeds};

/// No target needs that long for one input of at most [`mutate::BYTES_MAX`] bytes.
const STUCK_SECONDS: u64 = 20;

struct Wish {
    targets: Vec<(&'static str, Target)>,
    seconds: u64,
    seed: u64,
}

/// What the watchdog sees: how many inputs were begun, and the current one.
#[derive(Default)]
struct Current {
    count: u64,
    input: Vec<u8>,
}

fn main() -> ExitCode {
    let wish = match wish(std::env::args().skip(1)) {
        Ok(wish) => wish,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let share = wish.seconds / u64::try_from(wish.targets.len()).unwrap_or(1).max(1);
    for (name, target) in wish.targets {
        println!("fuzz {name}: {share} s, seed {}", wish.seed);
        match fuzz(name, target, Duration::from_secs(share), wish.seed) {
            Ok(count) => println!("fuzz {name}: {count} inputs, every promise held"),
            Err(why) => {
                eprintln!("fuzz {name}: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn wish(mut args: impl Iterator<Item = String>) -> Result<Wish, String> {
    let known = || TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let usage = || format!("usage: TARGET|all [--seconds N] [--seed N]\ntargets: {}", known());
    let name = args.next().ok_or_else(usage)?;
    let targets: Vec<_> = TARGETS.iter().copied().filter(|(target, _)| name == "all" || name == *target).collect();
    if targets.is_empty() {
        return Err(format!("no target is named {name}\n{}", usage()));
    }
    let mut wish = Wish { targets, seconds: 60, seed: fastrand::u64(..) };
    while let Some(flag) = args.next() {
        let value = args.next().and_then(|value| value.parse().ok()).ok_or_else(usage)?;
        match flag.as_str() {
            "--seconds" => wish.seconds = value,
            "--seed" => wish.seed = value,
            _ => return Err(usage()),
        }
    }
    Ok(wish)
}

fn fuzz(name: &'static str, target: Target, time: Duration, seed: u64) -> Result<u64, String> {
    let kept = seeds::of(name).map_err(|why| format!("the seeds cannot be read: {why}"))?;
    let mut rng = fastrand::Rng::with_seed(seed);
    let current = Arc::new(Mutex::new(Current::default()));
    let (done, stop) = mpsc::channel::<()>();
    let watch = Arc::clone(&current);
    let watchdog = thread::spawn(move || watch_over(name, &watch, &stop));
    let end = Instant::now() + time;
    let mut count = 0;
    let mut broken = None;
    while broken.is_none() && Instant::now() < end {
        let input = mutate::input(&mut rng, &kept);
        count += 1;
        {
            let mut shown = current.lock().unwrap_or_else(PoisonError::into_inner);
            shown.count = count;
            shown.input.clone_from(&input);
        }
        if panic::catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            broken = Some(input);
        }
    }
    drop(done);
    let _ = watchdog.join();
    match broken {
        None => Ok(count),
        Some(input) => Err(match save(name, &input) {
            Ok(path) => format!("a promise was broken by input {count}, saved as {}", path.display()),
            Err(why) => format!("a promise was broken by input {count}, which cannot be saved ({why}): {input:?}"),
        }),
    }
}

/// Ends the process when one input takes too long: a thread cannot be stopped from outside.
fn watch_over(name: &str, current: &Mutex<Current>, stop: &mpsc::Receiver<()>) {
    let mut last = 0;
    while stop.recv_timeout(Duration::from_secs(STUCK_SECONDS)) == Err(mpsc::RecvTimeoutError::Timeout) {
        let shown = current.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.count == last && last > 0 {
            let saved = save(name, &shown.input).map_or_else(|why| why.to_string(), |path| path.display().to_string());
            eprintln!("fuzz {name}: input {last} takes longer than {STUCK_SECONDS} s: {saved}");
            std::process::exit(1);
        }
        last = shown.count;
    }
}

fn save(name: &str, input: &[u8]) -> io::Result<PathBuf> {
    let folder = seeds::crashes().join(name);
    fs::create_dir_all(&folder)?;
    let path = (1..).map(|n| folder.join(format!("crash-{n}"))).find(|path| !path.exists()).unwrap_or_default();
    fs::write(&path, input)?;
    Ok(path)
}
