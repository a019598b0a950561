//! Corrupting bytes, and giving their reader a limited time.

use std::panic;
use std::sync::{Once, mpsc};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

/// Many times what any reader here needs, even on a busy machine. Only ends a reader that never
/// finishes.
const HANG: Duration = Duration::from_mins(5);

/// One thing that goes wrong with a file.
#[derive(Clone, Debug)]
pub enum Wrong {
    Byte(Index, u8),
    /// Four bytes in a row: sizes, counts, sides of a picture.
    Number(Index, u32),
    CutAt(Index),
    Without(Index, u16),
    Twice(Index, u16),
}

pub fn wrongs() -> impl Strategy<Value = Vec<Wrong>> {
    let number = prop_oneof![
        proptest::sample::select(vec![0, 1, 7, 8, 16, 0x7fff_ffff, 0x8000_0000, u32::MAX]),
        any::<u32>(),
        0..70_000_u32,
    ];
    let wrong = prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Wrong::Byte(at, byte)),
        4 => (any::<Index>(), number).prop_map(|(at, number)| Wrong::Number(at, number)),
        1 => any::<Index>().prop_map(Wrong::CutAt),
        1 => (any::<Index>(), 1..400_u16).prop_map(|(at, length)| Wrong::Without(at, length)),
        1 => (any::<Index>(), 1..400_u16).prop_map(|(at, length)| Wrong::Twice(at, length)),
    ];
    proptest::collection::vec(wrong, 1..8)
}

/// The bytes with everything wrong with them, all of it between `from` and `to`.
pub fn made_wrong(whole: &[u8], from: usize, to: usize, wrongs: &[Wrong]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for wrong in wrongs {
        let (low, high) = (from.min(bytes.len()), to.min(bytes.len()));
        if low == high {
            return bytes;
        }
        let place = |at: &Index| low + at.index(high - low);
        let until = |at: usize, length: u16| (at + usize::from(length)).min(high);
        match wrong {
            Wrong::Byte(at, byte) => bytes[place(at)] = *byte,
            Wrong::Number(at, number) => {
                let at = place(at);
                for (place, byte) in bytes[at..].iter_mut().zip(number.to_be_bytes()) {
                    *place = byte;
                }
            }
            Wrong::CutAt(at) => bytes.truncate(place(at)),
            Wrong::Without(at, length) => {
                let at = place(at);
                bytes.drain(at..until(at, *length));
            }
            Wrong::Twice(at, length) => {
                let at = place(at);
                let piece = bytes[at..until(at, *length)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// The name of the threads that read; a panic in them is reported once, by the thread that waits.
const READER: &str = "reader";

/// What `read` returns, if it finishes.
pub fn in_time<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            if std::thread::current().name() != Some(READER) {
                usual(panicked);
            }
        }));
    });
    let (done, waiting) = mpsc::channel();
    std::thread::Builder::new()
        .name(READER.into())
        .spawn(move || {
            // If the receiver is gone, the test has failed already.
            let _ = done.send(read());
        })
        .unwrap();
    waiting
        .recv_timeout(HANG)
        .expect("it panicked, or did not come to an end")
}
