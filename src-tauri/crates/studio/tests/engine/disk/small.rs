//! A small disk in memory, which can be filled, made read-only and taken away.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk, and the drive it is mounted at. The folder around it can't be written to, so that
/// nothing is put in place of a disk that is away.
pub struct Disk {
    around: PathBuf,
    drive: PathBuf,
    away: PathBuf,
}

impl Disk {
    /// A disk whose size is in the notation of `mount`; tmpfs options may follow it.
    pub fn of(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        let around = folder.join("around");
        let away = folder.join("away");
        for made in [&around, &away] {
            std::fs::create_dir(made).unwrap();
        }
        let drive = around.join("drive");
        mount(&["-t", "tmpfs", "-o", "size=64k", "tmpfs"], &around);
        std::fs::create_dir(&drive).unwrap();
        mount(&["-o", "remount,ro"], &around);
        let options = format!("size={size}");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], &drive);
        Self {
            around,
            drive,
            away,
        }
    }

    pub fn path(&self) -> &Path {
        &self.drive
    }

    /// Leaves this many bytes free, rounded down to the disk's pages.
    pub fn fill(&self, free: u64) {
        let filler = self.drive.join("filler");
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(filler)
            .unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        let full = file.metadata().unwrap().len();
        let pages = |bytes: u64| bytes / 4096 * 4096;
        file.set_len(pages(full).saturating_sub(pages(free)))
            .unwrap();
    }

    /// Makes room again.
    pub fn empty(&self) {
        std::fs::remove_file(self.drive.join("filler")).unwrap();
    }

    /// Remounts it with other options.
    pub fn again(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}")], &self.drive);
    }

    /// Takes the disk away, even if something is still writing to it.
    pub fn unplug(&self) {
        let drive = self.drive.to_str().unwrap();
        mount(&["--bind", drive], &self.away);
        run(Command::new("umount").arg("--lazy").arg(&self.drive));
    }

    /// Puts it back with everything on it.
    pub fn plug(&self) {
        let away = self.away.to_str().unwrap();
        mount(&["--bind", away], &self.drive);
    }
}

impl Drop for Disk {
    /// The mounts end with the process's namespace; the empty folders are all that is left.
    fn drop(&mut self) {
        for mounted in [&self.drive, &self.away, &self.around] {
            let _ = Command::new("umount").arg("--lazy").arg(mounted).output();
        }
        if let Some(folder) = self.around.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn mount(options: &[&str], at: &Path) {
    run(Command::new("mount").args(options).arg(at));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {trouble}");
}
