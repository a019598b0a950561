//! What a clip will cost, as far as that can be known before it is sent.
//!
//! Nothing is hard-coded: published price lists are old. The library's own last job of the
//! same kind says it exactly; before there is one, the catalogue's range does.

use apiframe::{ModelCatalogEntry, PricingMode};
use serde::Serialize;
use specta::Type;

/// What is known of a price, in credits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Price {
    /// What such a job cost last time.
    Exact {
        /// Credits.
        #[specta(type = u32)]
        credits: i64,
    },
    /// What the catalogue says.
    Range {
        /// At least.
        #[specta(type = u32)]
        min: i64,
        /// At most.
        #[specta(type = u32)]
        max: i64,
    },
    /// Nothing is known.
    Unknown,
}

impl Price {
    /// The most that it may come to, which is what a limit has to hold against.
    #[must_use]
    pub fn most(self) -> Option<i64> {
        match self {
            Self::Exact { credits } => Some(credits),
            Self::Range { max, .. } => Some(max),
            Self::Unknown => None,
        }
    }
}

/// The price of `seconds` of a clip: by the last job of its kind (its credits and
/// seconds), else by the catalogue's entry of its model.
#[must_use]
pub fn price(seconds: u8, last: Option<(i64, u8)>, catalogue: Option<&ModelCatalogEntry>) -> Price {
    if let Some((credits, paid_seconds)) = last
        && paid_seconds > 0
    {
        let paid = i64::from(paid_seconds);
        // Rounded up: a figure that turns out too low angers more than one too high.
        return Price::Exact {
            credits: (credits * i64::from(seconds) + paid - 1) / paid,
        };
    }
    let Some((min, max)) = catalogue.and_then(|entry| Some((entry.cost_min?, entry.cost_max?)))
    else {
        return Price::Unknown;
    };
    let times = match catalogue.and_then(|entry| entry.pricing_mode) {
        Some(PricingMode::PerSecond) => f64::from(seconds),
        _ => 1.0,
    };
    match (whole(min * times), whole(max * times)) {
        (Some(min), Some(max)) if min == max => Price::Exact { credits: min },
        (Some(min), Some(max)) if min < max => Price::Range { min, max },
        _ => Price::Unknown,
    }
}

/// A sensible number of credits, rounded up.
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

    #[test]
    fn the_last_job_of_the_kind_is_believed_before_the_catalogue() {
        let catalogue = entry(3.0, 15.0, PricingMode::PerSecond);
        assert_eq!(
            price(10, Some((35, 5)), Some(&catalogue)),
            Price::Exact { credits: 70 }
        );
    }

    #[test]
    fn the_catalogue_gives_a_range_a_second_or_a_clip() {
        assert_eq!(
            price(10, None, Some(&entry(3.0, 7.0, PricingMode::PerSecond))),
            Price::Range { min: 30, max: 70 }
        );
        assert_eq!(
            price(10, None, Some(&entry(30.0, 30.0, PricingMode::Flat))),
            Price::Exact { credits: 30 }
        );
    }

    #[test]
    fn nonsense_from_the_catalogue_is_no_price() {
        assert_eq!(price(5, None, None), Price::Unknown);
        for (min, max) in [
            (f64::NAN, 1.0),
            (9.0, 3.0),
            (-1.0, 3.0),
            (1.0, f64::INFINITY),
        ] {
            assert_eq!(
                price(5, None, Some(&entry(min, max, PricingMode::PerSecond))),
                Price::Unknown
            );
        }
    }
}
