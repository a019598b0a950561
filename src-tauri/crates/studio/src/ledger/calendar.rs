//! Days and months in the user's own time zone: a day's limit is reset at the user's midnight, not
//! at midnight UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::generation::Millis;

/// A day in a time zone, with the month around it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Today {
    date: Date,
    pub day_began: Millis,
    pub month_began: Millis,
}

impl Today {
    /// The day that contains `at`.
    #[must_use]
    pub fn at(at: Millis, zone: &TimeZone) -> Self {
        let date = Timestamp::from_millisecond(at)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(zone.clone())
            .date();
        let began = |date: Date| {
            date.to_zoned(zone.clone())
                .map_or(at, |begin| begin.timestamp().as_millisecond())
        };
        Self {
            date,
            day_began: began(date),
            month_began: began(date.first_of_month()),
        }
    }

    /// `2026-11-22`.
    #[must_use]
    pub fn day(&self) -> String {
        self.date.to_string()
    }

    /// `2026-11`.
    #[must_use]
    pub fn month(&self) -> String {
        self.date.strftime("%Y-%m").to_string()
    }

    /// The first day of the next month: `2026-12-01`.
    #[must_use]
    pub fn next_month(&self) -> String {
        self.date
            .last_of_month()
            .tomorrow()
            .unwrap_or(self.date)
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_day_and_the_month_are_the_persons_own() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        let today = Today::at(at("2026-11-30T20:00:00Z"), &tokyo);
        assert_eq!(
            (today.day(), today.month()),
            ("2026-12-01".into(), "2026-12".into())
        );
        assert_eq!(today.day_began, at("2026-11-30T15:00:00Z"));
        assert_eq!(today.month_began, at("2026-11-30T15:00:00Z"));
        let greenwich = Today::at(at("2026-11-30T20:00:00Z"), &TimeZone::UTC);
        assert_eq!(greenwich.day(), "2026-11-30");
        assert_eq!(greenwich.month_began, at("2026-11-01T00:00:00Z"));
    }

    #[test]
    fn the_next_month_follows_the_last_day_of_any() {
        let next = |text| Today::at(at(text), &TimeZone::UTC).next_month();
        assert_eq!(next("2026-11-22T12:00:00Z"), "2026-12-01");
        assert_eq!(next("2027-12-31T23:59:59Z"), "2028-01-01");
        assert_eq!(next("2028-02-29T00:00:00Z"), "2028-03-01");
    }
}
