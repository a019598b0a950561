//! The foundation of every end-to-end test: [`Window::start`] gives it the real program in a real
//! window, with its own display, desktop session and home, so that tests run in parallel and leave
//! nothing behind.

pub mod apiframe;
pub mod clipboard;
pub mod controls;
pub mod display;
pub mod file_manager;
pub mod hand;
pub mod home;
pub mod page;
pub mod pictures;
mod pointer;
pub mod process;
pub mod proxy_settings;
mod seat;
pub mod session;
pub mod slow_disk;
pub mod wait;
pub mod window;

pub use apiframe::{Apiframe, KEY};
pub use clipboard::Clipboard;
pub use file_manager::FileManager;
pub use session::{KEYCHAIN_PASSWORD, Keychain};
pub use window::{Options, Window};
