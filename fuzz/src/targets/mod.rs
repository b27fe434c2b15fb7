//! One file a target, named as in [`crate::TARGETS`].
pub mod bankfile;
pub mod callback;
pub mod destination;
pub mod note;
pub mod payfile;
pub mod qris;
pub mod record;
pub mod rupiah;
pub mod slip;
pub mod snap_response;
pub mod statement;
