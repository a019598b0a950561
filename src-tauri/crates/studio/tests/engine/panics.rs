//! A bug in the program itself: it is one failure among others, and the engine continues.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use studio::clock::Clock;
use studio::notice::NoticeKind;

use crate::harness::{Harness, QUICK_PRICE, quick};

/// The number of clock calls by the engine's own tasks, of which every third panics.
const SLIPS_WITHIN: u32 = 40;

#[tokio::test]
async fn whatever_panics_begins_again_and_the_clip_is_paid_for_once() {
    let asked = Arc::new(AtomicU32::new(0));
    let slips = Arc::new(AtomicU32::new(0));
    let (calls, counted) = (Arc::clone(&asked), Arc::clone(&slips));
    let harness = Harness::at(Clock::new(move || {
        // Not for the test itself, which does not run in a task.
        if tokio::task::try_id().is_some() {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            if call < SLIPS_WITHIN && call % 3 == 2 {
                counted.fetch_add(1, Ordering::Relaxed);
                panic!("a slip");
            }
        }
        Clock::system().now()
    }))
    .await;
    let id = harness.generate(quick("A slip of the pen")).await;
    harness.until_ready(&id).await;
    let notice = harness.until_noticed(NoticeKind::Restarted).await;
    assert!(
        notice.starts_with("Something went wrong inside Inbetween."),
        "{notice}"
    );
    assert!(slips.load(Ordering::Relaxed) > 0, "nothing panicked");
    harness.is_settled(1, QUICK_PRICE).await;
}
