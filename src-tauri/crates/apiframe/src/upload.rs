//! A file, uploaded to get an address that a request can use.
//!
//! The file is sent as it is read, one chunk at a time: a picture of 25 MB is never held in memory.
//! The source of the bytes is up to the caller; only a reader and a length are needed.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};
use url::Url;

use crate::config::Timeouts;
use crate::error::{Error, Unsendable, chain};
use crate::exchange::Pulse;
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
    /// `image`, `video` or `audio`, determined from the file's first bytes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub kind: String,
    /// The media type, determined from the file's first bytes.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub content_type: String,
    /// The number of bytes received.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub byte_size: u64,
    /// When the address stops working, by the server's clock: 1 to 2 hours after the upload.
    pub expires_at: jiff::Timestamp,
}

/// A file to send.
pub struct UploadFile {
    name: String,
    content_type: String,
    length: u64,
    reader: Pin<Box<dyn AsyncRead + Send>>,
}

impl UploadFile {
    /// Exactly `length` bytes of `reader`, with a file name and a media type (`image/jpeg`). The
    /// server trusts neither of them and checks the first bytes.
    pub fn new(
        name: impl Into<String>,
        content_type: impl Into<String>,
        length: u64,
        reader: impl AsyncRead + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            content_type: content_type.into(),
            length,
            reader: Box::pin(reader),
        }
    }

    /// The multipart form, with the schema's only field `file`, and the place where a read error is
    /// recorded: the network library would report it as just another broken connection.
    pub(crate) fn into_form(
        self,
        pulse: Pulse,
        timeouts: &Timeouts,
    ) -> Result<(Form, ReadingError), Error> {
        let noted = ReadingError::default();
        let length = self.length;
        let reading = Reading {
            reader: self.reader,
            left: length,
            pulse,
            idle: timeouts.idle,
            answer: timeouts.call,
            noted: noted.clone(),
        };
        let chunks = Body::wrap_stream(stream::try_unfold(reading, Reading::next));
        let part = Part::stream_with_length(chunks, length)
            .file_name(self.name)
            .mime_str(&self.content_type)
            .map_err(|error| {
                Error::Unsendable(Unsendable::Malformed {
                    detail: chain(&error),
                })
            })?;
        Ok((Form::new().part("file", part), noted))
    }
}

impl fmt::Debug for UploadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFile")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The error that occurred while the file was read, if any.
#[derive(Clone, Default)]
pub(crate) struct ReadingError(Arc<OnceLock<String>>);

impl ReadingError {
    /// The file's error if there is one, otherwise the network's.
    pub(crate) fn or(&self, network: Error) -> Error {
        match self.0.get() {
            Some(detail) => Error::Unsendable(Unsendable::File {
                detail: detail.clone(),
            }),
            None => network,
        }
    }
}

/// The most that is in memory at once: a few network packets, and few enough reads.
const CHUNK: u64 = 64 * 1024;

struct Reading {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    left: u64,
    pulse: Pulse,
    idle: Duration,
    answer: Duration,
    noted: ReadingError,
}

impl Reading {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.left == 0 {
            return Ok(None);
        }
        match self.read().await {
            Ok(chunk) => {
                self.left -= chunk.len() as u64;
                let limit = if self.left == 0 {
                    self.answer
                } else {
                    self.idle
                };
                self.pulse.beat(limit);
                Ok(Some((chunk, self)))
            }
            Err(error) => {
                // Set only here, and reading ends here.
                let _ = self.noted.0.set(error.to_string());
                Err(error)
            }
        }
    }

    async fn read(&mut self) -> io::Result<Bytes> {
        #[allow(clippy::cast_possible_truncation)] // at most CHUNK
        let room = self.left.min(CHUNK) as usize;
        let mut chunk = BytesMut::with_capacity(room).limit(room);
        if self.reader.read_buf(&mut chunk).await? == 0 {
            let short = format!("the file ended {} bytes early", self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, short));
        }
        Ok(chunk.into_inner().freeze())
    }
}
