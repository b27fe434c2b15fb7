//! The log as static files in the layout of C2SP `tlog-tiles`: any host or USB stick can serve it.
use crate::error::Error;
use crate::gateway::Gateway;
use std::fs;
use std::path::Path;
use upah_core::commitment::Leaf;
use upah_core::store::{StoredRecord, Stream};
use upah_tlog::Checkpoint;
use upah_tlog::tiles::{Holds, Tile, encode_bundle};

impl Gateway {
    /// Writes checkpoint, hash tiles and entry bundles of the newest checkpoint; returns how many
    /// files. A bundle that held an entry which was erased is left out.
    ///
    /// # Errors
    /// No checkpoint, or the folder cannot be written.
    pub async fn export_log(&self, dir: &Path) -> Result<u64, Error> {
        let text =
            self.book().last_checkpoint().await?.ok_or_else(|| Error::Slip("the log has no checkpoint yet".into()))?;
        let size = Checkpoint::open_unverified(&text).map_err(|why| Error::Damaged(why.to_string()))?.size();
        let mut files = 1;
        for tile in Tile::hashes_of(size) {
            let Holds::Hashes(level) = tile.holds else { continue };
            let hashes = self.store().log_hashes(level, tile.start(), usize::from(tile.width)).await?;
            write(&dir.join(tile.to_string()), &hashes.concat())?;
            files += 1;
        }
        for tile in Tile::bundles_of(size) {
            let records = self.store().records(tile.start(), usize::from(tile.width)).await?;
            if let Some(bundle) = bundle(&records)? {
                write(&dir.join(tile.to_string()), &bundle)?;
                files += 1;
            }
        }
        // Last, so that whoever sees the checkpoint finds everything that it speaks of.
        write(&dir.join("checkpoint"), text.as_bytes())?;
        Ok(files)
    }
}

/// The bundle of these records; `None` when one of them was erased, for a bundle holds all of its entries or is not
/// there. Its tile is, so nothing of the log's shape is lost by it.
fn bundle(records: &[StoredRecord]) -> Result<Option<Vec<u8>>, Error> {
    if records.iter().any(|record| record.record.is_none()) {
        return Ok(None);
    }
    let leaves = records.iter().map(leaf_bytes).collect::<Result<Vec<_>, _>>()?;
    let bundle = encode_bundle(leaves.iter().map(String::as_bytes));
    bundle.map(Some).map_err(|why| Error::Damaged(why.to_string()))
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
