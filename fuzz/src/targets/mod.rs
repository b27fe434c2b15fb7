//! One file a target, named as in [`crate::TARGETS`].
pub mod qris;
