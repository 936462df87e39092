//! What one process remembers of the run that it works on: where its secret is kept, and which gates were passed.

use crate::outcome::{Look, Trouble};
use crate::run::{Vault, VaultRecord};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Memory {
    vault: OnceLock<Vault>,
    /// Gates by what they are called. They are passed in each process anew.
    passed: Mutex<BTreeSet<String>>,
    waits: AtomicBool,
}

impl Memory {
    /// The run's folder; it is told once.
    pub(crate) fn keep_in(&self, folder: &Path) {
        let _already = self.vault.set(Vault::of(folder));
    }

    pub(crate) fn vault(&self) -> Option<&Vault> {
        self.vault.get()
    }

    /// The vault, for what cannot be done outside of a run.
    pub(crate) fn open_vault(&self) -> Look<&Vault> {
        self.vault()
            .ok_or_else(|| Trouble::failed("there is no run whose folder could keep a secret"))
    }

    /// What the run knows of its key; nothing outside of a run.
    pub(crate) fn record(&self) -> Look<VaultRecord> {
        match self.vault() {
            Some(vault) => vault.record().map_err(|error| Trouble::failed(error.to_string())),
            None => Ok(VaultRecord::default()),
        }
    }

    pub(crate) fn pass(&self, gate: String) {
        self.passed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(gate);
    }

    pub(crate) fn is_passed(&self, gate: &str) -> bool {
        self.passed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(gate)
    }

    pub(crate) fn set_waiting(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    pub(crate) fn waits(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }
}
