//! A file manager on the session's bus that only records what it was asked to show.

use std::sync::{Arc, Mutex};

use super::wait::until_some;
use super::window::Window;

/// Shows files through the interface that all file managers share.
struct Shown(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.freedesktop.FileManager1")]
impl Shown {
    #[allow(clippy::needless_pass_by_value, reason = "the interface's own form")]
    fn show_items(&self, uris: Vec<String>, startup_id: String) {
        drop(startup_id);
        self.0.lock().expect("nobody panicked").extend(uris);
    }
}

/// A running file manager.
pub struct FileManager {
    shown: Arc<Mutex<Vec<String>>>,
    _connection: zbus::blocking::Connection,
}

impl FileManager {
    /// Starts it in the session of this window.
    pub fn start(window: &Window) -> Self {
        let shown = Arc::<Mutex<Vec<String>>>::default();
        let connection = zbus::blocking::connection::Builder::address(window.session().bus())
            .and_then(|bus| bus.name("org.freedesktop.FileManager1"))
            .and_then(|bus| {
                bus.serve_at("/org/freedesktop/FileManager1", Shown(Arc::clone(&shown)))
            })
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a file manager on the bus");
        Self {
            shown,
            _connection: connection,
        }
    }

    /// Waits until it was asked to show something, and returns the URLs of those files.
    pub fn shows(&self) -> Vec<String> {
        let shown = || {
            let shown = self.shown.lock().expect("nobody panicked").clone();
            (!shown.is_empty()).then_some(shown)
        };
        until_some(shown, || {
            "the file manager was not asked for anything".into()
        })
    }
}
