//! The renderer's desk: films come in as jobs are accepted, and are made one after another.
//!
//! One at a time, because each already takes every core it may. It runs on a thread of its
//! own, so that neither a test's nor a program's workers wait for an encoder.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};

use uuid::Uuid;

use crate::render::{Film, RenderError, render};
use crate::world::World;

/// A film, and the job that wants it.
struct Commission {
    id: Uuid,
    film: Film,
}

/// The queue and the thread behind it.
#[derive(Default)]
pub(crate) struct Renders {
    stop: Arc<AtomicBool>,
    desk: Mutex<Option<(Sender<Commission>, JoinHandle<()>)>>,
}

impl Renders {
    /// Starts the thread.
    pub fn begin(&self, world: &Arc<World>) -> io::Result<()> {
        let (sender, receiver) = channel();
        let (world, stop) = (Arc::downgrade(world), Arc::clone(&self.stop));
        let thread = thread::Builder::new()
            .name("sandbox-render".to_owned())
            .spawn(move || work(&receiver, &world, &stop))?;
        *self.lock() = Some((sender, thread));
        Ok(())
    }

    /// Puts a film at the end of the queue.
    pub fn add(&self, id: Uuid, film: Film) {
        if let Some((sender, _)) = &*self.lock() {
            // Nobody listens only when the sandbox is being stopped; then the film is made
            // when it is started again.
            let _ = sender.send(Commission { id, film });
        }
    }

    /// Gives up what is being made: the thread ends within a frame.
    pub fn stop(&self) -> Option<JoinHandle<()>> {
        self.stop.store(true, Ordering::Relaxed);
        self.lock().take().map(|(_, thread)| thread)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Sender<Commission>, JoinHandle<()>)>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(desk: &Receiver<Commission>, world: &Weak<World>, stop: &AtomicBool) {
    while let Ok(Commission { id, film }) = desk.recv() {
        let prepared = world.upgrade().and_then(|world| world.clip.clone());
        let clip = match prepared {
            Some(clip) => Ok(clip.to_vec()),
            None => match render(&film, stop) {
                Err(RenderError::Stopped) => return,
                clip => clip.map_err(|error| error.to_string()),
            },
        };
        let Some(world) = world.upgrade() else { return };
        world.rendered(id, clip);
    }
}
