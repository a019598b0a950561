//! What a clip will cost, as far as that can be known before it is sent.
//!
//! Nothing is hard-coded: published price lists are out of date. The library's last job of the same
//! kind gives the exact price. Before there is one, the catalogue gives a range, and jobs of other
//! kinds narrow it.

use std::cmp::Ordering;

use apiframe::{ModelCatalogEntry, PricingMode};
use serde::Serialize;
use specta::Type;

use crate::settings::{Mode, Settings};

/// The cost of the latest job of one kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Paid {
    pub mode: Mode,
    pub sound: bool,
    pub credits: i64,
    /// The seconds that this paid for.
    pub seconds: u8,
}

impl Paid {
    /// The cost of this many seconds of this kind. Rounded up: a price that turns out too low
    /// annoys users more than one that is too high.
    fn of(self, seconds: u8) -> i64 {
        let paid = i64::from(self.seconds.max(1));
        (self.credits * i64::from(seconds) + paid - 1) / paid
    }
}

/// What is known about a price, in credits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Price {
    /// What a job of this kind cost last time.
    Exact {
        /// Credits.
        #[specta(type = u32)]
        credits: i64,
    },
    /// The catalogue's range for the model, whatever the quality, narrowed by what other kinds of
    /// it have cost.
    Range {
        #[specta(type = u32)]
        min: i64,
        #[specta(type = u32)]
        max: i64,
    },
    Unknown,
}

impl Price {
    /// The most that it may cost. This is the amount that a limit is compared with.
    #[must_use]
    pub fn most(self) -> Option<i64> {
        match self {
            Self::Exact { credits } => Some(credits),
            Self::Range { max, .. } => Some(max),
            Self::Unknown => None,
        }
    }
}

/// What a clip with these settings costs: by the last job of its kind, otherwise by the catalogue's
/// entry for its model and by what jobs of other kinds have cost. `paid` has at most one job of
/// each kind, all of that model.
#[must_use]
pub fn price(settings: &Settings, paid: &[Paid], catalogue: Option<&ModelCatalogEntry>) -> Price {
    let (mode, sound, seconds) = (settings.mode, settings.sound, settings.length);
    let same = |one: &&Paid| one.mode == mode && one.sound == sound;
    if let Some(same) = paid.iter().find(same) {
        return Price::Exact {
            credits: same.of(seconds),
        };
    }
    let Some((least, most)) = range(seconds, catalogue) else {
        return Price::Unknown;
    };
    // Neither a higher quality nor sound makes a clip cheaper.
    let no_dearer = |one: &&Paid| one.mode <= mode && one.sound <= sound;
    let no_cheaper = |one: &&Paid| one.mode >= mode && one.sound >= sound;
    let cost = |one: &Paid| one.of(seconds);
    let min = paid.iter().filter(no_dearer).map(cost).max();
    let max = paid.iter().filter(no_cheaper).map(cost).min();
    let (min, max) = (
        min.map_or(least, |min| min.max(least)),
        max.map_or(most, |max| max.min(most)),
    );
    match min.cmp(&max) {
        Ordering::Less => Price::Range { min, max },
        Ordering::Equal => Price::Exact { credits: min },
        // Prices have changed since, so earlier costs are no evidence.
        Ordering::Greater => Price::Range {
            min: least,
            max: most,
        },
    }
}

/// The least and the most that this many seconds cost, by the catalogue.
fn range(seconds: u8, catalogue: Option<&ModelCatalogEntry>) -> Option<(i64, i64)> {
    let entry = catalogue?;
    let times = match entry.pricing_mode {
        Some(PricingMode::PerSecond) => f64::from(seconds),
        _ => 1.0,
    };
    let (min, max) = (
        whole(entry.cost_min? * times)?,
        whole(entry.cost_max? * times)?,
    );
    (min <= max).then_some((min, max))
}

/// A plausible number of credits, rounded up.
#[allow(clippy::cast_possible_truncation, reason = "checked to be in range")]
fn whole(credits: f64) -> Option<i64> {
    (credits.is_finite() && (0.0..1e9).contains(&credits)).then(|| credits.ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(min: f64, max: f64, mode: PricingMode) -> ModelCatalogEntry {
        ModelCatalogEntry {
            id: "kling-3.0".into(),
            cost_min: Some(min),
            cost_max: Some(max),
            pricing_mode: Some(mode),
            ..ModelCatalogEntry::default()
        }
    }

    fn asked(mode: Mode, sound: bool, length: u8) -> Settings {
        Settings {
            mode,
            length,
            sound,
            ..Settings::default()
        }
    }

    fn paid(mode: Mode, sound: bool, credits: i64, seconds: u8) -> Paid {
        Paid {
            mode,
            sound,
            credits,
            seconds,
        }
    }

    #[test]
    fn the_last_job_of_the_kind_is_believed_before_the_catalogue_at_any_length() {
        let catalogue = entry(3.0, 15.0, PricingMode::PerSecond);
        let last = [paid(Mode::Pro, false, 35, 5)];
        for (length, credits) in [(10, 70), (3, 21), (5, 35)] {
            assert_eq!(
                price(&asked(Mode::Pro, false, length), &last, Some(&catalogue)),
                Price::Exact { credits }
            );
        }
    }

    #[test]
    fn the_catalogue_gives_a_range_a_second_or_a_clip() {
        let ten = asked(Mode::Pro, false, 10);
        assert_eq!(
            price(&ten, &[], Some(&entry(3.0, 7.0, PricingMode::PerSecond))),
            Price::Range { min: 30, max: 70 }
        );
        assert_eq!(
            price(&ten, &[], Some(&entry(30.0, 30.0, PricingMode::Flat))),
            Price::Exact { credits: 30 }
        );
    }

    #[test]
    fn jobs_of_other_kinds_narrow_the_range() {
        let catalogue = entry(3.0, 15.0, PricingMode::PerSecond);
        let pro = [paid(Mode::Pro, false, 25, 5)];
        let range =
            |mode, sound, paid: &[Paid]| price(&asked(mode, sound, 10), paid, Some(&catalogue));
        assert_eq!(
            range(Mode::Standard, false, &pro),
            Price::Range { min: 30, max: 50 }
        );
        assert_eq!(
            range(Mode::Pro, true, &pro),
            Price::Range { min: 50, max: 150 }
        );
        let both = [pro[0], paid(Mode::FourK, true, 36, 3)];
        assert_eq!(
            range(Mode::FourK, false, &both),
            Price::Range { min: 50, max: 120 }
        );
        // Cheaper with sound, dearer without: one says nothing about the other.
        assert_eq!(
            range(Mode::Standard, true, &pro),
            Price::Range { min: 30, max: 150 }
        );
    }

    #[test]
    fn what_was_paid_before_prices_changed_narrows_nothing() {
        let catalogue = entry(3.0, 4.0, PricingMode::PerSecond);
        let before = [paid(Mode::Standard, false, 50, 5)];
        assert_eq!(
            price(&asked(Mode::Pro, false, 10), &before, Some(&catalogue)),
            Price::Range { min: 30, max: 40 }
        );
    }

    #[test]
    fn nonsense_from_the_catalogue_is_no_price() {
        let five = asked(Mode::Pro, false, 5);
        assert_eq!(price(&five, &[], None), Price::Unknown);
        for (min, max) in [
            (f64::NAN, 1.0),
            (9.0, 3.0),
            (-1.0, 3.0),
            (1.0, f64::INFINITY),
        ] {
            assert_eq!(
                price(&five, &[], Some(&entry(min, max, PricingMode::PerSecond))),
                Price::Unknown
            );
        }
    }
}
