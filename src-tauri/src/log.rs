//! The log: one file per day, kept for a week. What may be written to it is decided where it is
//! written: no key, no prompt, no signed address. If a message contains a key or an address's query
//! anyway, it is removed here, before it reaches the file or the terminal.

use std::io::Write;
use std::path::Path;

use studio::private;
use studio::redact::redact;
use tracing::Subscriber;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// The number of days kept.
const DAYS: usize = 7;

/// Starts writing to files in `folder`, and to standard error in a debug build. Without a usable
/// folder there is no file: a failing log never prevents the start.
pub(crate) fn begin(folder: &Path) -> Option<WorkerGuard> {
    let filter = EnvFilter::try_from_env("INBETWEEN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,inbetween=info,studio=info,apiframe=info"));
    let (layer, guard) = to_file(folder).unzip();
    let stderr = cfg!(debug_assertions).then(|| {
        tracing_subscriber::fmt::layer()
            .compact()
            .with_writer(Clean(std::io::stderr))
    });
    note_panics();
    // A second subscriber in the same process (a test) does no harm.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .with(stderr)
        .try_init();
    guard
}

/// Writes panics to the log: the place, and the message as it is in the source. Messages that are
/// formatted at run time may quote a prompt, and are left out.
fn note_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        let said = panic.payload().downcast_ref::<&'static str>();
        tracing::error!(place, said, "a part of the program panicked");
        before(panic);
    }));
}

/// The layer that writes to the files of `folder`, and the guard that flushes it when dropped.
fn to_file<S>(folder: &Path) -> Option<(impl tracing_subscriber::Layer<S>, WorkerGuard)>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    // The whole folder is closed to others: the logging library creates the files of later days.
    private::make_folder(folder).ok()?;
    private::close_folder(folder);
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("inbetween")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()?;
    for file in std::fs::read_dir(folder).ok()?.flatten() {
        // Not essential: other users can't enter the folder.
        private::close_file(&file.path());
    }
    let (writer, guard) = tracing_appender::non_blocking(files);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Clean(writer));
    Some((layer, guard))
}

/// Makes writers that remove secrets.
struct Clean<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Clean<M> {
    type Writer = CleanWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        CleanWriter(self.0.make_writer())
    }
}

/// A writer of complete messages: the formatter hands each over in one piece, so that a secret
/// can't be split between two.
struct CleanWriter<W>(W);

impl<W: Write> Write for CleanWriter<W> {
    fn write(&mut self, message: &[u8]) -> std::io::Result<usize> {
        let clean = redact(&String::from_utf8_lossy(message));
        self.0.write_all(clean.as_bytes())?;
        Ok(message.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use apiframe::{ApiKey, Client, Config, Timeouts};
    use sandbox::{Answer, Call, Fault, Sandbox};
    use studio::clips::Fetcher;
    use studio::clock::Clock;
    use studio::engine::{Engine, EngineConfig};
    use studio::frames::Frames;
    use studio::generation::Phase;
    use studio::library::Library;
    use studio::settings::{Mode, Settings};

    use super::*;

    const KEY: &str = "afk_live_51f0c2d9e8";
    const PROMPT: &str = "Clouds that nobody else may read about";
    const SIGNATURE: &str = "c2lnbmVkIGFkZHJlc3M";

    /// Logs everything, so that no message passes only because it is not written.
    fn everything(folder: &Path) -> (tracing::subscriber::DefaultGuard, WorkerGuard) {
        let (layer, guard) = to_file(folder).unwrap();
        let subscriber = tracing_subscriber::registry()
            .with(EnvFilter::new("trace"))
            .with(layer);
        (tracing::subscriber::set_default(subscriber), guard)
    }

    fn written(folder: &Path) -> String {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }

    #[test]
    fn what_a_message_quotes_by_mistake_is_taken_out_and_the_rest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let guards = everything(folder.path());
        let address = format!("https://cdn.test/a.mp4?sig={SIGNATURE}");
        tracing::error!(key = KEY, %address, "the server said: key {KEY} of {address} is wrong");
        drop(guards);
        let log = written(folder.path());
        assert!(log.contains("is wrong"), "{log}");
        assert!(log.contains("https://cdn.test/a.mp4?…"), "{log}");
        for secret in [KEY, SIGNATURE] {
            assert!(!log.contains(secret), "the log holds {secret}");
        }
    }

    #[test]
    fn a_panic_is_in_the_log_with_its_place_and_without_what_it_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let guards = everything(folder.path());
        note_panics();
        let quoted = std::hint::black_box(PROMPT);
        let quoting = std::panic::catch_unwind(|| panic!("no character at 3 of {quoted}"));
        let plain = std::panic::catch_unwind(|| panic!("a fixed sentence"));
        assert!(quoting.is_err() && plain.is_err());
        drop(guards);
        let log = written(folder.path());
        assert_eq!(log.matches("a part of the program panicked").count(), 2);
        assert!(log.contains("log.rs:"), "{log}");
        assert!(log.contains("a fixed sentence"), "{log}");
        assert!(!log.contains(PROMPT), "the log holds {PROMPT}");
    }

    /// Real failures at every call, with the libraries below logging everything they can: their own
    /// messages quote complete addresses.
    #[test]
    fn after_real_failures_the_log_tells_of_them_and_of_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("log");
        let guards = everything(&logs);
        // One thread, so that what it logs is captured.
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(fail_in_every_way(folder.path()));
        drop(guards);
        let log = written(&logs);
        assert!(log.contains("a generation failed"), "{log}");
        assert!(log.contains("a download broke off"), "{log}");
        for secret in [KEY, SIGNATURE, PROMPT] {
            assert!(!log.contains(secret), "the log holds {secret}");
        }
    }

    async fn fail_in_every_way(folder: &Path) {
        let sandbox = Sandbox::builder()
            .key(KEY)
            .speed(500.0)
            .start()
            .await
            .unwrap();
        let engine = Engine::start(EngineConfig {
            library: Library::open(&folder.join("library")).unwrap(),
            rescue: None,
            frames: Frames::open(folder.join("frames")),
            clips_folder: folder.join("clips").into(),
            fetcher: Fetcher::new("inbetween/test", true, apiframe::Network::of_this_system())
                .unwrap(),
            clock: Clock::system(),
            usual_time: Duration::from_millis(200),
            first_pause: Duration::from_millis(20),
        });
        let client = |key: &str| {
            Client::new(Config {
                base: sandbox.base_url().parse().unwrap(),
                key: Some(ApiKey::parse(key).unwrap()),
                user_agent: "inbetween/test".into(),
                network: apiframe::Network::of_this_system(),
                timeouts: Timeouts::default(),
            })
            .unwrap()
        };
        engine.set_client(Some(client(KEY)));
        let settings = Settings {
            prompt: PROMPT.into(),
            mode: Mode::Standard,
            length: 3,
            ..Settings::default()
        };
        // Refused, with a body that quotes what was sent.
        let quoting = format!(r#"{{"error":"{PROMPT} by {KEY} is not allowed"}}"#);
        let refusals = [
            Answer::status(400).with_body(&quoting),
            Answer::status(401).with_body(&quoting),
            Answer::fail_job(PROMPT),
        ];
        for answer in refusals {
            sandbox.fault(Fault::on(Call::Generate).times(1).then(answer));
            let id = engine.generate(settings.clone()).await.unwrap().id;
            wait(&engine, &id, |phase| matches!(phase, Phase::Failed { .. })).await;
        }
        // First a lost answer, then a clip at a signed address that does not serve it, then the
        // clip.
        sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
        sandbox.hold();
        let before = sandbox.jobs().len();
        let id = engine.generate(settings).await.unwrap().id;
        while sandbox.jobs().len() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let signed = format!(
            r#"{{"id":"{}","status":"COMPLETED",
                "result":{{"videoUrl":"{}/files/results/none.mp4?sig={SIGNATURE}&key={KEY}"}}}}"#,
            sandbox.jobs()[before].id,
            sandbox.base_url()
        );
        sandbox.fault(
            Fault::on(Call::Job)
                .times(1)
                .then(Answer::status(200).with_body(signed)),
        );
        sandbox.release();
        wait(&engine, &id, |phase| matches!(phase, Phase::Ready { .. })).await;
        sandbox.stop().await;
    }

    async fn wait(
        engine: &Engine,
        id: &studio::generation::GenerationId,
        wanted: impl Fn(&Phase) -> bool,
    ) {
        let deadline = tokio::time::Instant::now() + Duration::from_mins(5);
        loop {
            let phase = engine.generation(id).await.unwrap().phase;
            if wanted(&phase) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{phase:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
