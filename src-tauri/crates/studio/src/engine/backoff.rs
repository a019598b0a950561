//! How long each generation waits after something went wrong, and what ends the wait early.

use std::collections::HashMap;
use std::time::Duration;

use backon::BackoffBuilder;
use tokio::time::Instant;

use crate::generation::GenerationId;

/// Pauses after failures grow to this and no further: a clip that waits for the network should
/// arrive soon after the network returns.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How long a generation waits, and for what.
#[derive(Debug)]
struct Delay {
    until: Instant,
    pauses: backon::ExponentialBackoff,
    /// Whether it waits for the network.
    offline: bool,
}

/// What each generation waits for.
#[derive(Debug)]
pub(super) struct Backoff {
    all: HashMap<GenerationId, Delay>,
    first_pause: Duration,
}

impl Backoff {
    /// Starts with no delays; the first pause of each generation will be this long.
    pub fn new(first_pause: Duration) -> Self {
        Self {
            all: HashMap::new(),
            first_pause,
        }
    }

    /// Until when this generation waits, if it does.
    pub fn until(&self, id: &GenerationId) -> Option<Instant> {
        let until = self.all.get(id)?.until;
        (until > Instant::now()).then_some(until)
    }

    /// Forgets all generations but these.
    pub fn keep(&mut self, wanted: impl Fn(&GenerationId) -> bool) {
        self.all.retain(|id, _| wanted(id));
    }

    /// Ends all waits.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// A step failed: its generation waits, longer each time.
    pub fn failed(&mut self, id: &GenerationId, offline: bool) {
        let pauses = self.pauses();
        let delay = self.all.entry(*id).or_insert(Delay {
            until: Instant::now(),
            pauses,
            offline,
        });
        delay.until = Instant::now() + delay.pauses.next().unwrap_or(LONGEST_PAUSE);
        delay.offline = offline;
    }

    /// Nothing is wrong; the generation's turn comes after this time.
    pub fn rest(&mut self, id: &GenerationId, wait: Duration) {
        let pauses = self.pauses();
        let delay = self.all.entry(*id).or_insert(Delay {
            until: Instant::now(),
            pauses,
            offline: false,
        });
        delay.until = Instant::now() + wait;
    }

    fn pauses(&self) -> backon::ExponentialBackoff {
        backon::ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_factor(2.0)
            .without_max_times()
            .build()
    }

    /// A step succeeded. The length of the generation's pauses stays: a clip whose address fails
    /// repeatedly goes through a successful step each time.
    pub fn went_well(&mut self, id: &GenerationId) {
        if let Some(delay) = self.all.get_mut(id) {
            delay.until = Instant::now();
            if delay.offline {
                self.back_online();
            }
        }
    }

    /// The cause of this generation's wait is gone for good.
    pub fn over(&mut self, id: &GenerationId) {
        if self.all.remove(id).is_some_and(|delay| delay.offline) {
            self.back_online();
        }
    }

    /// The network is back: everything that waits for it continues at once.
    fn back_online(&mut self) {
        for delay in self.all.values_mut().filter(|delay| delay.offline) {
            delay.until = Instant::now();
            delay.offline = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_one_gets_through_all_that_wait_for_the_network_go_on_and_nobody_else() {
        let [one, other, full] = [1, 2, 3].map(GenerationId::new);
        let mut backoff = Backoff::new(Duration::from_secs(30));
        backoff.failed(&one, true);
        backoff.failed(&other, true);
        backoff.failed(&full, false);
        assert!(backoff.until(&other).is_some());
        backoff.over(&one);
        assert_eq!(backoff.until(&other), None);
        assert!(backoff.until(&full).is_some(), "its disk is still full");
    }

    #[test]
    fn pauses_grow_to_a_minute_and_a_good_step_between_does_not_shorten_them() {
        let id = GenerationId::new(1);
        let mut backoff = Backoff::new(Duration::from_secs(1));
        let mut pauses = Vec::new();
        for _ in 0..9 {
            backoff.failed(&id, false);
            let left = backoff.until(&id).map(|until| until - Instant::now());
            pauses.push(left.unwrap_or_default().as_secs_f64().round());
            backoff.went_well(&id);
            assert_eq!(backoff.until(&id), None);
        }
        assert_eq!(pauses, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]);
    }
}
