//! Fills the library of the sandbox with copies of its finished clips, to see what the program is
//! like with very many: `many-clips HOME ROWS`, where `HOME` is what `INBETWEEN_HOME` was when the
//! program made a clip in the sandbox.

use std::error::Error;

use rusqlite::Connection;
use studio::paths::{HOME_VARIABLE, Home, Profile};

mod copies;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(rows)) = (arguments.next(), arguments.next()) else {
        return Err("usage: many-clips HOME ROWS".into());
    };
    let home = Home::resolve(&|name| (name == HOME_VARIABLE).then(|| folder.clone()))?;
    let file = home.library(Profile::Sandbox).join("library.sqlite");
    copies::add(
        &mut Connection::open(file)?,
        rows.to_string_lossy().parse()?,
    )?;
    Ok(())
}
