//! A small window that offers files for dragging, like a file manager. The end-to-end tests drag
//! from it. It ends after its first drag and prints whether the files were taken.

#[cfg(target_os = "linux")]
fn main() {
    use std::cell::Cell;
    use std::rc::Rc;

    use gtk::gdk::{DragAction, ModifierType};
    use gtk::prelude::*;

    let files: Vec<String> = std::env::args()
        .skip(1)
        .filter_map(|file| gtk::glib::filename_to_uri(file, None).ok())
        .map(|uri| uri.to_string())
        .collect();
    if let Err(error) = gtk::init() {
        eprintln!("there is no display to show a window on: {error}");
        std::process::exit(1);
    }

    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title("Files to drag");
    window.set_decorated(false);
    window.set_default_size(120, 60);
    let grip = gtk::EventBox::new();
    grip.add(&gtk::Label::new(Some("Drag me")));
    window.add(&grip);

    let offer = [gtk::TargetEntry::new(
        "text/uri-list",
        gtk::TargetFlags::OTHER_APP,
        0,
    )];
    grip.drag_source_set(ModifierType::BUTTON1_MASK, &offer, DragAction::COPY);
    grip.connect_drag_data_get(move |_, _, data, _, _| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        data.set_uris(&files);
    });
    let taken = Rc::new(Cell::new(true));
    let refused = Rc::clone(&taken);
    grip.connect_drag_failed(move |_, _, reason| {
        println!("refused: {reason:?}");
        refused.set(false);
        gtk::glib::Propagation::Proceed
    });
    grip.connect_drag_end(move |_, _| {
        if taken.get() {
            println!("dropped");
        }
        gtk::main_quit();
    });
    window.show_all();
    gtk::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
