//! Homes as released programs left them, in `tests/golden`, each in a folder named after the schema
//! of its library. Every later version has to open them: every generation is there, what is paid
//! for becomes a clip, and nothing is charged twice. `schema-5` was written by the first program
//! that kept what it stored; a later folder has only the library, as the program of that schema made
//! it of `schema-5`, and the other files are those of `schema-5`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apiframe::ApiKey;
use sandbox::Sandbox;
use studio::clock::Clock;
use studio::generation::{Generation, Phase};
use studio::library::{Filter, Library};
use studio::message::Message;
use studio::paths::{HOME_VARIABLE, Home};
use studio::settings::{Mode, Model, Settings, Shape};
use studio::studio::{Studio, StudioConfig};

use crate::harness::HANG;

/// Stands for the home folder in the libraries.
const PLACEHOLDER: &str = "/golden";

/// A copy of a golden home, with the sandbox that it talked to, as it was at that time.
struct Old {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

/// The first form that is kept.
const FIRST: u32 = 5;

fn golden(form: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/schema-{form}"))
}

impl Old {
    async fn home(form: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&golden(FIRST), folder.path());
        copy(&golden(form), folder.path());
        let library = rusqlite::Connection::open(library_file(folder.path())).unwrap();
        library
            .execute(
                "UPDATE generations SET file = replace(file, ?1, ?2)",
                [PLACEHOLDER, &folder.path().to_string_lossy()],
            )
            .unwrap();
        let now: i64 = fs::read_to_string(folder.path().join("now"))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let sandbox = Sandbox::builder()
            .key("afk_test")
            .credits(1000)
            .state_dir(Some(folder.path().join("sandbox")))
            .clock(sandbox::Clock::stopped_at(
                jiff::Timestamp::from_millisecond(now).unwrap(),
            ))
            .start()
            .await
            .unwrap();
        Self { folder, sandbox }
    }

    /// Opens that home with today's program.
    fn open(&self) -> Arc<Studio> {
        let folder = self.folder.path().to_owned();
        let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| folder.clone().into()));
        let clock = self.sandbox.clock().clone();
        Studio::open(StudioConfig {
            home: home.unwrap(),
            clock: Clock::new(move || clock.now().as_millisecond()),
            user_agent: "inbetween/test".into(),
            network: apiframe::Network::of_this_system(),
            base_url: Some(self.sandbox.base_url().parse().unwrap()),
            key: Some(ApiKey::parse("afk_test").unwrap()),
            sandbox: Box::new(|| Box::pin(async { Err("not here".into()) })),
            sandbox_time: Duration::from_millis(500),
        })
        .unwrap()
    }

    fn row(&self, id: &str, column: &str) -> Option<String> {
        rusqlite::Connection::open(library_file(self.folder.path()))
            .unwrap()
            .query_row(
                &format!("SELECT {column} FROM generations WHERE id = ?1"),
                [id],
                |row| row.get(0),
            )
            .unwrap()
    }
}

fn library_file(home: &Path) -> PathBuf {
    home.join("library/apiframe/library.sqlite")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

async fn all(studio: &Arc<Studio>) -> Vec<Generation> {
    let engine = studio.engine().await.unwrap();
    let (shown, next, _) = engine.page(Filter::All, None).await.unwrap();
    assert_eq!(next, None, "one page");
    shown
}

/// What is shown of each generation, oldest first: its state, what was charged, its prompt.
fn summary(shown: &[Generation]) -> Vec<(&'static str, Option<i64>, &str)> {
    let state = |phase: &Phase| match phase {
        Phase::Recorded => "recorded",
        Phase::Uploading => "uploading",
        Phase::Submitting => "submitting",
        Phase::Rendering { .. } => "rendering",
        Phase::Downloading { .. } => "downloading",
        Phase::Ready { .. } => "ready",
        Phase::Failed { .. } => "failed",
        Phase::Uncertain { .. } => "uncertain",
    };
    let mut shown: Vec<_> = shown.iter().collect();
    shown.sort_by_key(|one| one.created);
    shown
        .into_iter()
        .map(|one| (state(&one.phase), one.credits, one.settings.prompt.as_str()))
        .collect()
}

/// The schemas of the homes in `tests/golden`.
fn forms() -> Vec<u32> {
    let mut forms: Vec<u32> = fs::read_dir(golden(FIRST).parent().unwrap())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_prefix("schema-")?.parse().ok()
        })
        .collect();
    forms.sort_unstable();
    forms
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_of_each_form_is_all_there_and_goes_on_without_a_second_charge() {
    let forms = forms();
    assert!(forms.contains(&FIRST), "{forms:?}");
    for form in forms {
        goes_on_without_a_second_charge(form).await;
    }
}

/// The library of `schema-5` as this program makes it, for later versions to read.
fn library_of_this_form() -> (u32, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden(FIRST), folder.path());
    let library = Library::open(library_file(folder.path()).parent().unwrap()).unwrap();
    (u32::try_from(library.version().unwrap()).unwrap(), folder)
}

#[test]
fn the_form_of_this_program_is_kept_too() {
    let (form, _) = library_of_this_form();
    assert!(
        golden(form).is_dir(),
        "run: cargo test -p studio --test engine keep_this_form -- --ignored"
    );
}

#[test]
#[ignore = "writes the library of this program's form to tests/golden"]
fn keep_this_form() {
    let (form, folder) = library_of_this_form();
    let kept = golden(form);
    if kept.is_dir() {
        return;
    }
    fs::create_dir_all(library_file(&kept).parent().unwrap()).unwrap();
    rusqlite::Connection::open(library_file(folder.path()))
        .unwrap()
        .execute("VACUUM INTO ?1", [library_file(&kept).to_string_lossy()])
        .unwrap();
}

async fn goes_on_without_a_second_charge(form: u32) {
    let old = Old::home(form).await;
    let (charged_before, jobs_before) = (old.sandbox.credits(), old.sandbox.jobs().len());
    let studio = old.open();

    let before = all(&studio).await;
    assert_eq!(
        summary(&before),
        [
            ("uncertain", None, "A letter that may never have arrived"),
            (
                "ready",
                Some(12),
                "The lights of the harbour go on, one after another"
            ),
            ("ready", Some(9), "Waves fold over the reef"),
            (
                "ready",
                Some(15),
                "Ein Zug fährt über die Brücke — 電車が橋を渡る"
            ),
            ("ready", Some(9), "The same lamp in another room"),
            ("ready", Some(9), "A door opens; she looks out"),
            ("failed", None, "Something that the model will not make"),
            ("failed", None, "Refused for its length"),
            ("failed", None, "Too dear"),
            ("failed", None, "Never mind"),
            ("ready", Some(9), "Made with another program"),
            ("downloading", Some(9), "Half of it is here"),
            ("rendering", None, "Still at work"),
            ("rendering", Some(9), "Made elsewhere, still at work"),
            ("submitting", None, "Its answer was lost"),
            ("uploading", None, "Its picture is on the way"),
            ("recorded", None, "Only written down"),
        ]
    );
    assert!(before.iter().all(|one| one.whole), "{before:#?}");
    let books = studio.books().await.unwrap();
    assert_eq!(
        (books.today.limit, books.month.limit),
        (Some(200), Some(2000)),
        "the limits that stood in the preferences"
    );

    studio.open_session().await.unwrap();
    let deadline = tokio::time::Instant::now() + HANG;
    let after = loop {
        let now = all(&studio).await;
        let is_done = |one: &Generation| {
            matches!(
                one.phase,
                Phase::Ready { .. } | Phase::Failed { .. } | Phase::Uncertain { .. }
            )
        };
        if now.iter().all(is_done) {
            break now;
        }
        assert!(tokio::time::Instant::now() < deadline, "{now:#?}");
        old.sandbox.clock().advance(Duration::from_millis(200));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let new = ["Its picture is on the way", "Only written down"];
    for (old, new) in summary(&before).iter().zip(summary(&after)) {
        assert_eq!(old.2, new.2);
        match old.0 {
            "ready" | "failed" | "uncertain" => assert_eq!(*old, new),
            _ => assert_eq!(new.0, "ready", "{new:?}"),
        }
    }
    assert_eq!(old.sandbox.jobs().len(), jobs_before + new.len());
    let charged: i64 = after
        .iter()
        .filter(|one| new.contains(&one.settings.prompt.as_str()))
        .filter_map(|one| one.credits)
        .sum();
    assert_eq!(charged_before - old.sandbox.credits(), charged);
    let books = studio.books().await.unwrap();
    let total: i64 = after.iter().filter_map(|one| one.credits).sum();
    let booked: i64 = books
        .months
        .iter()
        .map(|month| month.charged - month.returned)
        .sum();
    assert_eq!(booked, total);
    for one in &after {
        if let Phase::Ready { clip } = &one.phase {
            assert!(!clip.missing, "{clip:?}");
            let bytes = fs::metadata(&clip.file).unwrap().len();
            assert_eq!(bytes, clip.bytes, "{clip:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_form_5_are_read_as_they_were_chosen() {
    let old = Old::home(FIRST).await;
    let shown = all(&old.open()).await;
    let settings = |prompt: &str| -> &Settings {
        let found = shown
            .iter()
            .find(|one| one.settings.prompt.starts_with(prompt));
        &found.unwrap().settings
    };
    let train = settings("Ein Zug");
    assert_eq!(
        (
            train.model,
            train.mode,
            train.length,
            train.shape,
            train.sound
        ),
        (Model::Kling3, Mode::Pro, 3, Shape::Tall, false)
    );
    let harbour = settings("The lights");
    assert!(harbour.start.is_some() && harbour.end.is_some());
    assert_eq!(settings("A door opens").shots.len(), 2);
    let lamp = settings("The same lamp");
    assert_eq!((lamp.model, lamp.references.len()), (Model::Kling3Omni, 1));
    assert!(shown.iter().all(|one| one.settings.others.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_anywhere_in_a_row_ends_nothing_else_and_its_job_goes_on() {
    let old = Old::home(FIRST).await;
    let rows = rusqlite::Connection::open(library_file(old.folder.path())).unwrap();
    for (prompt, change) in [
        ("Still at work", "state = 'garbage'"),
        ("Its answer was lost", "state = 'garbage'"),
        ("Made elsewhere, still", "progress = 300"),
        ("Waves fold", "width = -1"),
        ("Too dear", "failure = CAST(x'ff41' AS TEXT)"),
        ("Never mind", "id = 'not an id'"),
        ("Refused for its length", "id = CAST(x'61ff' AS TEXT)"),
    ] {
        let changed = rows
            .execute(
                &format!("UPDATE generations SET {change} WHERE settings LIKE ?1"),
                [format!("%\"prompt\":\"{prompt}%")],
            )
            .unwrap();
        assert_eq!(changed, 1, "{prompt}");
    }
    drop(rows);
    let studio = old.open();
    let before = all(&studio).await;
    let state_of = |shown: &[Generation], prompt: &str| {
        summary(shown)
            .into_iter()
            .find(|(_, _, other)| other.starts_with(prompt))
            .map(|(state, ..)| state)
    };
    assert_eq!(before.len(), 15, "all but the two without an id");
    for (prompt, state) in [
        ("Still at work", "rendering"),
        ("Its answer was lost", "uncertain"),
        ("Made elsewhere, still", "rendering"),
        ("Waves fold", "ready"),
        ("Too dear", "failed"),
    ] {
        assert_eq!(state_of(&before, prompt), Some(state), "{prompt}");
    }

    studio.open_session().await.unwrap();
    let deadline = tokio::time::Instant::now() + HANG;
    loop {
        let now = all(&studio).await;
        let is_ready = |prompt| state_of(&now, prompt) == Some("ready");
        if is_ready("Still at work") && is_ready("Made elsewhere, still") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{now:#?}");
        old.sandbox.clock().advance(Duration::from_millis(200));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_program_wrote_in_a_row_is_shown_and_kept() {
    let old = Old::home(FIRST).await;
    let rows = rusqlite::Connection::open(library_file(old.folder.path())).unwrap();
    let change = |prompt: &str, column: &str, value: &str| {
        let changed = rows
            .execute(
                &format!("UPDATE generations SET {column} = ?2 WHERE settings LIKE ?1"),
                [&format!("%\"prompt\":\"{prompt}%"), value],
            )
            .unwrap();
        assert_eq!(changed, 1);
    };
    change(
        "Waves fold",
        "settings",
        r#"{"version":7,"model":"kling-9","prompt":"Waves fold over the reef","camera":{"pan":3}}"#,
    );
    change("Still at work", "settings", "garbage");
    change("Only written down", "settings", "garbage too");
    change("Never mind", "failure", "[]");
    change(
        "Its picture is on the way",
        "settings",
        r#"{"model":"kling-3.0","prompt":"Not known here","camera":{"pan":3}}"#,
    );
    drop(rows);
    let jobs_before = old.sandbox.jobs().len();
    let studio = old.open();
    let shown = all(&studio).await;
    assert_eq!(shown.len(), 17, "no row ends the gallery");
    let waves = shown
        .iter()
        .find(|one| one.settings.prompt == "Waves fold over the reef")
        .unwrap();
    let others: Vec<_> = waves.settings.others.keys().map(String::as_str).collect();
    assert_eq!(others, ["camera", "model"]);
    assert!(waves.whole);
    assert!(matches!(&waves.phase, Phase::Ready { clip } if !clip.missing));
    let broken: Vec<_> = shown.iter().filter(|one| !one.whole).collect();
    assert_eq!(broken.len(), 3, "{broken:#?}");
    let watched = broken
        .iter()
        .find(|one| matches!(one.phase, Phase::Rendering { .. }))
        .unwrap()
        .id;

    // Its job continues all the same, and what was stored stays as it was.
    studio.open_session().await.unwrap();
    let engine = studio.engine().await.unwrap();
    let deadline = tokio::time::Instant::now() + HANG;
    loop {
        let now = engine.generation(&watched).await.unwrap();
        if matches!(now.phase, Phase::Ready { .. }) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{now:#?}");
        old.sandbox.clock().advance(Duration::from_millis(200));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        old.row(&watched.to_string(), "settings").as_deref(),
        Some("garbage")
    );
    // Nothing is sent that the user did not choose: garbage is never sent, and what a newer program
    // wrote waits for the user's choice.
    let (mut refused, mut waits) = (false, false);
    while !refused || !waits {
        assert!(tokio::time::Instant::now() < deadline);
        for one in all(&studio).await {
            refused |= !one.whole
                && matches!(&one.phase, Phase::Failed { failure }
                    if failure.message == Message::EntryNotSent && failure.charged == Some(false));
            waits |= one.settings.prompt == "Not known here"
                && one
                    .waiting
                    .is_some_and(|message| message == Message::NewerSettings);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(old.sandbox.jobs().len(), jobs_before);
    let kept = old.row(&waves.id.to_string(), "settings").unwrap();
    assert!(kept.contains("\"pan\":3"), "{kept}");
}
