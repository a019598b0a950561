//! The desktop's proxy settings: a portal that names one proxy for every address.

use std::sync::{Arc, Mutex};

use super::wait::until_some;
use super::window::Window;

struct Resolver {
    proxy: String,
    asked: Arc<Mutex<Vec<String>>>,
}

#[zbus::interface(name = "org.freedesktop.portal.ProxyResolver")]
impl Resolver {
    fn lookup(&self, uri: String) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").push(uri);
        vec![self.proxy.clone()]
    }
}

/// A running portal.
pub struct ProxySettings {
    asked: Arc<Mutex<Vec<String>>>,
    _connection: zbus::blocking::Connection,
}

impl ProxySettings {
    /// Starts it in the session of this window, whose program is not running yet.
    pub fn start(window: &Window, proxy: &str) -> Self {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let resolver = Resolver {
            proxy: proxy.into(),
            asked: Arc::clone(&asked),
        };
        let connection = zbus::blocking::connection::Builder::address(window.session().bus())
            .and_then(|bus| bus.name("org.freedesktop.portal.Desktop"))
            .and_then(|bus| bus.serve_at("/org/freedesktop/portal/desktop", resolver))
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a portal on the bus");
        Self {
            asked,
            _connection: connection,
        }
    }

    /// Waits until it was asked, and returns the addresses.
    pub fn asked(&self) -> Vec<String> {
        let asked = || {
            let asked = self.asked.lock().expect("nobody panicked").clone();
            (!asked.is_empty()).then_some(asked)
        };
        until_some(asked, || "the portal was not asked".into())
    }
}
