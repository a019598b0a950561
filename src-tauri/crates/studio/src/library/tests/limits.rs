//! The limits: what counts towards them, and that no two can take the same room.

use super::*;
use crate::ledger::Overrun;

const DAY: Millis = 86_400_000;

fn a_day(limit: u32) -> Limits {
    Limits {
        day: Some(limit),
        month: None,
    }
}

impl Shelf {
    fn press(&self, now: Millis, price: i64, limits: Limits) -> Result<GenerationId, Overrun> {
        let record = Record::new(now, Settings::default());
        self.library.set_limits(limits).unwrap();
        self.library
            .insert_within(&record, Some(price))
            .unwrap()
            .map(|()| record.id)
    }

    fn leave(&self, id: &GenerationId, now: Millis, price: i64, limits: Limits) -> bool {
        self.library.set_limits(limits).unwrap();
        self.library
            .sent_within(id, now, "key", Some(price))
            .unwrap()
            .is_ok()
    }

    fn used(&self, now: Millis) -> (i64, i64) {
        let books = self.library.books(now).unwrap();
        (books.today.used, books.month.used)
    }
}

#[test]
fn presses_at_the_same_moment_share_one_limit() {
    let shelf = Shelf::new();
    let passed: usize = std::thread::scope(|scope| {
        let presses: Vec<_> = (0..8)
            .map(|number| {
                let shelf = &shelf;
                scope.spawn(move || shelf.press(1000 + number, 30, a_day(100)).is_ok())
            })
            .collect();
        presses
            .into_iter()
            .map(|press| usize::from(press.join().unwrap()))
            .sum()
    });
    assert_eq!(passed, 3);
    assert_eq!(
        shelf.library.counts().unwrap().all,
        3,
        "the others left nothing"
    );
}

#[test]
fn what_is_charged_counts_by_its_amount_and_before_that_by_the_most_it_may_be() {
    let shelf = Shelf::new();
    let id = shelf.press(1000, 45, Limits::default()).unwrap();
    assert_eq!(shelf.used(1000), (45, 45));
    shelf.submit(&id, "key").unwrap();
    assert!(shelf.leave(&id, 1000, 40, Limits::default()));
    assert_eq!(shelf.used(1000), (40, 40), "the price of today");
    shelf.library.accepted(&id, "job", 1000).unwrap();
    assert_eq!(shelf.used(1000), (40, 40));
    shelf.library.observed(&id, false, None, Some(9)).unwrap();
    assert_eq!(shelf.used(1000), (9, 9));
    shelf.finish(&id, 2000, 9);
    shelf.library.remove(&id).unwrap();
    assert_eq!(shelf.used(1000), (9, 9), "removed, and still spent");
}

#[test]
fn what_came_back_makes_room_on_the_day_it_was_taken() {
    let shelf = Shelf::new();
    let noon = 10 * DAY + DAY / 2;
    let rendering = |price: i64, job: &str, at| {
        let id = shelf.rendering(at, job);
        shelf
            .library
            .observed(&id, false, None, Some(price))
            .unwrap();
        id
    };
    let yesterday = rendering(50, "yesterday", noon - DAY);
    let today = rendering(20, "today", noon);
    assert_eq!(shelf.used(noon), (20, 70));
    shelf
        .library
        .failed(&yesterday, &failure(Some(false)), noon)
        .unwrap();
    assert_eq!(shelf.used(noon), (20, 20));
    shelf
        .library
        .failed(&today, &failure(Some(false)), noon)
        .unwrap();
    assert_eq!(shelf.used(noon), (0, 0));
}

#[test]
fn a_limit_begins_anew_with_the_day_and_with_the_month() {
    let shelf = Shelf::new();
    let noon = 10 * DAY + DAY / 2;
    let id = shelf.rendering(noon, "job");
    shelf.library.observed(&id, false, None, Some(80)).unwrap();
    assert!(shelf.press(noon, 30, a_day(100)).is_err());
    let tomorrow = shelf.press(noon + DAY, 30, a_day(100)).unwrap();
    let called_off = failure(Some(false));
    shelf
        .library
        .cancel(&tomorrow, &called_off, noon + DAY)
        .unwrap();
    let a_month = Limits {
        day: None,
        month: Some(100),
    };
    assert!(shelf.press(noon + DAY, 30, a_month).is_err());
    assert!(shelf.press(noon + 31 * DAY, 30, a_month).is_ok());
}

#[test]
fn what_waits_for_room_does_not_keep_what_waits_beside_it() {
    let shelf = Shelf::new();
    let ids: Vec<_> = (0..2)
        .map(|number| {
            let id = shelf.press(1000 + number, 30, Limits::default()).unwrap();
            shelf.submit(&id, &format!("key {number}")).unwrap();
            id
        })
        .collect();
    let limits = a_day(40);
    assert!(shelf.leave(&ids[0], 2000, 30, limits));
    // The first may be charged at any moment.
    assert!(!shelf.leave(&ids[1], 2000, 30, limits));
    let waiting = shelf.record(&ids[1]);
    assert_eq!(
        waiting.submission.unwrap().first_sent,
        None,
        "not marked as sent"
    );
    assert!(shelf.leave(&ids[1], 2000, 30, a_day(60)));
}

#[test]
fn one_whose_fate_is_unknown_counts_on_the_day_it_left() {
    let shelf = Shelf::new();
    let noon = 10 * DAY + DAY / 2;
    let id = shelf.press(noon, 30, Limits::default()).unwrap();
    shelf.submit(&id, "key").unwrap();
    assert!(shelf.leave(&id, noon, 30, Limits::default()));
    shelf.library.uncertain(&id, &failure(None), noon).unwrap();
    assert_eq!(shelf.used(noon), (30, 30));
    assert_eq!(shelf.used(noon + DAY), (0, 30));
}

#[test]
fn what_failed_or_was_called_off_before_it_cost_anything_counts_no_more() {
    let shelf = Shelf::new();
    let failed = shelf.press(1000, 30, Limits::default()).unwrap();
    let cancelled = shelf.press(1001, 30, Limits::default()).unwrap();
    assert_eq!(shelf.used(1000), (60, 60));
    shelf
        .library
        .failed(&failed, &failure(Some(false)), 2000)
        .unwrap();
    shelf
        .library
        .cancel(&cancelled, &failure(Some(false)), 2000)
        .unwrap();
    assert_eq!(shelf.used(1000), (0, 0));
}
