//! The sandbox as a program of its own, for clients in other processes and languages.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use upah_sandbox::{Credentials, FaultPlan, Sandbox, SandboxConfig, TestKeys};

const USAGE: &str = "\
upah-sandbox: a SNAP bank and wallet on loopback, to test against

  --listen 127.0.0.1:PORT   where to listen (default 127.0.0.1:8901)
  --faults name=rate,…      what goes wrong, for example reset_after_booking=0.02
  --seed N                  the same seed does the same (default 0)
  --ledger FILE             keep the book in this file (default: in memory)
  --key FILE                the test client's private key; made when missing
                            (default upah-sandbox-client.key.pem)
  --public-key FILE         take this public key instead (PEM)
  --balance RUPIAH          what the source account holds at first

Client and partner UPAHTEST, channel 95221, client secret upah-sandbox-secret, prefix /v1.0.
Official clients of BNI, DANA and Faspay find their own paths, and are known by the same key and secret.
GET /_sandbox/credits lists who was credited.
";

struct Arguments {
    listen: SocketAddr,
    faults: FaultPlan,
    seed: u64,
    ledger: Option<PathBuf>,
    key: PathBuf,
    public_key: Option<PathBuf>,
    balance: Option<u64>,
}

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if given.iter().any(|word| word == "--help" || word == "-h") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let arguments = match read(&given) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            eprint!("{mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("upah-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(given: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        listen: SocketAddr::from(([127, 0, 0, 1], 8901)),
        faults: FaultPlan::none(),
        seed: 0,
        ledger: None,
        key: PathBuf::from("upah-sandbox-client.key.pem"),
        public_key: None,
        balance: None,
    };
    let mut words = given.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => (word.as_str(), words.next().ok_or_else(|| format!("{word} needs a value"))?.as_str()),
        };
        let no = |error: &dyn core::fmt::Display| format!("{name}: {error}");
        match name {
            "--listen" => arguments.listen = value.parse().map_err(|e| no(&e))?,
            "--faults" => arguments.faults = value.parse().map_err(|e| no(&e))?,
            "--seed" => arguments.seed = value.parse().map_err(|e| no(&e))?,
            "--ledger" => arguments.ledger = Some(value.into()),
            "--key" => arguments.key = value.into(),
            "--public-key" => arguments.public_key = Some(value.into()),
            "--balance" => arguments.balance = Some(value.parse().map_err(|e| no(&e))?),
            _ => return Err(format!("{name} is no option")),
        }
    }
    Ok(arguments)
}

fn run(arguments: Arguments) -> io::Result<()> {
    let public_key = match &arguments.public_key {
        Some(path) => std::fs::read_to_string(path).map_err(|error| at(path, &error))?,
        None => {
            let keys = TestKeys::at(&arguments.key).map_err(|error| at(&arguments.key, &error))?;
            eprintln!("The client's private key is in {}.", arguments.key.display());
            keys.public_pem().to_owned()
        }
    };
    let mut config = SandboxConfig::new(Credentials::for_tests(&public_key));
    config.listen = arguments.listen;
    config.faults = arguments.faults.seeded(arguments.seed);
    config.ledger = arguments.ledger;
    config.balance = arguments.balance.unwrap_or(config.balance);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let sandbox = Sandbox::start(config).await?;
        println!("{}", sandbox.base_url());
        io::stdout().flush()?;
        tokio::signal::ctrl_c().await?;
        sandbox.stop().await;
        Ok(())
    })
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
