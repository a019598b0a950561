//! The log: a file a day, the newest week kept. What may be written into it is decided
//! where it is written: no key, no prompt, no signed address.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::prelude::*;

/// Days kept.
const DAYS: usize = 7;

/// Begins writing to files in `folder`, and to standard error in a debug build. Without a
/// usable folder there is no file: a log is never a reason not to start.
pub(crate) fn begin(folder: &Path) -> Option<WorkerGuard> {
    let filter = EnvFilter::try_from_env("INBETWEEN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,inbetween=info,studio=info,apiframe=info"));
    let (layer, guard) = std::fs::create_dir_all(folder)
        .ok()
        .and_then(|()| {
            Builder::new()
                .rotation(Rotation::DAILY)
                .filename_prefix("inbetween")
                .filename_suffix("log")
                .max_log_files(DAYS)
                .build(folder)
                .ok()
        })
        .map(tracing_appender::non_blocking)
        .map(|(writer, guard)| {
            let layer = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(writer);
            (layer, guard)
        })
        .unzip();
    let stderr = cfg!(debug_assertions).then(|| {
        tracing_subscriber::fmt::layer()
            .compact()
            .with_writer(std::io::stderr)
    });
    // A second subscriber in the same process (a test) is no harm.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .with(stderr)
        .try_init();
    guard
}
