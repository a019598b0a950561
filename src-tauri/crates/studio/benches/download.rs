//! How fast a clip is fetched, compared with curl in the same run, and how much memory that takes.
//!
//! Fetches a gigabyte from loopback. A child process makes it, so that its memory is not counted.
//! It is written to memory if the system has such a folder: this measures the program, not the
//! disk. Both take turns, and the best time of each counts. Ends with an error if a target is
//! missed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use studio::clips::Fetcher;

const GIGABYTE: u64 = 1 << 30;
const ROUNDS: usize = 3;
const SERVE: &str = "serve";
/// The targets: at least this part of curl's rate, and less than this many more bytes of memory.
const RATE: f64 = 0.9;
const MEMORY: u64 = 16 << 20;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    if std::env::args().any(|argument| argument == SERVE) {
        return serve();
    }
    let server = Server::start()?;
    let folder = if Path::new("/dev/shm").is_dir() {
        tempfile::tempdir_in("/dev/shm")?
    } else {
        tempfile::tempdir()?
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let fetcher = Fetcher::new("inbetween/bench", true, apiframe::Network::of_this_system())?;
    let (ours, theirs) = (folder.path().join("ours.part"), folder.path().join("curl"));
    let url = server.url.parse()?;
    let before = reset_memory();
    let (mut best_ours, mut best_theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        runtime.block_on(fetcher.fetch(&url, &ours, None, |_| {}))?;
        best_ours = best_ours.min(began.elapsed());
        std::fs::remove_file(&ours)?;
        best_theirs = best_theirs.min(curl(&server.url, &theirs)?);
        std::fs::remove_file(&theirs)?;
    }
    let grown = before
        .zip(memory("VmHWM:"))
        .map(|(before, most)| most.saturating_sub(before));

    let rate = |time: Duration| GIGABYTE as f64 / 1e6 / time.as_secs_f64();
    let ratio = rate(best_ours) / rate(best_theirs);
    println!("Fetching 1 GiB from loopback, the best of {ROUNDS}");
    println!("  this program  {:8.0} MB/s", rate(best_ours));
    println!("  curl          {:8.0} MB/s", rate(best_theirs));
    let fast = ratio >= RATE;
    println!(
        "  {:6}  {ratio:.2} of curl's rate (aim: {RATE})",
        word(fast)
    );
    let small = grown.is_none_or(|grown| grown < MEMORY);
    match grown {
        Some(grown) => println!(
            "  {:6}  resident memory grew by {:.1} MB (aim: less than 16)",
            word(small),
            grown as f64 / f64::from(1 << 20)
        ),
        None => println!("  resident memory is not measured on this system"),
    }
    Ok(if fast && small {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn word(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

fn curl(url: &str, file: &Path) -> Result<Duration, Failure> {
    let began = Instant::now();
    let ended = Command::new("curl")
        .args(["--silent", "--show-error", "--fail", "--output"])
        .arg(file)
        .arg(url)
        .status()
        .map_err(|error| format!("curl is needed to compare with: {error}"))?;
    if !ended.success() {
        return Err("curl did not fetch it".into());
    }
    Ok(began.elapsed())
}

/// Resets the peak of the memory use and returns what is resident now, in bytes.
fn reset_memory() -> Option<u64> {
    // Writing 5 resets the peak; see proc(5).
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    memory("VmRSS:")
}

/// A line of `/proc/self/status`, in bytes.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let rest = status.lines().find_map(|one| one.strip_prefix(line))?;
    let kilobytes: u64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// The child process that serves the gigabyte.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        if let Some(said) = child.stdout.take() {
            BufReader::new(said).read_line(&mut port)?;
        }
        Ok(Self {
            url: format!("http://127.0.0.1:{}/clip.mp4", port.trim()),
            child,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve() -> Result<ExitCode, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    loop {
        let (connection, _) = listener.accept()?;
        // The client may hang up at any time.
        let _ = answer(connection);
    }
}

/// One answer: a head, and a gigabyte that starts like an mp4.
fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    let mut asked = Vec::new();
    let mut byte = [0];
    while !asked.ends_with(b"\r\n\r\n") {
        connection.read_exact(&mut byte)?;
        asked.push(byte[0]);
    }
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {GIGABYTE}\r\n\
         Connection: close\r\n\r\n"
    )?;
    let mut block = vec![0xA5; 1 << 20];
    block[..8].copy_from_slice(b"\0\0\0\x20ftyp");
    for _ in 0..GIGABYTE >> 20 {
        connection.write_all(&block)?;
    }
    Ok(())
}
