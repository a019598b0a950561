//! How pictures of a clip get to the screen where there is no graphics card.
//!
//! WebKitGTK hands decoded pictures to OpenGL. Where that is done in software, a 4K picture
//! is told of long before it is drawn: on a busy machine a canvas reads black for more than
//! 25 s and a paused video keeps the picture it had before a seek, while through the memory
//! of the process both have it at once (measured on two cores with three busy processes,
//! WebKitGTK 2.50.6: reading one 4K picture took 0.3 s and gave black, and 0.02 s and was
//! right). The choice can be made only in the environment the program starts with, so it
//! starts itself once more, in the same process.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Read by WebKitGTK. What the person has set, whatever it is, stays.
const NO_OPENGL: &str = "WEBKIT_GST_DISABLE_GL_SINK";
/// Mesa's own switch, which a person sets for a card that fails.
const FORCED: &str = "LIBGL_ALWAYS_SOFTWARE";
/// Where the kernel lists what can draw; the nodes of cards that render are `renderD128` on.
const CARDS: &str = "/dev/dri";

/// Starts this program again with the variable set, if it is needed and not there yet.
/// Comes back where it is not needed or can't be done.
pub(crate) fn prepare() {
    if env::var_os(NO_OPENGL).is_some() || !in_software() {
        return;
    }
    let Ok(program) = env::current_exe() else {
        return;
    };
    let error = Command::new(program)
        .args(env::args_os().skip(1))
        .env(NO_OPENGL, "1")
        .exec();
    eprintln!("Clips may be slow to show: the program could not start itself again ({error}).");
}

fn in_software() -> bool {
    let forced = env::var(FORCED).is_ok_and(|value| value == "1" || value == "true");
    forced || !has_card()
}

fn has_card() -> bool {
    fs::read_dir(CARDS).is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    })
}
