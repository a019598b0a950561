//! A typed client for the part of Apiframe's API v2 that makes video: submitting, querying and
//! listing jobs, uploads, the account and the prices.
//!
//! It handles the wire format and nothing else: no library on disk, no queue, no window. It never
//! repeats a call on its own, because only its caller knows what has already been paid for.
//! Instead, it returns an [`Error`] that says whether repeating the call is free.

#![warn(missing_docs)]

mod account;
mod catalogue;
mod client;
mod config;
mod error;
mod exchange;
mod job;
mod key;
mod lenient;
mod network;
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
pub use network::{AskDesktop, Network};
pub use rejection::{ErrorReply, Rejection, RejectionKind};
pub use request::{
    AspectRatio, GenerateRequest, Kling3, KlingOmni, KlingParams, Mode, Model, Shot,
    VideoReferenceType, Webhook, WebhookEvent,
};
pub use upload::{Upload, UploadFile};
