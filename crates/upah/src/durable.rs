//! Files that survive the loss of power: private ones, whole ones, and the seeds of signing keys in them.
use crate::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes a file that only its owner can read, durable when this returns.
///
/// # Errors
/// It exists already, or cannot be written.
pub fn create_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_folder_of(path)
}

/// Replaces a file as a whole, durable when this returns: whoever reads sees the old one or the new one. Two may not
/// replace the same file at once.
///
/// # Errors
/// It cannot be written; then the old one stands.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    match fs::remove_file(&fresh) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => {}
    }
    create_private(&fresh, bytes)?;
    fs::rename(&fresh, path)?;
    sync_folder_of(path)
}

/// The folder in which a file lies.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes it durable that a file was made, renamed or removed.
///
/// # Errors
/// Its folder cannot be written to the medium.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Reads the seed of a signing key from the text of its file: 32 bytes in hexadecimal, or in base64.
///
/// # Errors
/// Neither of them.
pub fn parse_seed(text: &str) -> Result<[u8; 32], Error> {
    let text = text.trim().as_bytes();
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(text)
        .or_else(|_| data_encoding::BASE64.decode(text))
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .ok_or_else(|| Error::LogKey("the key is not one of 64 hexadecimal digits".into()))
}

/// Writes the seed of a new signing key: 64 hexadecimal digits, for its owner's eyes alone.
///
/// # Errors
/// The file exists already or cannot be written.
pub fn create_seed(path: &Path, seed: &[u8; 32]) -> Result<(), Error> {
    let text = format!("{}\n", data_encoding::HEXLOWER.encode(seed));
    create_private(path, text.as_bytes())
        .map_err(|why| Error::File { what: format!("the key {}", path.display()), why })
}
