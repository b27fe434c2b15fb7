//! The log as static files in the layout of C2SP `tlog-tiles`: any host or USB stick can serve it.
use crate::error::Error;
use crate::gateway::Gateway;
use std::fs;
use std::path::Path;
use upah_core::commitment::Leaf;
use upah_core::store::{StoredRecord, Stream};
use upah_tlog::Checkpoint;

/// A tile is 256 hashes wide.
const WIDTH: u64 = 256;

impl Gateway {
    /// Writes checkpoint, hash tiles and entry bundles of the newest checkpoint; returns how many
    /// files. An erased entry cannot be bundled any more and ends the bundles before it.
    ///
    /// # Errors
    /// No checkpoint, or the folder cannot be written.
    pub async fn export_log(&self, dir: &Path) -> Result<u64, Error> {
        let text =
            self.book().last_checkpoint().await?.ok_or_else(|| Error::Slip("the log has no checkpoint yet".into()))?;
        let size = Checkpoint::open_unverified(&text).map_err(|why| Error::Damaged(why.to_string()))?.size();
        let mut files = 1;
        let mut level = 0u8;
        let mut hashes = size;
        while hashes > 0 {
            for (tile, width) in tiles(hashes) {
                let rows = self.store().log_hashes(level, tile * WIDTH, usize::try_from(width).unwrap_or(256)).await?;
                write(&dir.join(tile_path(&format!("tile/{level}"), tile, width)), &rows.concat())?;
                files += 1;
            }
            hashes /= WIDTH;
            level += 1;
        }
        for (tile, width) in tiles(size) {
            let records = self.store().records(tile * WIDTH, usize::try_from(width).unwrap_or(256)).await?;
            let mut bundle = Vec::new();
            for record in &records {
                let leaf = leaf_bytes(record)?;
                let length = u16::try_from(leaf.len()).map_err(|_| Error::damaged("a leaf is too long"))?;
                bundle.extend_from_slice(&length.to_be_bytes());
                bundle.extend_from_slice(leaf.as_bytes());
            }
            write(&dir.join(tile_path("tile/entries", tile, width)), &bundle)?;
            files += 1;
        }
        // Last, so that whoever sees the checkpoint finds everything that it speaks of.
        write(&dir.join("checkpoint"), text.as_bytes())?;
        Ok(files)
    }
}

/// Number and width of the tiles that hold so many hashes.
fn tiles(hashes: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..hashes.div_ceil(WIDTH)).map(move |tile| (tile, (hashes - tile * WIDTH).min(WIDTH)))
}

/// `tile/0/x001/234.p/17`: three digits a folder, all but the last with an `x`.
fn tile_path(prefix: &str, tile: u64, width: u64) -> String {
    let mut path = format!("{:03}", tile % 1_000);
    let mut rest = tile / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    if width == WIDTH { format!("{prefix}/{path}") } else { format!("{prefix}/{path}.p/{width}") }
}

fn leaf_bytes(record: &StoredRecord) -> Result<String, Error> {
    match &record.stream {
        Stream::Payment(_) => Ok(Leaf::of(crate::journal::open_payment_record(record)?.1).bytes()),
        Stream::Run(_) => {
            let (event, commit) = crate::journal::open_run_record(record)?;
            Ok(event.leaf(commit).bytes())
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |why| Error::File { what: format!("the file {}", path.display()), why };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_named_as_the_standard_names_them() {
        assert_eq!(tile_path("tile/0", 1_234_067, 256), "tile/0/x001/x234/067");
        let of_70_000: Vec<_> = tiles(70_000).collect();
        assert_eq!((of_70_000.len(), of_70_000[273]), (274, (273, 112)));
        assert_eq!(tile_path("tile/1", 1, 17), "tile/1/001.p/17");
    }
}
