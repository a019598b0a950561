//! A typed client of the part of Apiframe's API v2 that makes video: submit, ask, list,
//! upload, who am I, what does it cost.
//!
//! It knows the wire and nothing else: no library on disk, no queue, no window. It never
//! repeats a call by itself, because only its caller knows what was already paid for; what it
//! owes the caller instead is an [`Error`] that says whether repeating is free.

mod account;
mod catalogue;
mod client;
mod config;
mod error;
mod exchange;
mod job;
mod key;
mod lenient;
mod plain;
mod rejection;
mod request;
mod upload;

pub use account::{Me, MeKey, Team, User};
pub use catalogue::{Modality, ModelCatalog, ModelCatalogEntry, PricingMode};
pub use client::Client;
pub use config::{Config, ConfigError, Timeouts};
pub use error::{Error, Loss, LossCause, Unreached, UnreachedCause, Unsendable};
pub use job::{Accepted, Job, JobPage, JobQuery, JobStatus};
pub use key::{ApiKey, KeyShape};
pub use rejection::{ErrorReply, Rejection, RejectionKind};
pub use request::{
    AspectRatio, GenerateRequest, Kling3, KlingOmni, KlingParams, Mode, Model, Shot,
    VideoReferenceType, Webhook, WebhookEvent,
};
pub use upload::{Upload, UploadFile};
