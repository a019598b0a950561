#![allow(clippy::unwrap_used, clippy::expect_used)]
//! Properties of everything that reads the server's replies: any input is either read or refused,
//! and a job is not lost over one odd field.

mod rejections;

use apiframe::{Accepted, ErrorReply, Job, JobPage, Me, ModelCatalog, Upload};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The field names that replies use, so that odd values appear under them.
const NAMES: [&str; 30] = [
    "id",
    "jobId",
    "status",
    "model",
    "progress",
    "result",
    "error",
    "creditCost",
    "webhookStatus",
    "createdAt",
    "completedAt",
    "expired",
    "input",
    "jobs",
    "nextCursor",
    "hasMore",
    "user",
    "team",
    "apiKey",
    "credits",
    "models",
    "costMin",
    "pricingMode",
    "url",
    "videoUrl",
    "videos",
    "expiresAt",
    "byteSize",
    "details",
    "creditsRequired",
];

/// JSON of any shape.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,24}".prop_map(Value::from),
        proptest::sample::select(vec![
            "QUEUED",
            "COMPLETED",
            "failed",
            "2026-01-02T03:04:05Z",
            "9999-99-99",
            "12",
            "https://cdn.example.com/a.mp4",
            "http://[::1",
            "javascript:alert(1)",
        ])
        .prop_map(Value::from),
    ];
    let name = prop_oneof![
        4 => proptest::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    leaf.prop_recursive(5, 96, 10, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..10).prop_map(Value::from),
            3 => proptest::collection::hash_map(name.clone(), inner, 0..10)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

fn read_as_all(bytes: &[u8]) {
    if let Some(job) = read::<Job>(bytes) {
        // The search through deep or odd results ends.
        let urls = job.result_urls();
        assert!(
            urls.iter()
                .all(|url| matches!(url.scheme(), "http" | "https"))
        );
        assert!(job.progress.is_none_or(|percent| percent <= 100));
    }
    let _ = read::<JobPage>(bytes);
    let _ = read::<Me>(bytes);
    let _ = read::<Upload>(bytes);
    let _ = read::<ModelCatalog>(bytes);
    let _ = read::<Accepted>(bytes);
    let _ = read::<ErrorReply>(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_as_all(&bytes);
    }

    #[test]
    fn any_json_is_read_or_refused(value in json()) {
        read_as_all(&serde_json::to_vec(&value).unwrap());
    }

    #[test]
    fn json_that_is_cut_or_changed_is_read_or_refused(
        value in json(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = serde_json::to_vec(&value).unwrap();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        read_as_all(&bytes);
    }

    #[test]
    fn a_job_with_an_id_is_never_lost_over_its_other_fields(
        fields in proptest::collection::hash_map(
            proptest::sample::select(NAMES.to_vec()).prop_map(str::to_owned), json(), 0..12),
    ) {
        let mut job: serde_json::Map<String, Value> = fields.into_iter().collect();
        job.insert("id".into(), "job-1".into());
        let page = serde_json::json!({"jobs": [7, job.clone(), null]});
        let alone: Job = serde_json::from_value(Value::Object(job)).expect("a job");
        prop_assert_eq!(&alone.id, "job-1");
        let page: JobPage = serde_json::from_value(page).expect("a page");
        prop_assert_eq!(page.jobs, [alone]);
    }
}

#[test]
fn a_reply_nested_beyond_reason_is_refused() {
    for opening in ["[", "{\"result\":", "{\"id\":\"x\",\"result\":["] {
        read_as_all(opening.repeat(200_000).as_bytes());
    }
}
