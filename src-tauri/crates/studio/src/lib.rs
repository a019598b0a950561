//! Inbetween without a window: everything the program does, for any shell to present.
//!
//! Data flows one way: settings enter at [`engine::Engine::generate`], are written to the
//! [`library`] first, leave through the crate `apiframe`, and return as [`engine::Event`]s.
//! [`studio::Studio`] connects all of this with the [`vault`], the [`frames`] and the
//! [`preferences`]. Nothing here depends on a window, a page or a dialog.

mod atomic_write;
pub mod catalogue;
pub mod clips;
pub mod clock;
pub mod crash_points;
pub mod engine;
pub mod frames;
pub mod generation;
#[cfg(test)]
mod imports;
pub mod ledger;
pub mod library;
pub mod lock;
pub mod message;
pub mod models;
pub mod notice;
pub mod paths;
pub mod poll_plan;
pub mod preferences;
pub mod price;
pub mod private;
pub mod problem;
pub mod redact;
mod regular_file;
pub mod remote;
pub mod report;
pub mod session;
pub mod settings;
pub mod studio;
pub mod vault;
