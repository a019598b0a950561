//! The six API calls, each sent once.
//!
//! Nothing is repeated here, not even calls that cost nothing. Only the caller, which recorded what
//! was sent, knows when to ask again and whether that could pay twice.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use crate::account::Me;
use crate::catalogue::{Modality, ModelCatalog};
use crate::config::{Config, ConfigError, Timeouts, is_local};
use crate::error::{Error, LossCause, Unsendable};
use crate::exchange::{Patience, Pulse, exchange};
use crate::job::{Accepted, Job, JobPage, JobQuery};
use crate::key::ApiKey;
use crate::lenient;
use crate::network::Network;
use crate::plain;
use crate::rejection::Rejection;
use crate::upload::{Upload, UploadFile};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The limit in the schema.
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// A client for one API, with one key. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    network: Network,
    base: Url,
    /// Whether the API is on this computer, about which no desktop needs to be asked.
    local: bool,
    key: Option<ApiKey>,
    /// The key as a header value, made once so that each request shares these bytes instead of
    /// leaving a copy behind.
    key_header: Option<HeaderValue>,
    timeouts: Timeouts,
}

impl Client {
    /// Creates a client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] when the address is not safe to send a key to, or the system cannot
    /// make secure connections.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let Config {
            base,
            key,
            user_agent,
            network,
            timeouts,
        } = config;
        let local = is_local(&base)?;
        let user_agent = HeaderValue::from_str(user_agent.trim())
            .ok()
            .filter(|name| !name.is_empty())
            .ok_or(ConfigError::UserAgent)?;
        let http = if local {
            network.inside()
        } else {
            network.outside()
        };
        let http = http
            .user_agent(user_agent)
            // Well below the limit for a whole call: the two clocks start at slightly different
            // moments, and a call that ends while still connecting must be known to have sent
            // nothing.
            .connect_timeout(
                timeouts
                    .connect
                    .min(timeouts.call / 2)
                    .min(timeouts.upload / 2),
            );
        let http = http.build().map_err(|error| ConfigError::Tls {
            detail: error.without_url().to_string(),
        })?;
        Ok(Self {
            http,
            network,
            base,
            local,
            key_header: key.as_ref().and_then(header_of),
            key,
            timeouts,
        })
    }

    /// `POST /v2/videos/generate`: submits a job and charges for it.
    ///
    /// `body` is sent byte for byte; see [`GenerateRequest::body`](crate::GenerateRequest::body).
    /// For 24 hours, the server answers the same `idempotency_key` (1 to 255 visible ASCII
    /// characters) with the same job.
    ///
    /// # Errors
    /// After [`Error::Lost`] the job may exist: repeat only the same bytes under the same key.
    pub async fn generate(&self, body: Bytes, idempotency_key: &str) -> Result<Accepted, Error> {
        let idempotency_key = Some(idempotency_key)
            .filter(|key| (1..=LONGEST_IDEMPOTENCY_KEY).contains(&key.len()))
            .filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()))
            .and_then(|key| HeaderValue::from_str(key).ok())
            .ok_or(Error::Unsendable(Unsendable::IdempotencyKey))?;
        let request = self
            .http
            .post(self.at(&["videos", "generate"]))
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_KEY, idempotency_key)
            .body(body);
        self.call(self.signed(request)?).await
    }

    /// The address of the API.
    #[must_use]
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// The fingerprint of the key that requests are sent with; empty without a key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.key
            .as_ref()
            .map(ApiKey::fingerprint)
            .unwrap_or_default()
    }

    /// `GET /v2/jobs/{id}`: the state of one job.
    pub async fn job(&self, id: &str) -> Result<Job, Error> {
        // Any other text could address something other than a job.
        if !lenient::is_id(id) {
            return Err(Error::Unsendable(Unsendable::JobId));
        }
        let request = self.http.get(self.at(&["jobs", id]));
        let job: Job = self.call(self.signed(request)?).await?;
        if !job.id.eq_ignore_ascii_case(id) {
            return Err(Error::lost(LossCause::Invalid, "another job was told of"));
        }
        Ok(self.shown(job))
    }

    /// `GET /v2/jobs`: a page of this account's jobs, newest first.
    pub async fn jobs(&self, query: &JobQuery) -> Result<JobPage, Error> {
        let request = self.http.get(self.at(&["jobs"])).query(query);
        let mut page: JobPage = self.call(self.signed(request)?).await?;
        page.jobs = page.jobs.into_iter().map(|job| self.shown(job)).collect();
        Ok(page)
    }

    /// The job with its error message made safe to show.
    fn shown(&self, mut job: Job) -> Job {
        job.error = job
            .error
            .map(|said| plain::sentence(&said, self.key.as_ref()));
        job
    }

    /// `POST /v2/uploads`: uploads a file and returns its address. Costs nothing.
    ///
    /// # Errors
    /// [`Unsendable::File`] when the file's reader fails or ends before its length.
    pub async fn upload(&self, file: UploadFile) -> Result<Upload, Error> {
        let (pulse, patience) = Pulse::start(&self.timeouts);
        let (form, reading) = file.into_form(pulse, &self.timeouts)?;
        let request = self.http.post(self.at(&["uploads"])).multipart(form);
        self.finish(self.signed(request)?, patience, self.timeouts.upload)
            .await
            .map_err(|error| match error {
                Error::Rejected(_) => error,
                network => reading.or(network),
            })
    }

    /// `GET /v2/me`: the owner of the key, and the credits left.
    pub async fn me(&self) -> Result<Me, Error> {
        let request = self.http.get(self.at(&["me"]));
        self.call(self.signed(request)?).await
    }

    /// `GET /v2/models`: the public list of models of one modality. Sends no key.
    pub async fn models(&self, modality: Modality) -> Result<ModelCatalog, Error> {
        let request = self.http.get(self.at(&["models"]));
        self.call(request.query(&[("modality", modality.as_str())]))
            .await
    }

    fn at(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Every http and https address has a path, and no other scheme is accepted.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v2").extend(path);
        }
        url
    }

    fn signed(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let header = self.key_header.clone();
        let header = header.ok_or(Error::Unsendable(Unsendable::NoKey))?;
        Ok(request.header(X_API_KEY, header))
    }

    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let (_pulse, patience) = Pulse::start(&self.timeouts);
        self.finish(request, patience, self.timeouts.call).await
    }

    async fn finish<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        patience: Patience,
        total: Duration,
    ) -> Result<T, Error> {
        if !self.local {
            self.network.prepare(&self.base).await;
        }
        let answer = exchange(request, &self.network, patience, self.timeouts.idle, total).await?;
        if !answer.status.is_success() {
            return Err(Error::Rejected(Rejection::read(
                answer.status,
                &answer.headers,
                &answer.body,
                self.key.as_ref(),
                SystemTime::now(),
            )));
        }
        serde_json::from_slice(&answer.body).map_err(|error| {
            // The error may quote the answer.
            let detail = plain::sentence(&error.to_string(), self.key.as_ref());
            let cause = if error.is_data() {
                LossCause::Invalid
            } else {
                LossCause::Unreadable
            };
            Error::lost(cause, detail)
        })
    }
}

/// The key as a header value whose memory is wiped once it is no longer used. The copies that the
/// network library makes in its send buffer are out of reach.
fn header_of(key: &ApiKey) -> Option<HeaderValue> {
    let bytes = Zeroizing::new(key.expose().as_bytes().to_vec());
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes)).ok()?;
    header.set_sensitive(true);
    Some(header)
}
