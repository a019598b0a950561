//! Apiframe v2 on this machine: closed bodies, credits, faults on demand, real clips.
//!
//! It has two uses. Tests start it in their own process, inspect what arrived and cause failures;
//! the desktop app offers it to a user without a key. It follows the vendor's schema exactly and
//! checks bodies by rules of its own, so that a mistake in the client's types is found here and not
//! on the real service. It fetches nothing, delivers no webhooks, and its clips are dissolves, not
//! films.
//!
//! ```no_run
//! # async fn example() -> Result<(), sandbox::SandboxError> {
//! use sandbox::{Answer, Call, Fault, Sandbox};
//!
//! let sandbox = Sandbox::builder().key("afk_test").credits(100).speed(1000.0).start().await?;
//! sandbox.fault(Fault::on(Call::Generate).times(1).then(Answer::DropAfter));
//! // … a client at sandbox.base_url() submits, loses the answer and submits again …
//! assert_eq!(sandbox.jobs().len(), 1);
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Faults from another process
//!
//! `POST /sandbox/faults` accepts a [`Fault`] or a list of them as JSON, without a key;
//! `DELETE /sandbox/faults` removes all faults. `call` is `generate`, `job`, `jobs`, `upload`,
//! `me`, `models` or `file`; `times`, `after` and `path` are optional:
//!
//! ```json
//! [
//!   {"call": "job", "times": 3, "after": 1, "answer": {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}}},
//!   {"call": "file", "path": "results", "times": 1, "answer": {"kind": "truncate", "after": 1000}},
//!   {"call": "generate", "times": 1, "answer": {"kind": "failJob", "error": "Content policy."}}
//! ]
//! ```
//!
//! The kinds are those of [`Answer`] in camel case: `refuse`, `dropBefore`, `dropAfter`,
//! `stall`, `stallInside` (`after`), `truncate` (`after`), `slow` (`bytesPerSecond`),
//! `wrongType`, `status` (`status`, `body`, `headers`), `failJob` (`error`), `expire`,
//! `outOfCredits` (`available`), `redirect` (`location`, `status`).

mod address;
mod api;
mod archive;
mod builder;
mod clock;
mod distort;
mod edge;
mod fault;
mod gate;
mod job;
mod price;
mod record;
pub mod render;
mod renders;
mod reply;
mod sandbox;
mod schema;
mod server;
mod shelf;
mod state;
mod upload;
mod upstream;
mod world;

pub use builder::{Builder, SandboxError};
pub use clock::Clock;
pub use fault::{Aim, Answer, Call, Fault};
pub use record::Recorded;
pub use reply::ResultShape;
pub use sandbox::{JobSnapshot, Sandbox};
pub use schema::body_schema;
