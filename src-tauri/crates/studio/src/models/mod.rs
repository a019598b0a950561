//! The models that clips can be made with: a model is data.
//!
//! `models.toml` has one record for each. Files in a folder can add records and replace them, so
//! that a user need not wait for a release when Apiframe adds a model. Nothing uses the records yet:
//! the composer, the checks, the request and the price still know Kling alone
//! ([`crate::settings`]).

mod files;
pub(crate) mod record;
mod registry;
pub(crate) mod role;
mod verify;

pub use record::{
    Avoid, Call, Choice, Choosable, Kind, Length, Limits, Media, Model, OptionValue, Prompt, Rule,
    Seed, Shots, ShotsForm, Sound, Term, Together,
};
pub use registry::{DEFAULT_MODEL, Models};
pub use role::Role;
