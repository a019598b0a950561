//! The render queue: films are added as jobs are accepted, and rendered one after another.
//!
//! One at a time, because each already uses all the cores it may. The queue has its own thread, so
//! that neither a test's nor a program's workers wait for an encoder.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};

use uuid::Uuid;

use crate::render::{Film, RenderError, render};
use crate::world::World;

/// A film, and the job that needs it.
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
            // The receiver is only gone while the sandbox is being stopped; the film is then
            // rendered after the next start.
            let _ = sender.send(Commission { id, film });
        }
    }

    /// Abandons the current render: the thread ends within a frame.
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
