//! Inbetween without a window: everything the program does, for any shell to show.
//!
//! Data has one way through: settings come in at [`engine::Engine::generate`], are written
//! to the [`library`] first, go out through the crate `apiframe`, and come back as
//! [`engine::Event`]s. [`studio::Studio`] holds it all together with the [`vault`], the
//! [`frames`] and the [`preferences`]. Nothing here knows a window, a page or a dialog.

pub mod catalogue;
pub mod clips;
pub mod clock;
mod durable;
pub mod engine;
pub mod frames;
pub mod generation;
#[cfg(test)]
mod imports;
pub mod ledger;
pub mod library;
pub mod lock;
pub mod message;
pub mod notice;
pub mod paths;
pub mod points;
pub mod poll_plan;
pub mod preferences;
pub mod price;
pub mod private;
pub mod problem;
pub mod redact;
mod regular;
pub mod remote;
pub mod report;
pub mod session;
pub mod settings;
pub mod studio;
pub mod vault;
