//! The fault matrix: everything that can go wrong with each of the five calls, one test per cell.
//! Each test asserts what the user reads, that the clip is on the disk in the end, and that it was
//! paid for once; see [`cell`].
//!
//! A fault lasts until the user has read about it. Faults that can't happen at a call in the real
//! world (a 402 to a download) are included all the same: they must end in words as well.

mod cell;

pub use cell::clip;

use sandbox::Answer;

use cell::{At, Reads, Wrong, check, in_seconds, is_given_up};

fn status(status: u16) -> Wrong {
    Wrong::Answer(Answer::status(status))
}

fn later(when: &str) -> Wrong {
    Wrong::Answer(Answer::status(429).with_header("Retry-After", when))
}

fn says(body: &str) -> Wrong {
    Wrong::Answer(Answer::status(200).with_body(body))
}

fn a_gateways_page() -> Wrong {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let answer = Answer::status(502).with_body(page);
    Wrong::Answer(answer.with_header("Content-Type", "text/html"))
}

fn into_the_network() -> Wrong {
    Wrong::Answer(Answer::Redirect {
        location: "https://10.0.0.1/secret".into(),
        status: 302,
    })
}

/// A test for each cell of one call: its name, what goes wrong, what the user reads.
macro_rules! cells {
    ($call:ident at $at:expr; $($name:ident: $wrong:expr => $reads:expr;)*) => {
        mod $call {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                check($at, $wrong, $reads).await;
            })*
        }
    };
}

/// For answers that may have been lost after the job was accepted.
const ONCE: Reads = Reads::Waits("can't be charged twice");
const NOT_FOUND: Reads = Reads::Waits("was not found");
const OFFLINE: Reads = Reads::Waits("No connection to Apiframe");
const TROUBLE: Reads = Reads::Waits("Apiframe is having trouble");
const PAUSE: Reads = Reads::Waits("Apiframe asks for a pause of");
const IN_BETWEEN: Reads = Reads::Waits("Something between this computer and Apiframe");
const KEY: Reads = Reads::Waits("no longer accepts the key");

cells! { submit at At::Submit;
    refused: Wrong::Refused => OFFLINE;
    dns: Wrong::Dns => NOT_FOUND;
    reset_before: Wrong::Answer(Answer::DropBefore) => ONCE;
    reset_in_the_middle: Wrong::Answer(Answer::Refuse) => ONCE;
    reset_after: Wrong::Answer(Answer::DropAfter) => ONCE;
    stall: Wrong::Answer(Answer::Stall) => ONCE;
    truncated: Wrong::Answer(Answer::Truncate { after: None }) => ONCE;
    slow: Wrong::Answer(Answer::Slow { bytes_per_second: 200 }) => Reads::Nothing;
    status_400: status(400) => Reads::Fails("Apiframe refused the request: Bad Request");
    status_401: status(401) => Reads::Fails("did not accept the key. Replace it in Settings");
    status_402: status(402) => Reads::Fails("This clip needs 1 credit and 0 are left");
    status_403: status(403) => Reads::Fails("did not allow it with this key");
    status_404: status(404) => Reads::Fails("did not take the request: Not found");
    status_409: status(409) => Reads::Unknown("It may have been charged. Check again");
    status_410: status(410) => Reads::Fails("did not take the request: Gone");
    status_429_seconds: later("1") => PAUSE;
    status_429_date: later(&in_seconds(3)) => PAUSE;
    status_500: status(500) => TROUBLE;
    status_502_html: a_gateways_page() => TROUBLE;
    status_503: status(503) => TROUBLE;
    invalid_json: says("{\"jobId\":") => ONCE;
    wrong_shape: says("{\"job\":[]}") => ONCE;
    wrong_length: Wrong::Answer(Answer::Shorten { to: None }) => ONCE;
    wrong_type: Wrong::Answer(Answer::WrongType) => ONCE;
    redirect: into_the_network() => IN_BETWEEN;
    more_than_the_cap: Wrong::Answer(Answer::Endless) => ONCE;
}

const PICTURE: Reads = Reads::Fails("did not take the picture of the start frame");

cells! { upload at At::Upload;
    refused: Wrong::Refused => OFFLINE;
    dns: Wrong::Dns => NOT_FOUND;
    reset_before: Wrong::Answer(Answer::DropBefore) => OFFLINE;
    reset_in_the_middle: Wrong::Answer(Answer::Refuse) => OFFLINE;
    reset_after: Wrong::Answer(Answer::DropAfter) => OFFLINE;
    stall: Wrong::Answer(Answer::Stall) => OFFLINE;
    truncated: Wrong::Answer(Answer::Truncate { after: None }) => OFFLINE;
    slow: Wrong::Answer(Answer::Slow { bytes_per_second: 400 }) => Reads::Nothing;
    status_400: status(400) => PICTURE;
    status_401: status(401) => Reads::Fails("did not accept the key. Replace it in Settings");
    status_402: status(402) => PICTURE;
    status_403: status(403) => Reads::Fails("did not allow it with this key");
    status_404: status(404) => PICTURE;
    status_409: status(409) => PICTURE;
    status_410: status(410) => PICTURE;
    status_429_seconds: later("1") => PAUSE;
    status_429_date: later(&in_seconds(3)) => PAUSE;
    status_500: status(500) => TROUBLE;
    status_502_html: a_gateways_page() => TROUBLE;
    status_503: status(503) => TROUBLE;
    invalid_json: says("{\"url\":") => OFFLINE;
    wrong_shape: says("{\"url\":[]}") => OFFLINE;
    wrong_length: Wrong::Answer(Answer::Shorten { to: None }) => OFFLINE;
    wrong_type: Wrong::Answer(Answer::WrongType) => OFFLINE;
    redirect: into_the_network() => IN_BETWEEN;
    more_than_the_cap: Wrong::Answer(Answer::Endless) => OFFLINE;
}

const UNKNOWN_JOB: Reads = Reads::Waits("does not find this job just now");

cells! { poll at At::Poll;
    refused: Wrong::Refused => OFFLINE;
    dns: Wrong::Dns => NOT_FOUND;
    reset_before: Wrong::Answer(Answer::DropBefore) => OFFLINE;
    reset_in_the_middle: Wrong::Answer(Answer::Refuse) => OFFLINE;
    reset_after: Wrong::Answer(Answer::DropAfter) => OFFLINE;
    stall: Wrong::Answer(Answer::Stall) => OFFLINE;
    truncated: Wrong::Answer(Answer::Truncate { after: None }) => OFFLINE;
    slow: Wrong::Answer(Answer::Slow { bytes_per_second: 900 }) => Reads::Nothing;
    status_400: status(400) => TROUBLE;
    status_401: status(401) => KEY;
    status_402: status(402) => TROUBLE;
    status_403: status(403) => Reads::Waits("does not show this job to your key");
    status_404: status(404) => UNKNOWN_JOB;
    status_409: status(409) => TROUBLE;
    status_410: status(410) => UNKNOWN_JOB;
    status_429_seconds: later("1") => PAUSE;
    status_429_date: later(&in_seconds(3)) => PAUSE;
    status_500: status(500) => TROUBLE;
    status_502_html: a_gateways_page() => TROUBLE;
    status_503: status(503) => TROUBLE;
    invalid_json: says("{\"id\":") => OFFLINE;
    wrong_shape: says("{\"jobs\":[]}") => OFFLINE;
    wrong_length: Wrong::Answer(Answer::Shorten { to: None }) => OFFLINE;
    wrong_type: Wrong::Answer(Answer::WrongType) => OFFLINE;
    redirect: into_the_network() => IN_BETWEEN;
    more_than_the_cap: Wrong::Answer(Answer::Endless) => OFFLINE;
}

cells! { list at At::List;
    refused: Wrong::Refused => OFFLINE;
    dns: Wrong::Dns => NOT_FOUND;
    reset_before: Wrong::Answer(Answer::DropBefore) => OFFLINE;
    reset_in_the_middle: Wrong::Answer(Answer::Refuse) => OFFLINE;
    reset_after: Wrong::Answer(Answer::DropAfter) => OFFLINE;
    stall: Wrong::Answer(Answer::Stall) => OFFLINE;
    truncated: Wrong::Answer(Answer::Truncate { after: None }) => OFFLINE;
    slow: Wrong::Answer(Answer::Slow { bytes_per_second: 900 }) => Reads::Nothing;
    status_400: status(400) => TROUBLE;
    status_401: status(401) => KEY;
    status_402: status(402) => TROUBLE;
    status_403: status(403) => KEY;
    status_404: status(404) => TROUBLE;
    status_409: status(409) => TROUBLE;
    status_410: status(410) => TROUBLE;
    status_429_seconds: later("1") => PAUSE;
    status_429_date: later(&in_seconds(3)) => PAUSE;
    status_500: status(500) => TROUBLE;
    status_502_html: a_gateways_page() => TROUBLE;
    status_503: status(503) => TROUBLE;
    invalid_json: says("{\"jobs\":") => OFFLINE;
    wrong_shape: says("{\"jobs\":{}}") => OFFLINE;
    wrong_length: Wrong::Answer(Answer::Shorten { to: None }) => OFFLINE;
    wrong_type: Wrong::Answer(Answer::WrongType) => OFFLINE;
    redirect: into_the_network() => IN_BETWEEN;
    more_than_the_cap: Wrong::Answer(Answer::Endless) => OFFLINE;
}

const BROKE: Reads = Reads::Waits("continues where it stopped");
const ELSEWHERE: Reads = Reads::Waits("Asking Apiframe for another one");
const BUSY: Reads = Reads::Waits("holds the clip is having trouble");
const HOST_PAUSE: Reads = Reads::Waits("holds the clip asks for a pause of");

cells! { download at At::Download;
    refused: Wrong::Refused => BROKE;
    dns: Wrong::Dns => NOT_FOUND;
    reset_before: Wrong::Answer(Answer::DropBefore) => BROKE;
    reset_in_the_middle: Wrong::Answer(Answer::Refuse) => BROKE;
    reset_after: Wrong::Answer(Answer::DropAfter) => BROKE;
    stall: Wrong::Answer(Answer::StallInside { after: Some(9000) }) => BROKE;
    truncated: Wrong::Answer(Answer::Truncate { after: Some(9000) }) => BROKE;
    slow: Wrong::Answer(Answer::Slow { bytes_per_second: 200_000 }) => Reads::Nothing;
    status_400: status(400) => ELSEWHERE;
    status_401: status(401) => ELSEWHERE;
    status_402: status(402) => ELSEWHERE;
    status_403: status(403) => ELSEWHERE;
    status_404: status(404) => ELSEWHERE;
    status_409: status(409) => ELSEWHERE;
    status_410: status(410) => ELSEWHERE;
    status_429_seconds: later("1") => HOST_PAUSE;
    status_429_date: later(&in_seconds(3)) => HOST_PAUSE;
    status_500: status(500) => BUSY;
    status_502_html: a_gateways_page() => BUSY;
    status_503: status(503) => BUSY;
    invalid_json: says("{\"video\":") => ELSEWHERE;
    wrong_shape: says("{\"video\":[]}") => ELSEWHERE;
    wrong_length: Wrong::Answer(Answer::Shorten { to: None }) => ELSEWHERE;
    wrong_type: Wrong::Answer(Answer::WrongType) => ELSEWHERE;
    redirect: into_the_network() => ELSEWHERE;
    more_than_the_cap: Wrong::Answer(Answer::Endless) => ELSEWHERE;
}

mod given_up {
    use super::*;

    #[tokio::test]
    async fn a_page_in_place_of_the_clip_each_time() {
        is_given_up(Wrong::Answer(Answer::WrongType), "Something else came").await;
    }

    #[tokio::test]
    async fn half_a_clip_each_time() {
        let half = Wrong::Answer(Answer::Shorten { to: None });
        is_given_up(half, "it can't be read as a video").await;
    }

    #[tokio::test]
    async fn not_found_each_time() {
        is_given_up(status(404), "was not at the address").await;
    }

    #[tokio::test]
    async fn an_address_inside_the_network_each_time() {
        is_given_up(into_the_network(), "points into a private network").await;
    }
}
