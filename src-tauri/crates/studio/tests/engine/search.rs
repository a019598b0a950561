//! The search for the job of a request whose answer was lost, in a list that is not what it should
//! be: a request is said to have cost nothing only if every job of its time was seen.

use sandbox::{Answer, Call, Fault};
use studio::generation::Phase;

use crate::harness::{Harness, quick};

/// Sends a request whose answer is lost and which is refused when it is repeated, while the
/// account's list consists of these pages.
async fn refused_after_a_loss(pages: &[&str]) -> (Harness, Phase) {
    let harness = Harness::new().await;
    for answer in [Answer::DropBefore, Answer::status(402)] {
        harness
            .sandbox
            .fault(Fault::on(Call::Generate).times(1).then(answer));
    }
    for page in pages {
        let answer = Answer::status(200).with_body(*page);
        harness
            .sandbox
            .fault(Fault::on(Call::Jobs).times(1).then(answer));
    }
    let id = harness.generate(quick("Paid for, perhaps")).await;
    let ended = harness
        .until(&id, "ended", |one| {
            matches!(one.phase, Phase::Uncertain { .. } | Phase::Failed { .. })
        })
        .await;
    (harness, ended.phase)
}

fn page(next: &str) -> String {
    format!(r#"{{"jobs":[],"nextCursor":"{next}","hasMore":true}}"#)
}

#[tokio::test]
async fn a_refused_request_cost_nothing_if_the_whole_list_is_without_its_job() {
    let last = r#"{"jobs":[],"nextCursor":null,"hasMore":false}"#;
    let (harness, ended) = refused_after_a_loss(&[&page("a"), &page("b"), last]).await;
    assert!(
        matches!(&ended, Phase::Failed { failure } if failure.charged == Some(false)),
        "{ended:?}"
    );
    assert_eq!(harness.asked("GET", "/v2/jobs"), 3);
}

#[tokio::test]
async fn a_refused_request_is_uncertain_if_the_list_leads_back_to_a_page_of_it() {
    for circle in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
        // Often enough to notice if the search goes round and round.
        let pages: Vec<_> = circle
            .iter()
            .cycle()
            .take(30)
            .map(|next| page(next))
            .collect();
        let pages: Vec<_> = pages.iter().map(String::as_str).collect();
        let (harness, ended) = refused_after_a_loss(&pages).await;
        assert!(
            matches!(ended, Phase::Uncertain { .. }),
            "{circle:?}: {ended:?}"
        );
        let asked = harness.asked("GET", "/v2/jobs");
        assert_eq!(asked, circle.len() + 1, "{circle:?}");
    }
}

#[tokio::test]
async fn a_refused_request_is_uncertain_if_the_list_does_not_say_where_it_continues() {
    let page = r#"{"jobs":[],"nextCursor":null,"hasMore":true}"#;
    let (_harness, ended) = refused_after_a_loss(&[page]).await;
    assert!(matches!(ended, Phase::Uncertain { .. }), "{ended:?}");
}

#[tokio::test]
async fn a_refused_request_is_uncertain_if_a_listed_job_cannot_be_read() {
    let page = r#"{"jobs":[{"status":"COMPLETED"}],"nextCursor":null,"hasMore":false}"#;
    let (_harness, ended) = refused_after_a_loss(&[page]).await;
    assert!(matches!(ended, Phase::Uncertain { .. }), "{ended:?}");
}

#[tokio::test]
async fn a_refused_request_is_uncertain_if_a_listed_job_has_no_time() {
    let page = r#"{"jobs":[{"id":"0199d6a4-5f0e-7cc3-9c0f-5a2b7c6d8e90","status":"COMPLETED",
        "model":"kling-3.0"}],"nextCursor":null,"hasMore":false}"#;
    let (harness, ended) = refused_after_a_loss(&[page]).await;
    assert!(matches!(ended, Phase::Uncertain { .. }), "{ended:?}");
    assert_eq!(harness.asked("POST", "/v2/videos/generate"), 2);
}
