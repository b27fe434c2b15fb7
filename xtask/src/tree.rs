//! The files of this repository, as the tests of its rules see them.
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder that holds the workspace.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Every file below the root with one of these extensions (or these names), as a path relative to the
/// root with `/` between its parts, sorted. What is built, ignored or hidden is left out.
///
/// # Errors
/// A folder cannot be read.
pub fn files(kinds: &[&str]) -> io::Result<Vec<String>> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                let is_hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
                if !is_hidden && !["target", "seeds", "crashes"].contains(&name.as_str()) {
                    folders.push(entry.path());
                }
                continue;
            }
            let extension = name.rsplit_once('.').map_or(name.as_str(), |(_, extension)| extension);
            if kinds.contains(&extension)
                && let Ok(path) = entry.path().strip_prefix(&root)
            {
                let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a file named by [`files`].
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(path: &str) -> io::Result<String> {
    fs::read_to_string(root().join(path))
}
