//! A program that owns the clipboard, like the program that a user copied from. The end-to-end
//! tests paste from it. Each argument is `TYPE=FILE`: a format that is offered, and the file with
//! its content. It reports when everything is offered, and ends when it is killed.

#[cfg(target_os = "linux")]
fn main() {
    use gtk::gdk::SELECTION_CLIPBOARD;
    use gtk::{Clipboard, TargetEntry, TargetFlags};

    let offers: Vec<(String, Vec<u8>)> = std::env::args()
        .skip(1)
        .filter_map(|argument| {
            let (kind, file) = argument.split_once('=')?;
            Some((kind.to_owned(), std::fs::read(file).ok()?))
        })
        .collect();
    if let Err(error) = gtk::init() {
        eprintln!("there is no display with a clipboard: {error}");
        std::process::exit(1);
    }
    let kinds: Vec<TargetEntry> = (0..)
        .zip(&offers)
        .map(|(number, (kind, _))| TargetEntry::new(kind, TargetFlags::empty(), number))
        .collect();
    let clipboard = Clipboard::get(&SELECTION_CLIPBOARD);
    let taken = clipboard.set_with_data(&kinds, move |_, asked, number| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some((_, content)) = offers.get(number) {
            asked.set(&asked.target(), 8, content);
        }
    });
    println!("{}", if taken { "copied" } else { "refused" });
    gtk::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
