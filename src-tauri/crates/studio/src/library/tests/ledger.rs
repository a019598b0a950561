//! The books: exact however often something is observed, and kept whatever is removed.

use super::*;
use crate::ledger::{Entry, Kind};

const DAY: Millis = 86_400_000;

impl Shelf {
    /// A shelf whose days are counted in UTC.
    fn in_greenwich() -> Self {
        let shelf = Self::new();
        Self {
            library: shelf.library.in_zone(jiff::tz::TimeZone::UTC),
            ..shelf
        }
    }

    fn booked(&self) -> Vec<Entry> {
        self.library.entries().unwrap()
    }

    /// Kind, amount and running total of each row.
    fn rows(&self) -> Vec<(Kind, Option<i64>, i64)> {
        self.booked()
            .into_iter()
            .map(|row| (row.kind, row.credits, row.total))
            .collect()
    }

    fn fail(&self, id: &GenerationId, charged: Option<bool>, now: Millis) {
        self.library.failed(id, &failure(charged), now).unwrap();
    }
}

#[test]
fn a_job_is_booked_when_it_is_accepted_and_its_amount_when_it_is_known() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.rendering(5 * DAY + 1000, "job");
    let booked = shelf.booked();
    let [row] = booked.as_slice() else {
        panic!("{booked:#?}")
    };
    assert_eq!(
        (row.day.as_str(), row.at, row.kind, row.credits, row.total),
        ("1970-01-06", 5 * DAY + 1000, Kind::Charge, None, 0)
    );
    assert_eq!(row.generation, id.to_string());
    assert_eq!((row.job.as_str(), row.in_gallery), ("job", true));
    assert_eq!(row.prompt, format!("Clip of {}", 5 * DAY + 1000));
    let unknown = |shelf: &Shelf| {
        let books = shelf.library.books(5 * DAY).unwrap();
        (books.today.sum.charged, books.today.sum.unknown)
    };
    assert_eq!(unknown(&shelf), (0, 1));
    shelf.library.observed(&id, true, None, None).unwrap();
    assert_eq!(shelf.rows(), [(Kind::Charge, None, 0)]);
    shelf.library.observed(&id, false, None, Some(35)).unwrap();
    assert_eq!(shelf.rows(), [(Kind::Charge, Some(35), 35)]);
    assert_eq!(unknown(&shelf), (35, 0));
}

#[test]
fn what_is_observed_again_and_again_is_booked_once() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.rendering(1000, "job");
    for _ in 0..3 {
        shelf.library.observed(&id, false, None, Some(35)).unwrap();
    }
    let shelf = Shelf::reopened(shelf);
    shelf.library.observed(&id, false, None, Some(35)).unwrap();
    shelf.finish(&id, 2000, 35);
    assert_eq!(shelf.rows(), [(Kind::Charge, Some(35), 35)]);
}

#[test]
fn a_job_that_ends_uncharged_gives_back_once_what_it_took() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.rendering(1000, "job");
    shelf.library.observed(&id, false, None, Some(35)).unwrap();
    shelf.fail(&id, Some(false), 2 * DAY);
    // The user asks again and gets the same answer.
    shelf.library.resume(&id).unwrap();
    shelf.fail(&id, Some(false), 3 * DAY);
    assert_eq!(
        shelf.rows(),
        [(Kind::Charge, Some(35), 35), (Kind::Return, Some(35), 0)]
    );
    assert_eq!(shelf.booked()[1].day, "1970-01-03");
}

#[test]
fn a_return_of_an_unknown_charge_leaves_nothing_unknown() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.rendering(1000, "job");
    shelf.fail(&id, Some(false), 2000);
    assert_eq!(
        shelf.rows(),
        [(Kind::Charge, None, 0), (Kind::Return, None, 0)]
    );
    let books = shelf.library.books(2000).unwrap();
    assert_eq!(books.today.sum.unknown, 0);
}

#[test]
fn what_stays_charged_or_was_never_sent_gives_nothing_back() {
    let shelf = Shelf::in_greenwich();
    for charged in [Some(true), None] {
        let id = shelf.rendering(1000, &format!("{charged:?}"));
        shelf.fail(&id, charged, 2000);
    }
    let unsent = shelf.insert(3000);
    shelf.fail(&unsent, Some(false), 3500);
    let called_off = shelf.insert(4000);
    shelf
        .library
        .cancel(&called_off, &failure(Some(false)), 4500)
        .unwrap();
    assert_eq!(
        shelf.rows(),
        [(Kind::Charge, None, 0), (Kind::Charge, None, 0)]
    );
}

#[test]
fn removing_a_generation_keeps_its_rows_with_how_its_prompt_begins() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.rendering(1000, "job");
    shelf.finish(&id, 2000, 35);
    shelf.library.remove(&id).unwrap();
    let booked = shelf.booked();
    assert_eq!(booked.len(), 1);
    assert_eq!(booked[0].generation, id.to_string());
    assert_eq!(booked[0].prompt, "Clip of 1000");
    assert!(!booked[0].in_gallery);
    assert_eq!(booked[0].total, 35);
}

#[test]
fn a_step_and_its_row_are_written_together_or_not_at_all() {
    let shelf = Shelf::in_greenwich();
    let id = shelf.insert(1000);
    shelf.submit(&id, "key").unwrap();
    shelf.library.sent(&id, 1500, "key").unwrap();
    let run = |sql: &str| {
        shelf
            .library
            .write(|connection| Ok(connection.execute_batch(sql)?))
            .unwrap();
    };
    run("CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(FAIL, 'full'); END");
    assert!(shelf.library.accepted(&id, "job", 2000).is_err());
    assert_eq!(shelf.record(&id).state, State::Submitting);
    run("DROP TRIGGER full");
    shelf.library.accepted(&id, "job", 2000).unwrap();
    assert_eq!(shelf.rows().len(), 1);
    // A step that comes too late books nothing either.
    assert!(shelf.library.accepted(&id, "other job", 2500).is_err());
    assert_eq!(shelf.rows().len(), 1);
}

#[test]
fn an_amount_that_can_be_none_counts_as_not_known() {
    let shelf = Shelf::in_greenwich();
    for (job, nonsense) in [("a", -5), ("b", i64::MAX)] {
        let id = shelf.rendering(1000, job);
        shelf
            .library
            .observed(&id, false, None, Some(nonsense))
            .unwrap();
    }
    assert_eq!(
        shelf.rows(),
        [(Kind::Charge, None, 0), (Kind::Charge, None, 0)]
    );
}

#[test]
fn the_day_is_the_one_on_the_persons_wall() {
    let shelf = Shelf::new();
    let tokyo = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let shelf = Shelf {
        library: shelf.library.in_zone(tokyo),
        ..shelf
    };
    shelf.rendering(20 * 3_600_000, "job");
    assert_eq!(shelf.booked()[0].day, "1970-01-02");
}

#[test]
fn pages_follow_each_other_with_whole_days_and_one_running_total() {
    let shelf = Shelf::in_greenwich();
    for number in 0..130 {
        let id = shelf.rendering(number / 13 * DAY + number, &format!("job {number}"));
        shelf.library.observed(&id, false, None, Some(2)).unwrap();
    }
    let mut entries = Vec::new();
    let mut cursor = None;
    let mut pages = 0;
    loop {
        let page = shelf.library.ledger_page(cursor.as_deref()).unwrap();
        for sum in &page.days {
            assert_eq!(sum.charged, 26, "{}", sum.span);
        }
        let days: Vec<_> = page.days.iter().map(|sum| sum.span.clone()).collect();
        let mut named: Vec<_> = page.entries.iter().map(|row| row.day.clone()).collect();
        named.dedup();
        assert_eq!(days, named);
        entries.extend(page.entries);
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
    let totals: Vec<_> = entries.iter().map(|row| row.total).collect();
    assert_eq!(totals, (1..=130).rev().map(|n| 2 * n).collect::<Vec<_>>());
}

#[test]
fn months_and_days_are_summed_apart() {
    let shelf = Shelf::in_greenwich();
    let first = shelf.rendering(30 * DAY, "january");
    shelf
        .library
        .observed(&first, false, None, Some(10))
        .unwrap();
    let second = shelf.rendering(31 * DAY, "february");
    shelf
        .library
        .observed(&second, false, None, Some(7))
        .unwrap();
    shelf.fail(&first, Some(false), 32 * DAY);
    let books = shelf.library.books(32 * DAY).unwrap();
    let sum = |sum: &crate::ledger::Sum| (sum.span.clone(), sum.charged, sum.returned);
    assert_eq!(sum(&books.today.sum), ("1970-02-02".into(), 0, 10));
    assert_eq!(sum(&books.month.sum), ("1970-02".into(), 7, 10));
    let months: Vec<_> = books.months.iter().map(sum).collect();
    assert_eq!(
        months,
        [("1970-02".into(), 7, 10), ("1970-01".into(), 10, 0)]
    );
    assert_eq!(books.entries, 3);
}
