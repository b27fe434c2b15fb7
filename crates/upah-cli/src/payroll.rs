//! The payroll file, read twice: once to find everything that is wrong, once to be admitted.
use crate::context::Context;
use crate::failure::{Failure, row_error};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use upah::Plan;
use upah_core::{EmployerId, PayRow};
use upah_payfile::{Format, PayFile, RowError};

/// At most so many mistakes are listed; all are counted.
pub(crate) const ERRORS_MAX: usize = 1_000;

/// What the first reading found.
pub(crate) struct Surveyed {
    pub(crate) plans: Vec<Plan>,
    pub(crate) warnings: Vec<upah_payfile::Warning>,
}

fn open(path: &Path) -> Result<PayFile<BufReader<File>>, Failure> {
    let file = File::open(path)
        .map_err(|why| Failure::usage("unreadable", format!("the file {} cannot be read: {why}", path.display())))?;
    Ok(PayFile::open(BufReader::with_capacity(1 << 18, file), Format::Detect))
}

/// Reads the file and finds everything that is wrong with it, all at once. Writes nothing.
pub(crate) async fn survey(context: &Context, path: &Path, run_key: Option<&str>) -> Result<Surveyed, Failure> {
    let mut file = open(path)?;
    let default = context.default_employer()?;
    let mut survey = context.gateway.survey();
    let mut mistakes = Mistakes::default();
    for row in file.by_ref() {
        match row {
            Ok(row) => {
                let employer = row.employer.clone().unwrap_or_else(|| default.clone());
                survey.add(&employer, &row).await?;
            }
            Err(errors) => mistakes.extend(errors),
        }
    }
    let warnings = file.warnings().to_vec();
    match survey.finish(run_key).await {
        Ok(plans) if mistakes.total == 0 => Ok(Surveyed { plans, warnings }),
        Ok(_) => Err(mistakes.into_failure()),
        Err(upah::Error::Rows(problems)) => {
            mistakes.extend(problems.iter().map(row_error));
            Err(mistakes.into_failure())
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Default)]
struct Mistakes {
    listed: Vec<RowError>,
    total: u64,
}

impl Mistakes {
    fn extend(&mut self, errors: impl IntoIterator<Item = RowError>) {
        for error in errors {
            self.total += 1;
            if self.listed.len() < ERRORS_MAX {
                self.listed.push(error);
            }
        }
    }

    fn into_failure(mut self) -> Failure {
        self.listed.sort_by_key(|error| error.row);
        Failure::rows(self.listed, self.total)
    }
}

/// The rows for another reading. A row that has become bad ends the reading, a file that is gone has none, and the digest
/// then tells that the file changed.
pub(crate) fn rows(
    context: &Context,
    path: &Path,
    default: EmployerId,
) -> impl Iterator<Item = (EmployerId, PayRow)> + Send {
    let sandbox = context.sandbox.as_ref();
    let file = open(path).into_iter().flatten();
    file.map_while(Result::ok).map(move |row| {
        if let Some(sandbox) = sandbox {
            sandbox.introduce(&row);
        }
        (row.employer.clone().unwrap_or_else(|| default.clone()), row)
    })
}
