#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use serde_json::json;

fn full() -> Value {
    json!({
        "id": "3f0c", "status": "PROCESSING", "model": "kling-3.0", "progress": 42,
        "result": {"videoUrl": "https://cdn.test/a.mp4"}, "error": "no", "creditCost": 35,
        "webhookStatus": "pending", "createdAt": "2026-07-16T10:00:00.000Z",
        "completedAt": "2026-07-16T12:02:30+02:00", "expired": true, "input": {"prompt": "A"}
    })
}

fn read(value: Value) -> Job {
    serde_json::from_value(value).unwrap()
}

fn urls(result: Value) -> Vec<String> {
    let mut job = full();
    job["result"] = result;
    read(job)
        .result_urls()
        .into_iter()
        .map(String::from)
        .collect()
}

#[test]
fn a_full_job_reads_field_by_field() {
    let job = read(full());
    assert_eq!(job.id, "3f0c");
    assert_eq!(job.status, JobStatus::Processing);
    assert_eq!(job.model, "kling-3.0");
    assert_eq!(job.progress, Some(42));
    assert_eq!(job.error.as_deref(), Some("no"));
    assert_eq!(job.credit_cost, Some(35));
    assert_eq!(job.webhook_status.as_deref(), Some("pending"));
    assert_eq!(
        job.created_at,
        Some("2026-07-16T10:00:00Z".parse().unwrap())
    );
    assert_eq!(
        job.completed_at,
        Some("2026-07-16T10:02:30Z".parse().unwrap())
    );
    assert!(job.expired);
    assert_eq!(job.input, Some(json!({"prompt": "A"})));
}

#[test]
fn a_job_that_says_no_more_than_its_id_is_still_running() {
    let job = read(json!({"id": "3f0c"}));
    assert!(job.status.is_running());
    assert_eq!((job.progress, job.result, job.error), (None, None, None));
    assert_eq!((job.created_at, job.expired), (None, false));
}

#[test]
fn no_odd_value_in_one_field_costs_the_job_or_another_field() {
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(12.5),
        json!(""),
        json!("x"),
        json!("2026-13-45"),
        json!([]),
        json!([[[null]]]),
        json!({}),
        json!({"message": "x"}),
    ];
    let plain = read(full());
    for field in full().as_object().unwrap().keys().filter(|f| *f != "id") {
        for value in &odd {
            let mut raw = full();
            raw[field] = value.clone();
            let mut job = read(raw);
            let _ = job.result_urls();
            match field.as_str() {
                "status" => job.status = plain.status.clone(),
                "model" => job.model.clone_from(&plain.model),
                "progress" => job.progress = plain.progress,
                "result" => job.result.clone_from(&plain.result),
                "error" => job.error.clone_from(&plain.error),
                "creditCost" => job.credit_cost = plain.credit_cost,
                "webhookStatus" => job.webhook_status.clone_from(&plain.webhook_status),
                "createdAt" => job.created_at = plain.created_at,
                "completedAt" => job.completed_at = plain.completed_at,
                "expired" => job.expired = plain.expired,
                "input" => job.input.clone_from(&plain.input),
                other => panic!("{other} is not tried"),
            }
            assert_eq!(job, plain, "{field} = {value}");
        }
        let mut raw = full();
        raw.as_object_mut().unwrap().remove(field);
        assert_eq!(read(raw).id, "3f0c", "without {field}");
    }
}

#[test]
fn without_an_id_it_is_no_job() {
    let endless = "a".repeat(129);
    for id in [
        json!(null),
        json!(7),
        json!({}),
        json!(""),
        json!("../me"),
        json!("a/b"),
        json!("a?b"),
        json!("a\u{0}b"),
        json!("ä"),
        json!(endless),
    ] {
        assert!(serde_json::from_value::<Job>(json!({"id": id, "status": "QUEUED"})).is_err());
    }
}

#[test]
fn a_cost_that_can_not_be_is_none() {
    for (said, meant) in [
        (json!(0), Some(0)),
        (json!(35), Some(35)),
        (json!(1_000_000), Some(1_000_000)),
        (json!(1_000_001), None),
        (json!(i64::MAX), None),
        (json!(-1), None),
        (json!(i64::MIN), None),
    ] {
        let mut raw = full();
        raw["creditCost"] = said.clone();
        assert_eq!(read(raw).credit_cost, meant, "{said}");
    }
}

#[test]
fn progress_stays_between_nothing_and_all() {
    for (said, meant) in [
        (json!(-3), Some(0)),
        (json!(0), Some(0)),
        (json!(99.9), Some(99)),
        (json!(250), Some(100)),
        (json!(1e300), Some(100)),
        (json!("50"), None),
        (json!(null), None),
    ] {
        let mut job = full();
        job["progress"] = said.clone();
        assert_eq!(read(job).progress, meant, "{said}");
    }
}

#[test]
fn a_cost_is_a_whole_number_or_unknown() {
    for (said, meant) in [
        (json!(0), Some(0)),
        (json!(35.0), Some(35)),
        (json!(3.5), None),
        (json!(1e300), None),
        (json!("35"), None),
    ] {
        let mut job = full();
        job["creditCost"] = said.clone();
        assert_eq!(read(job).credit_cost, meant, "{said}");
    }
}

#[test]
fn only_the_three_known_ends_stop_the_watching() {
    for (word, running) in [
        ("QUEUED", true),
        ("PROCESSING", true),
        ("COMPLETED", false),
        ("completed", false),
        ("FAILED", false),
        ("CANCELLED", false),
        ("WAITING_FOR_GPU", true),
        ("", true),
    ] {
        let status: JobStatus = serde_json::from_value(json!(word)).unwrap();
        assert_eq!(status.is_running(), running, "{word}");
    }
    assert_eq!(
        JobStatus::from("WAITING_FOR_GPU").as_str(),
        "WAITING_FOR_GPU"
    );
}

#[test]
fn every_known_shape_of_result_gives_its_address() {
    let (a, b) = ("https://cdn.test/a.mp4", "https://cdn.test/b.mp4");
    for result in [
        json!(a),
        json!(format!(" {a}\n")),
        json!({"videoUrl": a}),
        json!({"videos": [a]}),
        json!({"videos": [{"url": a}]}),
        json!({"url": a}),
        json!({"video": a}),
        json!({"video": {"url": a}}),
        json!([a]),
        json!([{"videoUrl": a}]),
        json!([[{"video": {"url": a}}]]),
        json!({"videoUrl": a, "videos": [a, {"url": a}], "thumbnailUrl": "https://cdn.test/t.jpg"}),
    ] {
        assert_eq!(urls(result.clone()), [a], "{result}");
    }
    assert_eq!(urls(json!({"videos": [b, {"url": a}]})), [b, a]);
}

#[test]
fn nothing_but_web_addresses_counts_as_a_result() {
    for result in [
        json!(null),
        json!(""),
        json!("done"),
        json!("file:///etc/passwd"),
        json!("javascript:alert(1)"),
        json!("//cdn.test/a.mp4"),
        json!({"videoUrl": null, "url": 5}),
        json!({"note": "https://cdn.test/a.mp4"}),
        json!({}),
        json!([]),
        json!(false),
    ] {
        assert_eq!(urls(result.clone()), Vec::<String>::new(), "{result}");
    }
}

#[test]
fn a_bottomless_result_is_not_followed_down() {
    let mut result = json!("https://cdn.test/a.mp4");
    for _ in 0..60 {
        result = json!([result]);
    }
    assert_eq!(urls(result), Vec::<String>::new());
}

#[test]
fn one_unreadable_job_does_not_hide_the_others_on_its_page() {
    let page: JobPage = serde_json::from_value(json!({
        "jobs": [{"id": "1"}, null, {"no": "id"}, 5, {"id": "2", "error": {}}],
        "nextCursor": "c", "hasMore": true, "models": ["kling-3.0"]
    }))
    .unwrap();
    let ids: Vec<_> = page.jobs.iter().map(|job| job.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(page.unreadable, 3);
    assert_eq!(page.next_cursor.as_deref(), Some("c"));
    assert!(page.has_more);
}

#[test]
fn a_reply_without_a_list_is_not_an_empty_page() {
    for reply in [
        json!({}),
        json!({"jobs": null}),
        json!({"jobs": {}}),
        json!([]),
    ] {
        assert!(
            serde_json::from_value::<JobPage>(reply.clone()).is_err(),
            "{reply}"
        );
    }
}

#[test]
fn a_job_is_written_with_every_required_field_even_when_null() {
    let job = read(
        json!({"id": "3f0c", "status": "QUEUED", "model": "kling-3.0", "createdAt": "2026-07-16T10:00:00Z"}),
    );
    assert_eq!(
        serde_json::to_value(&job).unwrap(),
        json!({
            "id": "3f0c", "status": "QUEUED", "model": "kling-3.0", "progress": null, "error": null,
            "creditCost": null, "webhookStatus": null, "createdAt": "2026-07-16T10:00:00Z",
            "completedAt": null, "expired": false
        })
    );
    assert_eq!(
        read(serde_json::to_value(read(full())).unwrap()),
        read(full())
    );
}
