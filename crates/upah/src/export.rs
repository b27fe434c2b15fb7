//! The log as static files in the layout of C2SP `tlog-tiles`: any host or USB stick can serve it.
use crate::error::Error;
use crate::gateway::Gateway;
use crate::journal::{open_payment_record, open_run_record};
use std::fs;
use std::path::Path;
use upah_core::commitment::Leaf;
use upah_core::erasure::ErasedPayment;
use upah_core::store::{StoredRecord, Stream};
use upah_tlog::Checkpoint;
use upah_tlog::tiles::{Holds, Tile, encode_bundle};

impl Gateway {
    /// Writes checkpoint, hash tiles and entry bundles of the newest checkpoint; returns how many
    /// files. The leaf of an erased event follows from what was left of its payment.
    ///
    /// In a folder with an older export everything stays of which an older checkpoint speaks.
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
            let mut leaves = Vec::with_capacity(records.len());
            for record in &records {
                leaves.push(self.leaf_of(record).await?.bytes());
            }
            let bundle = encode_bundle(leaves.iter().map(String::as_bytes));
            write(&dir.join(tile.to_string()), &bundle.map_err(|why| Error::Damaged(why.to_string()))?)?;
            files += 1;
        }
        // Last, so that whoever sees the checkpoint finds everything that it speaks of.
        write(&dir.join("checkpoint"), text.as_bytes())?;
        Ok(files)
    }

    async fn leaf_of(&self, record: &StoredRecord) -> Result<Leaf, Error> {
        match &record.stream {
            Stream::Payment(id) if record.record.is_none() => {
                let stored = self.stored(id).await?;
                let place = stored.records.iter().position(|one| one.seq == record.seq);
                let leaf =
                    ErasedPayment::read(&stored).zip(place).and_then(|(erased, place)| erased.remains.leaf(place));
                leaf.ok_or_else(|| Error::Damaged(format!("event {} is gone and was not erased", record.seq)))
            }
            Stream::Payment(_) => Ok(Leaf::of(open_payment_record(record)?.1)),
            Stream::Run(_) => {
                let (event, commit) = open_run_record(record)?;
                Ok(event.leaf(commit))
            }
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
