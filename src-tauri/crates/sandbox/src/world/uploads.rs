//! Uploaded pictures, and what the addresses in a request refer to.

use std::io;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::{World, warn_if};
use crate::address::file_id;
use crate::upload::{Kind, UploadRecord};
use crate::upstream::Hosted;

impl World {
    pub fn upload(&self, bytes: Bytes, kind: Kind) -> io::Result<UploadRecord> {
        let now = self.now();
        self.reap(now);
        let upload = UploadRecord {
            id: Uuid::new_v4(),
            kind,
            size: bytes.len() as u64,
            created_at: now,
            expires_at: now
                .saturating_add(self.upload_life)
                .unwrap_or(Timestamp::MAX),
        };
        self.archive.keep_picture(upload.id, bytes)?;
        self.archive.keep_upload(&upload)?;
        self.lock().uploads.insert(upload.id, upload.clone());
        Ok(upload)
    }

    /// Deletes expired uploads that no job still needs.
    fn reap(&self, now: Timestamp) {
        let mut state = self.lock();
        let expired: Vec<Uuid> = state
            .uploads
            .values()
            .filter(|upload| upload.is_expired(now) && !state.is_awaited(upload.id))
            .map(|upload| upload.id)
            .collect();
        for id in expired {
            state.uploads.remove(&id);
            warn_if(
                self.archive.forget_upload(id),
                "an expired upload could not be removed",
            );
        }
    }

    /// The upload and its bytes, expired or not.
    pub fn find_upload(&self, id: Uuid) -> Option<(UploadRecord, Bytes)> {
        let upload = self.lock().uploads.get(&id).cloned()?;
        let bytes = self.archive.picture(id).ok().flatten()?;
        Some((upload, bytes))
    }

    /// Makes an upload's address expire now; returns whether there is such an upload.
    pub fn expire_upload(&self, id: Uuid) -> bool {
        let now = self.now();
        let mut state = self.lock();
        let Some(upload) = state.uploads.get_mut(&id) else {
            return false;
        };
        upload.expires_at = now;
        warn_if(
            self.archive.keep_upload(upload),
            "an upload's expiry could not be kept",
        );
        true
    }
}

impl Hosted for World {
    fn upload(&self, url: &str) -> Option<Bytes> {
        let (upload, bytes) = self.find_upload(file_id(url, "uploads")?)?;
        (!upload.is_expired(self.now())).then_some(bytes)
    }

    fn has_clip(&self, url: &str) -> bool {
        file_id(url, "results").is_some_and(|id| self.find_clip(id).is_some())
    }
}

/// The files of a job that was accepted earlier: they were fetched then, so it does not matter if
/// an address has expired since.
pub(super) struct Fetched<'a>(pub &'a World);

impl Hosted for Fetched<'_> {
    fn upload(&self, url: &str) -> Option<Bytes> {
        Some(self.0.find_upload(file_id(url, "uploads")?)?.1)
    }

    fn has_clip(&self, url: &str) -> bool {
        file_id(url, "results").is_some()
    }
}
