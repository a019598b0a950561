//! Access control: the key, whether it is active, and how often it may call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// The period of the rate limit.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    NoKey,
    WrongKey,
    /// The key is switched off.
    Inactive,
    /// Too many calls; try again after this many seconds.
    TooOften(u64),
}

/// The gate, which is the same for every call that needs a key.
pub(crate) struct Gate(Mutex<Rules>);

struct Rules {
    key: String,
    active: bool,
    /// Calls per minute; `None` for no limit.
    limit: Option<u32>,
    /// The start of the current period, and the number of calls since then.
    counted: (Timestamp, u32),
}

impl Gate {
    pub fn new(key: String, limit: Option<u32>) -> Self {
        Self(Mutex::new(Rules {
            key,
            active: true,
            limit,
            counted: (Timestamp::MIN, 0),
        }))
    }

    /// Accepts a call with this key, or says why not.
    pub fn admit(&self, key: Option<&str>, now: Timestamp) -> Result<(), Turned> {
        let mut rules = self.lock();
        let key = key.ok_or(Turned::NoKey)?;
        // Digests are compared, so that the time this takes reveals nothing about the key.
        if Sha256::digest(key) != Sha256::digest(&rules.key) {
            return Err(Turned::WrongKey);
        }
        if !rules.active {
            return Err(Turned::Inactive);
        }
        let Some(limit) = rules.limit else {
            return Ok(());
        };
        if now.duration_since(rules.counted.0) >= MINUTE {
            rules.counted = (now, 0);
        }
        if rules.counted.1 >= limit {
            let wait = MINUTE - now.duration_since(rules.counted.0);
            return Err(Turned::TooOften(
                u64::try_from(wait.as_secs()).unwrap_or_default().max(1),
            ));
        }
        rules.counted.1 += 1;
        Ok(())
    }

    pub fn set_key(&self, key: String) {
        self.lock().key = key;
    }

    pub fn set_active(&self, active: bool) {
        self.lock().active = active;
    }

    /// The first characters of the key, as `me` shows them: at most 8 and never half of it.
    pub fn prefix(&self) -> String {
        let rules = self.lock();
        let shown = 8.min(rules.key.chars().count() / 2);
        rules.key.chars().take(shown).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap_or_default()
    }

    #[test]
    fn only_the_active_key_comes_in() {
        let gate = Gate::new("afk_right".to_owned(), None);
        assert_eq!(gate.admit(None, at(0)), Err(Turned::NoKey));
        assert_eq!(gate.admit(Some("afk_wrong"), at(0)), Err(Turned::WrongKey));
        assert_eq!(gate.admit(Some("afk_right"), at(0)), Ok(()));
        gate.set_active(false);
        assert_eq!(gate.admit(Some("afk_right"), at(0)), Err(Turned::Inactive));
    }

    #[test]
    fn too_many_calls_wait_until_the_minute_is_over() {
        let gate = Gate::new("k".to_owned(), Some(2));
        let call = |seconds| gate.admit(Some("k"), at(seconds));
        assert_eq!((call(0), call(10)), (Ok(()), Ok(())));
        assert_eq!(call(20), Err(Turned::TooOften(40)));
        assert_eq!(call(60), Ok(()));
    }

    #[test]
    fn the_key_is_never_shown_whole() {
        assert_eq!(
            Gate::new("afk_0123456789abcdef".to_owned(), None).prefix(),
            "afk_0123"
        );
        assert_eq!(Gate::new("afk_12".to_owned(), None).prefix(), "afk");
    }
}
