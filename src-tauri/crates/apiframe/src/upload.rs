//! A local file, made into an address that a request can name.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::lenient;

/// A file on the vendor's short-lived storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// The upload's id.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub id: String,
    /// The address to put into a request.
    pub url: Url,
    /// `image`, `video` or `audio`, by the file's first bytes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub kind: String,
    /// The media type, by the file's first bytes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub content_type: String,
    /// Bytes that arrived.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub byte_size: u64,
    /// When the address stops working, by the server's clock: 1 to 2 hours after the upload.
    pub expires_at: jiff::Timestamp,
}
