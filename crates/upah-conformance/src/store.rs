//! The suite for stores: [`prove`] holds a store of yours against [`MemoryStore`]
//! and against what can be counted, folded and hashed again from its own events.
//!
//! The contract that is proved stands on [`upah_core::store`]; the [manual](crate) shows a store on its
//! way to green.
//!
//! # Every property
//!
#![doc = include_str!("store/properties.md")]
mod claims;
mod dump;
mod looks;
mod properties;
mod races;
mod steps;
mod world;

use crate::memory::MemoryStore;
use crate::plan::{Plan, on_a_runtime};
use crate::report::{Finding, Report};
use std::future::Future;
use upah_core::store::Store;

/// How the kit gets at a store of yours.
///
/// A *place* is where one store lies: a file, a folder, a schema of a database. Every case begins with
/// a fresh one and drops it at its end.
pub trait StoreUnderTest: Sync {
    /// Where a store lies. Dropping it may clean up.
    type Place: Send + Sync;
    /// The store.
    type Store: Store + 'static;

    /// What the report calls it.
    fn name(&self) -> String;

    /// A fresh and empty place.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn place(&self) -> impl Future<Output = Result<Self::Place, String>> + Send;

    /// Opens the store at a place, for the first time or again.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn open(&self, place: &Self::Place) -> impl Future<Output = Result<Self::Store, String>> + Send;

    /// What a crash leaves of a store: nothing may be written any more, and the store is gone.
    ///
    /// As it stands the store is dropped. Where dropping tidies up in a way that a kill would not (a
    /// buffer is flushed, a journal folded), copy what lies on the disk to another place first and
    /// return that one.
    ///
    /// # Errors
    /// In words; the property that asked fails with them.
    fn crash(
        &self,
        place: Self::Place,
        store: Self::Store,
    ) -> impl Future<Output = Result<Self::Place, String>> + Send {
        async move {
            drop(store);
            Ok(place)
        }
    }
}

/// Proves a store: every property of the suite with the plan's number of cases.
///
/// Blocks until it is done, on a thread and a tokio runtime of its own.
#[must_use]
pub fn prove<S: StoreUnderTest>(subject: &S, plan: &Plan) -> Report {
    let findings = on_a_runtime(|runtime| {
        let asked = properties::all::<S>().into_iter().filter(|property| plan.asks_for(property.name));
        let prove = |property: properties::Property<S>| Finding {
            property: property.name,
            protects: property.protects,
            verdict: (property.prove)(subject, plan, runtime),
        };
        asked.map(prove).collect()
    });
    Report::of(subject.name(), "store", plan, findings)
}

/// [`MemoryStore`] as a store under test: the model holds itself to the contract too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory;

impl StoreUnderTest for Memory {
    type Place = MemoryStore;
    type Store = MemoryStore;

    fn name(&self) -> String {
        "MemoryStore".into()
    }

    async fn place(&self) -> Result<MemoryStore, String> {
        Ok(MemoryStore::default())
    }

    async fn open(&self, place: &MemoryStore) -> Result<MemoryStore, String> {
        Ok(place.clone())
    }

    async fn crash(&self, _: MemoryStore, store: MemoryStore) -> Result<MemoryStore, String> {
        Ok(store.clone())
    }
}
