//! The rail `qris-sheet`, which wants to know nothing: it calls nobody and holds no secret.
use super::{Kind, RailConfig};
use crate::failure::Failure;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;
use upah_sheet::SheetRail;

/// The keys of `kind = "qris-sheet"`: none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QrisSheetKeys {}

impl Kind for QrisSheetKeys {
    fn base_url(&self) -> Option<&str> {
        None
    }

    fn open(self: Box<Self>, rail: &RailConfig, _: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        let sheet = SheetRail::new(rail.id.clone());
        let policy = sheet.policy(rail.serves.clone());
        Ok((Arc::new(sheet), policy))
    }
}
