//! The commands of this repository. `cargo xtask` alone lists them.
mod clients;
mod commands;
mod mutate;
mod programs;
mod selfcheck;
mod simulate;
mod steps;
mod suites;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test                            what CI runs: format, lints, every test, documentation, dependencies
  prove [--cases N] [--seconds N] what is run before saying that it holds: many more cases of every
                                  property, official clients, the suites marked #[ignore], half a million
                                  simulated wages, every canary, N seconds of random inputs
  bench [stores] [ARGS…]          the benchmark of the binary, or of one store beside the other, in release
  fuzz TARGET|all [--seconds N] [--seed N]
                                  mutated seeds against a target of fuzz/src/targets
  simulate [--seeds N] [--from SEED] [--payments N]
                                  seeded worlds in which the planner pays wages through every fault
  canaries [PART]                 breaks the rules of money safety one by one in a copy of the tree; a
                                  named test has to fail by each (PART: of a name in xtask/canaries)
  mutants [--since REVISION]      changes core's state, planner and policy in small ways, each of which a
                                  test has to notice; with --since, only lines changed since then
  clients [PART]                  programs of others, installed under target/clients: providers' official clients
                                  against the sandbox, a bank against the files that the binary writes, verifiers
                                  against its log, and what other libraries read in QRIS codes or write as an
                                  amount in words (PART: of a script's name in xtask/clients)
  selfcheck                       makes the script with which slips check themselves again, and compares
  kampung                         makes examples/kampung-marketer/payroll.csv again";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["test"] => commands::test(),
        ["prove", rest @ ..] => match Prove::parse(rest) {
            Some(prove) => commands::prove(prove.cases, prove.seconds),
            None => return usage(),
        },
        ["bench", rest @ ..] => commands::bench(rest),
        ["clients"] => clients::alone(""),
        ["clients", part] => clients::alone(part),
        ["selfcheck"] => selfcheck::alone(),
        ["kampung"] => commands::kampung(),
        ["canaries"] => commands::canaries(""),
        ["canaries", part] => commands::canaries(part),
        ["mutants"] => mutate::all(),
        ["mutants", "--since", revision] => mutate::since(revision),
        ["simulate", rest @ ..] => simulate::simulate(rest),
        ["fuzz", target, rest @ ..] => commands::fuzz(target, rest),
        _ => return usage(),
    };
    match done {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

struct Prove {
    cases: u32,
    seconds: u64,
}

impl Prove {
    fn parse(args: &[&str]) -> Option<Self> {
        let mut prove = Self { cases: 4096, seconds: 300 };
        let (pairs, []) = args.as_chunks::<2>() else { return None };
        for [flag, value] in pairs {
            match *flag {
                "--cases" => prove.cases = value.parse().ok()?,
                "--seconds" => prove.seconds = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(prove)
    }
}
