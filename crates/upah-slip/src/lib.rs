//! The worker's slip: commitments, rendering and verification.
