//! One cell of the matrix: a generation is brought to the call, the call goes wrong, the user reads
//! something, the fault passes, and the clip arrives, paid for once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use sandbox::{Answer, Call, Fault};
use studio::clock::Clock;
use studio::generation::{Failure, FailureAction, Generation, GenerationId, Phase};
use studio::settings::Settings;

use crate::harness::{Harness, QUICK_PRICE, Setup, quick};

/// A call that can go wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum At {
    Submit,
    Upload,
    Poll,
    List,
    Download,
}

/// What goes wrong with it.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// Nothing listens on its port.
    Refused,
    /// Its name does not resolve.
    Dns,
    /// The connection works, and this is the answer.
    Answer(Answer),
}

/// What the user reads, and so how it continues.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// Nothing: the fault passes unnoticed.
    Nothing,
    /// Why it waits; it continues on its own.
    Waits(&'static str),
    /// Why it ended; nothing was charged, and only the user starts it again.
    Fails(&'static str),
    /// That it is unknown whether it was charged; the user has it checked again.
    Unknown(&'static str),
}

/// The longest pause that anything here makes before it continues.
const DAY: i64 = 24 * 3_600_000;

/// A name that does not resolve: RFC 2606 reserves this ending permanently.
const NOWHERE: &str = "https://apiframe.invalid";

struct Cell {
    harness: Harness,
    at: At,
    id: GenerationId,
}

/// Runs one cell.
pub async fn check(at: At, wrong: Wrong, reads: Reads) {
    let cell = Cell::before(at).await;
    cell.spoil(&wrong).await;
    let id = match reads {
        Reads::Nothing => cell.id,
        Reads::Waits(words) => {
            let waiting = cell.harness.until_waiting(&cell.id, words).await;
            is_for_people(&waiting.waiting.unwrap().to_string());
            cell.id
        }
        Reads::Fails(words) => cell.fails(words).await,
        Reads::Unknown(words) => cell.is_unknown(words).await,
    };
    if !matches!(reads, Reads::Nothing) {
        cell.mend().await;
    }
    let id = match reads {
        Reads::Nothing | Reads::Waits(_) => id,
        // Only a press by the user sends it again.
        Reads::Fails(_) | Reads::Unknown(_) => cell.harness.engine.again(&id).await.unwrap().id,
    };
    let done = cell.harness.until_ready(&id).await;
    assert_eq!(done.waiting, None);
    assert_eq!(done.credits, Some(QUICK_PRICE));
    cell.harness.is_settled(1, QUICK_PRICE).await;
    cell.has_its_clip_once(done).await;
}

/// A download that goes wrong in the same way each time: the user reads that it is paid for, and
/// one press fetches it at no cost.
pub async fn is_given_up(wrong: Wrong, words: &str) {
    let cell = Cell::before(At::Download).await;
    cell.spoil(&wrong).await;
    let failure = cell.failure().await;
    assert!(
        failure.message.to_string().contains(words),
        "{}",
        failure.message
    );
    assert!(
        failure.message.to_string().contains("paid for"),
        "{}",
        failure.message
    );
    assert!(failure.message.to_string().contains("Download again"));
    assert_eq!(failure.charged, Some(true));
    assert_eq!(failure.actions, [FailureAction::DownloadAgain]);
    is_for_people(&failure.message.to_string());
    cell.mend().await;
    cell.harness.engine.resume(&cell.id).await.unwrap();
    let done = cell.harness.until_ready(&cell.id).await;
    cell.harness.is_settled(1, QUICK_PRICE).await;
    cell.has_its_clip_once(done).await;
}

impl Cell {
    /// A generation whose next step is the call.
    async fn before(at: At) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let shown = Arc::clone(&ahead);
        let harness = Harness::with(Setup {
            clip: Some(clip().await),
            clock: Clock::new(move || Clock::system().now() + shown.load(Ordering::SeqCst)),
            ..Setup::hasty()
        })
        .await;
        harness.engine.set_client(None);
        let settings = match at {
            At::Upload => Settings {
                start: Some(harness.frame([90, 60, 30])),
                ..quick("A cell")
            },
            _ => quick("A cell"),
        };
        let id = harness.generate(settings).await;
        match at {
            At::Submit | At::Upload => {}
            At::Poll | At::Download => {
                harness.sandbox.hold();
                harness.sign_in();
                harness
                    .until(&id, "rendering", |one| {
                        matches!(one.phase, Phase::Rendering { .. })
                    })
                    .await;
            }
            At::List => {
                let lost = Fault::on(Call::Generate).then(Answer::DropAfter);
                harness.sandbox.fault(lost);
                harness.sign_in();
                harness.until_waiting(&id, "can't be charged twice").await;
            }
        }
        harness.engine.set_client(None);
        harness.until_waiting(&id, "signed in").await;
        ahead.store(if at == At::List { DAY } else { 0 }, Ordering::SeqCst);
        Self { harness, at, id }
    }

    /// Makes the call go wrong from now on, and lets the engine make it.
    async fn spoil(&self, wrong: &Wrong) {
        let sandbox = &self.harness.sandbox;
        match (wrong, self.at) {
            (Wrong::Refused, At::Download) => {
                sandbox.set_clips_base(Some(format!("http://{}", closed_port())));
                self.harness.sign_in();
            }
            (Wrong::Dns, At::Download) => {
                sandbox.set_clips_base(Some(NOWHERE.into()));
                self.harness.sign_in();
            }
            (Wrong::Refused, _) => {
                sandbox.unplug().await.unwrap();
                self.harness.sign_in();
            }
            (Wrong::Dns, _) => {
                let client = self.harness.client_at(NOWHERE, "afk_test");
                self.harness.engine.set_client(Some(client));
            }
            (Wrong::Answer(answer), at) => {
                let call = match at {
                    At::Submit => Call::Generate,
                    At::Upload => Call::Upload,
                    At::Poll => Call::Job,
                    At::List => Call::Jobs,
                    At::Download => Call::File,
                };
                sandbox.fault(Fault::on(call).then(answer.clone()));
                // A refused key is refused at every call; a job may be forbidden on its own.
                if matches!(answer, Answer::Status { status: 401, .. }) {
                    sandbox.fault(Fault::on(Call::Me).then(answer.clone()));
                }
                self.harness.sign_in();
            }
        }
        sandbox.release();
    }

    /// Removes the fault.
    async fn mend(&self) {
        self.harness.sandbox.clear_faults();
        self.harness.sandbox.set_clips_base(None);
        self.harness.sandbox.plug().await.unwrap();
        self.harness.sign_in();
    }

    async fn failure(&self) -> Failure {
        let failed = self
            .harness
            .until(&self.id, "failed", |one| {
                matches!(one.phase, Phase::Failed { .. })
            })
            .await;
        match failed.phase {
            Phase::Failed { failure } => failure,
            other => panic!("{other:?}"),
        }
    }

    async fn fails(&self, words: &str) -> GenerationId {
        let failure = self.failure().await;
        assert!(
            failure.message.to_string().contains(words),
            "{}",
            failure.message
        );
        assert_eq!(failure.charged, Some(false));
        assert!(!failure.actions.is_empty(), "{failure:?}");
        is_for_people(&failure.message.to_string());
        // Nothing was taken, and nothing is tried without the user's knowledge.
        assert_eq!(self.harness.sandbox.credits(), 1000);
        assert!(self.harness.sandbox.jobs().is_empty());
        self.id
    }

    async fn is_unknown(&self, words: &str) -> GenerationId {
        let uncertain = self
            .harness
            .until(&self.id, "uncertain", |one| {
                matches!(one.phase, Phase::Uncertain { .. })
            })
            .await;
        let Phase::Uncertain { message } = uncertain.phase else {
            unreachable!()
        };
        let message = message.to_string();
        assert!(message.contains(words), "{message}");
        is_for_people(&message);
        self.id
    }

    /// The clip is on the disk as it was served, and nothing else is.
    async fn has_its_clip_once(&self, done: Generation) {
        let Phase::Ready { clip } = done.phase else {
            unreachable!()
        };
        assert!(std::fs::read(&clip.file).unwrap() == *self::clip().await);
        let files = std::fs::read_dir(self.harness.clips()).unwrap().count();
        assert_eq!(files, 1, "files in the clips folder");
    }
}

/// Asserts a complete sentence, without a bare code, an address or a piece of a page.
fn is_for_people(sentence: &str) {
    assert!(sentence.ends_with(['.', '!', '?']), "{sentence}");
    for foreign in ["http://", "https://", "<", "{", "os error"] {
        assert!(!sentence.contains(foreign), "{sentence}");
    }
}

/// A port of this machine that nothing listens on.
fn closed_port() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A real clip of the sandbox, made once for all cells.
pub async fn clip() -> Bytes {
    static CLIP: tokio::sync::OnceCell<Bytes> = tokio::sync::OnceCell::const_new();
    CLIP.get_or_init(async || {
        let harness = Harness::new().await;
        let id = harness.generate(quick("The clip of all cells")).await;
        let done = harness.until_ready(&id).await;
        harness.sandbox.result_bytes(&done.job_id.unwrap()).unwrap()
    })
    .await
    .clone()
}

/// Seconds from now as an HTTP date.
pub fn in_seconds(seconds: u64) -> String {
    let then = std::time::SystemTime::now() + Duration::from_secs(seconds);
    httpdate::fmt_http_date(then)
}
