//! Accepts connections on loopback, where every user and program of this machine may connect.
//!
//! A client that connects and then sends nothing, or not enough, occupies a slot only until another
//! one needs it: the oldest of those that are not known to be ours is closed for the newest. So a
//! program of ours, which identifies itself at once, always gets in.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// The most connections that are open at the same time without being known as ours. A page opens
/// six, and each sends its request at once.
const STRANGERS: usize = 64;
/// The wait before the next try when the system can't give out a connection.
const PAUSE: Duration = Duration::from_millis(200);

/// Whether a connection has shown that it is ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<AtomicBool>);

impl Known {
    /// Marks it as ours.
    pub(crate) fn is_ours(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Serves every connection until the program ends.
pub(crate) async fn accept<Served>(
    listener: TcpListener,
    serve: impl Fn(TcpStream, Known) -> Served,
) where
    Served: Future<Output = ()> + Send + 'static,
{
    let mut strangers: VecDeque<(AbortHandle, Known)> = VecDeque::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        strangers.retain(|(task, known)| !task.is_finished() && !known.get());
        if strangers.len() >= STRANGERS
            && let Some((oldest, _)) = strangers.pop_front()
        {
            oldest.abort();
        }
        let known = Known::default();
        let task = tokio::spawn(serve(stream, known.clone()));
        strangers.push_back((task.abort_handle(), known));
    }
}
