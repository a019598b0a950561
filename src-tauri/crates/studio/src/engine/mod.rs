//! The engine: takes every generation of one library from the press of Generate to the clip on the
//! disk, across failures and restarts.
//!
//! One task (`actor`) looks at what is unfinished and performs the next step of each generation, as
//! the pure function [`step::next`] decides. Steps write to the library before and after they use
//! the network, so stopping at any point loses nothing. Everything the user asks for is a change in
//! the library and a notification to that task.

mod actor;
mod attempts;
mod backoff;
mod blocking;
mod clip_server;
mod ending;
mod error;
mod event;
mod feed;
mod fetch;
mod generations;
mod handle;
mod import;
mod import_error;
mod messages;
mod missing_files;
mod notices;
mod orphan_clips;
mod outcome;
mod pause;
mod poll;
mod poll_schedule;
mod posters;
mod reconcile;
mod rejection;
mod remote;
mod save;
mod search;
mod shared;
mod spending;
mod start;
pub mod step;
mod storage;
mod submit;
mod sweep;
mod watch_folder;

pub use error::EngineError;
pub use event::Event;
pub use handle::Engine;
pub use import::Imported;
pub use import_error::ImportError;
pub use missing_files::{FindError, Found};
pub use notices::doubt;
pub use posters::poster_path;
pub use start::EngineConfig;
pub use storage::CALLS_AT_ONCE;
