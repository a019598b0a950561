#![allow(clippy::unwrap_used)]
use super::*;

fn fault(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let (models, faults) = Models::with_files(folder.path());
    assert_eq!(*models, *Models::built_in(), "{text}");
    match &faults[..] {
        [Message::ModelFileRefused { file, why }] => {
            assert!(file.ends_with("mine.toml"), "{file}");
            why.clone()
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_program_has_a_record_of_every_model() {
    let records = files::read(include_str!("../models.toml"), &[]).unwrap();
    assert_eq!(records.len(), 43);
    assert_eq!(*Models::built_in(), Models { records });
    assert_eq!(Models::built_in().all()[0].id, DEFAULT_MODEL);
}

#[test]
fn a_file_in_the_data_folder_adds_a_model_and_replaces_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("mine.toml"),
        "[[model]]\nid = \"kling-4.0\"\nlike = \"kling-3.0\"\nname = \"Kling 4.0\"\n\
         without = [\"shots\", \"rules\"]\n\
         length = { field = \"duration\", from = 3, to = 30, default = 5 }\n\
         [[model]]\nid = \"kling-3.0\"\nlike = \"kling-3.0\"\nusual = 99\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("notes.txt"), "nothing").unwrap();
    let (models, faults) = Models::with_files(folder.path());
    assert_eq!(faults, []);
    assert_eq!(models.all().len(), 44);
    let new = models.get("kling-4.0").unwrap();
    assert_eq!(new.length.as_ref().unwrap().values.len(), 28);
    assert_eq!((new.shots.clone(), new.rules.clone()), (None, Vec::new()));
    assert_eq!(models.get("kling-3.0").unwrap().usual, 99);
}

#[test]
fn a_file_that_is_wrong_is_refused_in_words_and_changes_nothing() {
    let record = |more: &str| {
        format!(
            "[[model]]\nid = \"x\"\nname = \"X\"\nfamily = \"X\"\nblock = \"xParams\"\nusual = 60\n{more}"
        )
    };
    for (text, why) in [
        ("colour = 1\n".to_owned(), "no [[model]]"),
        ("[[model]\n".to_owned(), "unclosed"),
        (record("colour = 1"), "colour"),
        (record("like = \"nobody\""), "no model `nobody`"),
        (record("without = [\"end\"]"), "`without` needs `like`"),
        (record("id2 = \"x y\""), "id2"),
        (
            record("start = { field = \"image\" }\nend = { field = \"image\" }"),
            "`end` has no field of its own",
        ),
        (
            record("quality = { field = \"mode\", values = [\"a\"], default = \"b\" }"),
            "`quality` needs different values",
        ),
        (
            record("length = { field = \"d\", values = [5, 3], default = 5 }"),
            "rising",
        ),
        (
            record("length = { field = \"d\", from = 3, to = 30000, default = 5 }"),
            "at most 600",
        ),
        (record("rules = [{ when = \"end\" }]"), "exactly one of"),
        (
            record("rules = [{ when = \"end\", needs = [\"start\"] }]"),
            "names `end`, which it has not",
        ),
        (record("price = [\"quality\"]"), "names `quality`"),
        (
            record("options = [{ id = \"a\", field = \"a\", kind = \"switch\", default = 3 }]"),
            "`default` of `a`",
        ),
        (
            record("references = { field = \"r\", most = 3, mention = \"@image\" }"),
            "has no {}",
        ),
    ] {
        let said = fault(&text);
        assert!(said.contains(why), "{text}\n{said}");
    }
}

#[test]
fn a_path_of_a_refusal_leads_to_its_part() {
    let models = Models::built_in();
    let part = |model: &str, path: &str| {
        let model = models.get(model).unwrap();
        model.part_of(path).map(str::to_owned)
    };
    for (path, expected) in [
        ("klingParams.duration", Some("length")),
        ("klingParams.multi_prompt.1.prompt", Some("shots")),
        ("prompt", Some("prompt")),
        ("webhookUrl", None),
        ("duration", Some("length")),
    ] {
        assert_eq!(part("kling-3.0", path).as_deref(), expected, "{path}");
    }
    let camera = part("luma-ray-2", "lumaParams.concepts[0]");
    assert_eq!(camera.as_deref(), Some("camera"));
}
