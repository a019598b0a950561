//! The keychain itself, called from code that may block. Each call makes a new connection, so that
//! a keychain that was absent or locked a moment ago is found once it is there.

use std::collections::HashMap;
use std::sync::Arc;

use apiframe::ApiKey;
use keyring::{Entry, Error};
use keyring_core::CredentialStore;
use zeroize::Zeroizing;

use super::error::VaultError;

/// The user name under which the key is kept.
pub const USER: &str = "apiframe-api-key";

/// The label of the key where the keychain shows its entries.
const LABEL: &str = "Inbetween: Apiframe API key";

/// One entry of the system's keychain.
#[derive(Clone, Debug)]
pub(super) struct Keychain {
    service: String,
}

impl Keychain {
    pub(super) fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
        }
    }

    pub(super) fn read(&self) -> Result<Option<ApiKey>, VaultError> {
        match self.entry()?.get_password() {
            Ok(text) => match ApiKey::parse(&Zeroizing::new(text)) {
                Ok(key) => Ok(Some(key)),
                Err(_) => Err(VaultError::not_a_key()),
            },
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(VaultError::from_keychain(&error)),
        }
    }

    /// Keeps a key, in place of whatever is there. A keychain may take a long time for it: a change
    /// that no caller is `waiting` for any more is not started, or is undone if it is still the
    /// `last` change.
    pub(super) fn store(
        &self,
        key: &ApiKey,
        waiting: &dyn Fn() -> bool,
        last: &dyn Fn() -> bool,
    ) -> Result<(), VaultError> {
        store_in(&self.entry()?, key, waiting, last)
    }

    pub(super) fn remove(&self) -> Result<(), VaultError> {
        remove(&self.entry()?)
    }

    /// `keyring` makes its own entries from a store that it opens once in a process; if that fails,
    /// it keeps failing until the program is restarted. So the store is opened here.
    fn entry(&self) -> Result<Entry, VaultError> {
        let store = open().map_err(|error| VaultError::absent(&error))?;
        // What the user reads in the keychain's own window. Only the Secret Service has it.
        let label = HashMap::from([("label", LABEL)]);
        let about = cfg!(all(unix, not(target_os = "macos"))).then_some(&label);
        match store.build(&self.service, USER, about) {
            Ok(inner) => Ok(Entry { inner }),
            Err(error) => Err(VaultError::from_keychain(&error)),
        }
    }
}

fn store_in(
    entry: &Entry,
    key: &ApiKey,
    waiting: &dyn Fn() -> bool,
    last: &dyn Fn() -> bool,
) -> Result<(), VaultError> {
    let before = match entry.get_password() {
        // A value that is not a key is not worth restoring.
        Ok(text) => ApiKey::parse(&Zeroizing::new(text)).ok(),
        Err(Error::NoEntry | Error::BadEncoding(_)) => None,
        Err(Error::Ambiguous(several)) => {
            remove_all(&several)?;
            None
        }
        Err(error) => return Err(VaultError::from_keychain(&error)),
    };
    if !waiting() {
        return Ok(());
    }
    set(entry, key)?;
    if waiting() || !last() {
        return Ok(());
    }
    match before {
        Some(before) => set(entry, &before),
        None => remove(entry),
    }
}

fn set(entry: &Entry, key: &ApiKey) -> Result<(), VaultError> {
    entry
        .set_password(key.expose())
        .map_err(|error| VaultError::from_keychain(&error))
}

fn remove(entry: &Entry) -> Result<(), VaultError> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(several)) => remove_all(&several),
        Err(error) => Err(VaultError::from_keychain(&error)),
    }
}

/// Another program may have added a second entry with the same name to another collection.
fn remove_all(entries: &[keyring_core::Entry]) -> Result<(), VaultError> {
    for entry in entries {
        match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => {}
            Err(error) => return Err(VaultError::from_keychain(&error)),
        }
    }
    Ok(())
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use keyring_core::api::CredentialStoreApi;
    use keyring_core::mock;

    use super::*;

    fn key(text: &str) -> ApiKey {
        ApiKey::parse(text).unwrap()
    }

    /// A keychain in memory.
    fn entry() -> Entry {
        let store = mock::Store::new().unwrap();
        let inner = store.build("service", "user", None).unwrap();
        Entry { inner }
    }

    /// A caller that is waiting for this many checks, like one that gives up while the keychain
    /// takes its time.
    fn patient(times: usize) -> impl Fn() -> bool {
        let asked = Cell::new(0);
        move || asked.replace(asked.get() + 1) < times
    }

    const FOR_EVER: usize = usize::MAX;

    #[test]
    fn a_key_that_somebody_waits_for_is_kept() {
        let entry = entry();
        for text in ["afk_first", "afk_second"] {
            store_in(&entry, &key(text), &patient(FOR_EVER), &|| true).unwrap();
            assert_eq!(entry.get_password().unwrap(), text);
        }
    }

    #[test]
    fn what_was_given_up_before_it_could_be_written_is_not_written() {
        let entry = entry();
        store_in(&entry, &key("afk_late"), &patient(0), &|| true).unwrap();
        assert!(matches!(entry.get_password(), Err(Error::NoEntry)));
    }

    #[test]
    fn what_was_given_up_while_it_was_written_is_put_back() {
        let entry = entry();
        store_in(&entry, &key("afk_late"), &patient(1), &|| true).unwrap();
        assert!(matches!(entry.get_password(), Err(Error::NoEntry)));
        entry.set_password("afk_before").unwrap();
        store_in(&entry, &key("afk_late"), &patient(1), &|| true).unwrap();
        assert_eq!(entry.get_password().unwrap(), "afk_before");
    }

    #[test]
    fn a_later_change_is_not_undone_by_an_earlier_one() {
        let entry = entry();
        entry.set_password("afk_before").unwrap();
        store_in(&entry, &key("afk_again"), &patient(1), &|| false).unwrap();
        assert_eq!(entry.get_password().unwrap(), "afk_again");
    }

    #[test]
    fn removing_what_is_not_there_is_no_trouble() {
        let entry = entry();
        remove(&entry).unwrap();
        entry.set_password("afk_before").unwrap();
        remove(&entry).unwrap();
        remove(&entry).unwrap();
        assert!(matches!(entry.get_password(), Err(Error::NoEntry)));
    }
}
