//! The seeds of a target: files under `seeds/<target>/`, kept in the repository.
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One kept input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The name of its file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The folder that holds one folder of seeds for each target.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

/// Where inputs that broke a promise are saved; not kept in the repository.
pub fn crashes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crashes")
}

/// The seeds of a target, ordered by name.
///
/// # Errors
/// The folder does not exist or cannot be read.
pub fn of(target: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for entry in fs::read_dir(folder().join(target))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            seeds.push(Seed { name, bytes: fs::read(entry.path())? });
        }
    }
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(seeds)
}
