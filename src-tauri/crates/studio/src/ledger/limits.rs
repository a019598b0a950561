//! The limits that the user sets on a day's and a month's credits, and the message when a limit
//! holds something back. The decision is pure: it depends on the limits, on what is used, and on
//! the most that the next clip may cost.
//!
//! An unknown price can't be compared with a limit. Sending anyway would make the limit useless, so
//! nothing is sent then, and the sentence says why. Without a limit an unknown price prevents
//! nothing.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::calendar::Today;
use crate::message::{self, Message};

/// The most credits the user wants to spend; `None` for no limit. Zero stops everything.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "SpendingLimits", rename_all = "camelCase")]
pub struct Limits {
    pub day: Option<u32>,
    pub month: Option<u32>,
}

impl Limits {
    /// Whether any limit is set.
    #[must_use]
    pub fn any(self) -> bool {
        self.day.is_some() || self.month.is_some()
    }

    /// Checks whether a clip of at most `price` credits stays within the limits.
    ///
    /// # Errors
    /// Why it does not. If both limits prevent it, the month's is reported, because it lasts
    /// longer.
    pub fn judge(self, today: &Today, used: &Used, price: Option<i64>) -> Result<(), Overrun> {
        if !self.any() {
            return Ok(());
        }
        let Some(price) = price else {
            return Err(Overrun::Unpriced);
        };
        let months = (self.month, &used.month, Span::Month(today.next_month()));
        let days = (self.day, &used.day, Span::Day);
        for (limit, tally, span) in [months, days] {
            if let Some(limit) = limit.map(i64::from)
                && tally.all() + price > limit
            {
                return Err(Overrun::Over {
                    span,
                    limit,
                    used: tally.all(),
                    price,
                });
            }
        }
        Ok(())
    }
}

/// Credits of a day or a month that count towards its limit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Taken and not given back; the highest expected amount if the amount is not known yet.
    pub taken: i64,
    /// Set aside for what is not charged yet.
    pub set_aside: i64,
}

impl Tally {
    /// The sum of both.
    #[must_use]
    pub fn all(self) -> i64 {
        self.taken.saturating_add(self.set_aside)
    }
}

/// What counts towards the limits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Used {
    pub day: Tally,
    pub month: Tally,
}

/// Which limit prevents it, and when it is reset.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Span {
    Day,
    /// The month's limit, until this day, `2026-12-01`.
    Month(String),
}

/// Why a clip is not paid for at the moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Overrun {
    /// There is a limit, and the price of the clip is not known.
    Unpriced,
    /// It would exceed a limit.
    Over {
        span: Span,
        /// The limit in credits.
        limit: i64,
        /// Credits that count towards it already.
        used: i64,
        /// The most that the clip may cost.
        price: i64,
    },
}

impl Overrun {
    /// The message after Generate is pressed: nothing was recorded.
    #[must_use]
    pub fn refusal(&self) -> Message {
        let Self::Over {
            span,
            limit,
            used,
            price,
        } = self
        else {
            return Message::SpendingUnpriced;
        };
        let (limit, used, price) = (*limit, *used, *price);
        if price > limit {
            let span = span.kind();
            Message::SpendingTooLow { span, limit, price }
        } else {
            Message::SpendingReached {
                span: span.kind(),
                limit,
                used,
                price,
                from: span.ends(),
            }
        }
    }

    /// The message on the card of a generation that was recorded before and is not sent yet.
    #[must_use]
    pub fn waiting(&self) -> Message {
        let Self::Over {
            span,
            limit,
            used,
            price,
        } = self
        else {
            return Message::PriceUnknown;
        };
        let (kind, from) = (span.kind(), span.ends());
        let (limit, used, price) = (*limit, *used, *price);
        if price > limit {
            Message::LimitTooLow {
                span: kind,
                limit,
                price,
            }
        } else if used >= limit {
            Message::LimitReached {
                span: kind,
                limit,
                from,
            }
        } else {
            Message::LimitNearlyReached {
                span: kind,
                limit,
                left: limit - used,
                price,
                from,
            }
        }
    }
}

impl Span {
    fn kind(&self) -> message::LimitSpan {
        match self {
            Self::Day => message::LimitSpan::Day,
            Self::Month(_) => message::LimitSpan::Month,
        }
    }

    /// The first day of the next month; empty for a day's limit.
    fn ends(&self) -> String {
        match self {
            Self::Day => String::new(),
            Self::Month(first) => first.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn today() -> Today {
        let noon = "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap();
        Today::at(noon.as_millisecond(), &jiff::tz::TimeZone::UTC)
    }

    fn used(day: i64, month: i64) -> Used {
        let tally = |taken| Tally {
            taken,
            set_aside: 0,
        };
        Used {
            day: tally(day),
            month: tally(month),
        }
    }

    fn judge(
        limits: (Option<u32>, Option<u32>),
        used: Used,
        price: Option<i64>,
    ) -> Option<Overrun> {
        let limits = Limits {
            day: limits.0,
            month: limits.1,
        };
        limits.judge(&today(), &used, price).err()
    }

    #[test]
    fn a_limit_is_kept_to_the_last_credit() {
        assert_eq!(judge((Some(100), None), used(65, 65), Some(35)), None);
        assert!(judge((Some(100), None), used(66, 66), Some(35)).is_some());
        assert!(judge((None, Some(100)), used(0, 66), Some(35)).is_some());
        assert!(judge((Some(0), None), used(0, 0), Some(1)).is_some());
        let set_aside = Used {
            day: Tally {
                taken: 30,
                set_aside: 36,
            },
            ..Used::default()
        };
        assert!(judge((Some(100), None), set_aside, Some(35)).is_some());
    }

    #[test]
    fn without_a_limit_nothing_is_held_back_and_with_one_no_unknown_price_passes() {
        assert_eq!(judge((None, None), used(9999, 9999), None), None);
        assert_eq!(
            judge((None, Some(100)), used(0, 0), None),
            Some(Overrun::Unpriced)
        );
    }

    #[test]
    fn the_refusal_says_what_it_costs_what_is_spent_when_it_ends_and_what_to_do() {
        let words = |limits, used, price| {
            judge(limits, used, Some(price))
                .unwrap()
                .refusal()
                .to_string()
        };
        assert_eq!(
            words((Some(100), None), used(70, 70), 35),
            "This clip may cost up to 35 credits, and 70 of today's limit of 100 are spent or \
             reserved for running clips. Nothing was started. The limit resets at midnight; you \
             can raise it in Settings."
        );
        assert!(words((Some(100), Some(500)), used(70, 480), 35).contains(
            "480 of this month's limit of 500 are spent or reserved for running clips. Nothing \
             was started. The limit resets on 1 December"
        ));
        // Waiting for tomorrow would not help here.
        assert_eq!(
            words((Some(30), None), used(0, 0), 35),
            "This clip may cost up to 35 credits, more than your limit of 30 a day. Nothing was \
             started. Choose a shorter clip or a lower quality, or raise the limit in Settings."
        );
    }

    #[test]
    fn what_waits_says_until_when() {
        let words = |limits, used, price| {
            judge(limits, used, Some(price))
                .unwrap()
                .waiting()
                .to_string()
        };
        assert_eq!(
            words((Some(100), None), used(100, 100), 35),
            "Waiting: today's limit of 100 credits is reached. It continues tomorrow, or when you \
             raise the limit."
        );
        assert_eq!(
            words((None, Some(100)), used(0, 90), 35),
            "Waiting: this clip may cost 35 credits, and this month's limit of 100 leaves 10. It \
             continues from 1 December, or when you raise the limit."
        );
        assert_eq!(
            words((Some(30), None), used(0, 0), 35),
            "Waiting: this clip may cost 35 credits, more than your limit of 30 a day. It continues \
             when you raise the limit in Settings."
        );
    }
}
