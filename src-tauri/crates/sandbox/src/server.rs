//! The sandbox's place on loopback: one port, which can be closed and opened again.
//!
//! Connections are served by hyper itself and not by axum's own loop, because a fault may have to
//! close one before any byte of an answer is sent.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::edge::{self, Dropped};
use crate::world::World;

/// What the server should do, and where to report that it is done.
type Command = (Line, oneshot::Sender<io::Result<()>>);

/// Whether the port is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Plugged,
    Unplugged,
}

/// A running server. Dropping it closes the port and every connection.
pub(crate) struct Server {
    port: u16,
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

impl Server {
    /// Opens the port; 0 means any free one.
    pub async fn open(port: u16, world: &Arc<World>) -> io::Result<Self> {
        let listener = bind(port).await?;
        let port = listener.local_addr()?.port();
        world.set_base_url(format!("http://{}:{port}", Ipv4Addr::LOCALHOST));
        let (commands, orders) = mpsc::channel(1);
        let router = crate::api::router(Arc::clone(world));
        let task = tokio::spawn(run(listener, port, Arc::clone(world), router, orders));
        Ok(Self {
            port,
            commands,
            task,
        })
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Opens or closes the port. Closing it also cuts every connection.
    pub async fn switch(&self, line: Line) -> io::Result<()> {
        let (done, answer) = oneshot::channel();
        let gone = || io::Error::other("the sandbox has been stopped");
        self.commands.send((line, done)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Closes everything and waits for it.
    pub async fn close(&mut self) {
        self.task.abort();
        // The outcome of a task that was just asked to end does not matter.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

async fn run(
    listener: TcpListener,
    port: u16,
    world: Arc<World>,
    router: Router,
    mut orders: mpsc::Receiver<Command>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = next(listener.as_ref()) => {
                // A connection that broke before it was accepted is no reason to stop.
                if let Ok(stream) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&world), router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
            order = orders.recv() => {
                let Some((line, done)) = order else { return };
                let outcome = match line {
                    Line::Unplugged => {
                        listener = None;
                        connections.shutdown().await;
                        Ok(())
                    }
                    Line::Plugged if listener.is_some() => Ok(()),
                    Line::Plugged => bind(port).await.map(|bound| listener = Some(bound)),
                };
                // The caller may have stopped waiting.
                let _ = done.send(outcome);
            }
        }
    }
}

async fn next(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

async fn serve(stream: TcpStream, world: Arc<World>, router: Router) {
    // Small answers are sent immediately; otherwise a slow body would arrive in bursts.
    let _ = stream.set_nodelay(true);
    // A client that has already disconnected needs no answer.
    let Ok((stream, held)) = hold(stream) else {
        return;
    };
    let service = service_fn(move |request| {
        let (world, router) = (Arc::clone(&world), router.clone());
        async move { edge::answer(&world, router, request).await }
    });
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // Any other error means that the client disconnected.
    if served.is_err_and(|error| dropped(&error) == Some(Dropped::Reset)) {
        // Closing the last handle to a socket with a linger time of zero resets its connection.
        let _ = SockRef::from(&held).set_linger(Some(Duration::ZERO));
    }
}

/// A second handle to the socket, which outlives hyper's.
fn hold(stream: TcpStream) -> io::Result<(TcpStream, std::net::TcpStream)> {
    let stream = stream.into_std()?;
    let held = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, held))
}

fn dropped(error: &hyper::Error) -> Option<Dropped> {
    error.source()?.downcast_ref::<Dropped>().copied()
}

impl From<Infallible> for Dropped {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
