//! The files that may contain anything, put there by the user or by another version.

use proptest::prelude::*;
use studio::preferences::Preferences;
use studio::settings::Settings;

/// JSON of any shape, with the names that the files use among its keys.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        // In eighths, which every decimal parser reads exactly.
        any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
        ".{0,20}".prop_map(serde_json::Value::from),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "theme",
            "clipsFolder",
            "profile",
            "window",
            "width",
            "height",
            "maximised",
            "model",
            "prompt",
            "mode",
            "length",
            "shape",
            "sound",
            "avoid",
            "start",
            "end",
            "shots",
            "references",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            proptest::collection::hash_map(name.clone(), inner, 0..8)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..400),
        json().prop_map(|value| serde_json::to_vec(&value).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn preferences_of_any_bytes_are_read_or_set_aside_and_can_be_saved(bytes in bytes()) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        std::fs::write(&file, &bytes).unwrap();
        let read = Preferences::load(&file);
        let aside = folder.path().join("preferences.json.broken");
        if !file.exists() {
            prop_assert_eq!(std::fs::read(&aside).unwrap(), bytes);
            prop_assert_eq!(&read, &Preferences::default());
        }
        read.save(&file).unwrap();
        prop_assert_eq!(Preferences::load(&file), read);
    }

    #[test]
    fn settings_of_any_bytes_are_judged_without_a_panic(bytes in bytes()) {
        if let Ok(settings) = serde_json::from_slice::<Settings>(&bytes) {
            // Whatever is wrong with them is reported; what was read can be saved again.
            let _ = settings.violations();
            let text = serde_json::to_vec(&settings).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Settings>(&text).unwrap(), settings);
        }
    }
}

#[test]
fn a_file_nested_beyond_reason_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("preferences.json");
    std::fs::write(&file, "[".repeat(1_000_000)).unwrap();
    assert_eq!(Preferences::load(&file), Preferences::default());
    assert!(!file.exists());
}
