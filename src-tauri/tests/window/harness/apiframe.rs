//! Apiframe in the test's own process: the sandbox, on loopback. A test sets what should go wrong,
//! and checks afterwards what arrived.

use std::time::SystemTime;

use image::RgbImage;
use sandbox::{Fault, Recorded, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::wait::until;

/// The key of the account in every test. It is long and unlike anything else, so that finding it in
/// a file is no coincidence.
pub const KEY: &str = "afk_e2e7c41b9d5f4a06a8837b20e6d19f5c";
/// The account's credits.
const CREDITS: i64 = 1000;
/// A job takes two and a half minutes at Apiframe, and five seconds here.
const SPEED: f64 = 30.0;

/// A running sandbox.
pub struct Apiframe {
    sandbox: Sandbox,
    runtime: Runtime,
}

/// A picture that was uploaded.
pub struct Upload {
    /// Its URL, as the server returned it.
    pub url: String,
    /// What it shows.
    pub picture: RgbImage,
}

impl Apiframe {
    /// Starts it on a free port.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let sandbox = runtime
            .block_on(
                Sandbox::builder()
                    .key(KEY)
                    .credits(CREDITS)
                    .speed(SPEED)
                    .start(),
            )
            .expect("the sandbox starts");
        Self { sandbox, runtime }
    }

    /// Its address.
    pub fn base_url(&self) -> String {
        self.sandbox.base_url().to_string()
    }

    /// Keeps jobs from ending until [`Self::release`].
    pub fn hold(&self) {
        self.sandbox.hold();
    }

    /// Lets jobs end.
    pub fn release(&self) {
        self.sandbox.release();
    }

    /// Refuses connections until [`Self::plug_in`].
    pub fn unplug(&self) {
        self.runtime
            .block_on(self.sandbox.unplug())
            .expect("it runs");
    }

    /// Accepts connections again.
    pub fn plug_in(&self) {
        self.runtime
            .block_on(self.sandbox.plug())
            .expect("its port is still free");
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.sandbox.fault(fault);
    }

    /// Sets how many credits the account has from now on.
    pub fn leave_credits(&self, credits: i64) {
        self.sandbox.set_credits(credits);
    }

    /// How many credits the account has.
    pub fn credits(&self) -> i64 {
        self.sandbox.credits()
    }

    /// How many requests arrived.
    pub fn requests(&self) -> usize {
        self.sandbox.requests().len()
    }

    /// When a request arrived, counted from 0.
    pub fn request_time(&self, number: usize) -> SystemTime {
        self.sandbox.requests()[number].at.into()
    }

    /// How many requests for this path arrived after the first `before` requests.
    pub fn requests_from(&self, before: usize, path: &str) -> usize {
        let later = self.sandbox.requests().into_iter().skip(before);
        later
            .filter(|request| request.path.starts_with(path))
            .count()
    }

    fn requests_to(&self, method: &str, path: &str) -> Vec<Recorded> {
        let all = self.sandbox.requests().into_iter();
        all.filter(|request| request.method == method && request.path.starts_with(path))
            .collect()
    }

    /// From now on the account has this key.
    pub fn takes_key(&self, key: &str) {
        self.sandbox.set_key(key);
    }

    /// The id of a job, counted from 0.
    pub fn job_id(&self, job: usize) -> String {
        self.sandbox.jobs()[job].id.clone()
    }

    /// Every key that was sent, in order.
    pub fn keys_seen(&self) -> Vec<String> {
        let all = self.sandbox.requests().into_iter();
        all.filter_map(|mut request| request.headers.remove("x-api-key"))
            .collect()
    }

    /// The bodies of all submissions, in order.
    pub fn bodies(&self) -> Vec<Value> {
        let all = self.requests_to("POST", "/v2/videos/generate").into_iter();
        all.map(|request| serde_json::from_slice(&request.body).expect("a body of JSON"))
            .collect()
    }

    /// The pictures that the first job refers to, start frame first.
    pub fn uploads(&self) -> Vec<Upload> {
        self.has_jobs(1);
        let input = self.sandbox.jobs()[0].input.clone();
        let urls = ["start_image", "end_image"]
            .map(|name| input["klingParams"][name].as_str().map(str::to_owned));
        urls.into_iter()
            .flatten()
            .map(|url| {
                let bytes = self
                    .sandbox
                    .upload_bytes(&url)
                    .expect("the upload is there");
                let picture = image::load_from_memory(&bytes)
                    .expect("the upload is a picture")
                    .to_rgb8();
                Upload { url, picture }
            })
            .collect()
    }

    /// The `Range` headers with which clips were fetched.
    pub fn ranges(&self) -> Vec<String> {
        let all = self.requests_to("GET", "/files/").into_iter();
        all.filter_map(|mut request| request.headers.remove("range"))
            .collect()
    }

    /// How many jobs there are.
    pub fn jobs(&self) -> usize {
        self.sandbox.jobs().len()
    }

    /// The clip of a job, counted from 0, as it is served.
    pub fn clip(&self, job: usize) -> Vec<u8> {
        let id = self.sandbox.jobs()[job].id.clone();
        self.sandbox
            .result_bytes(&id)
            .expect("the clip is there")
            .to_vec()
    }

    /// Waits until this many jobs were accepted.
    pub fn has_jobs(&self, count: usize) {
        self.wait_until("the jobs were accepted", || self.jobs() >= count);
    }

    /// Waits until this many jobs have ended.
    pub fn has_finished(&self, count: usize) {
        self.wait_until("the jobs ended", || {
            self.sandbox
                .jobs()
                .iter()
                .filter(|job| job.completed_at.is_some())
                .count()
                >= count
        });
    }

    fn wait_until(&self, what: &str, ready: impl Fn() -> bool) {
        until(ready, || {
            format!("waited in vain until {what}: {:?}", self.sandbox.jobs())
        });
    }
}
