//! Jobs that block for a known length: FIFOs whose reader gets one byte some milliseconds after it has opened one.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::sys;

/// How long a read takes.
pub const LENGTH: Duration = Duration::from_millis(5);

/// So many can be read at the same time.
const COUNT: usize = 64;

/// A folder with FIFOs called `0` to `63`, while the value lives.
pub struct Fifos {
    folder: PathBuf,
    threads: Vec<(PathBuf, JoinHandle<()>)>,
    ends: Arc<AtomicBool>,
}

impl Fifos {
    /// # Errors
    /// When the system has no FIFOs, or refuses.
    pub fn make() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("ouro-bench-fifos-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let mut fifos = Self {
            folder,
            threads: Vec::new(),
            ends: Arc::default(),
        };
        for number in 0..COUNT {
            let path = fifos.folder.join(number.to_string());
            sys::make_fifo(&path)?;
            let (served, ends) = (path.clone(), fifos.ends.clone());
            let thread = thread::Builder::new().spawn(move || {
                // A reader that goes early is the script's business, which will find that its result is wrong.
                while !ends.load(Ordering::Relaxed) {
                    let _ = serve(&served, &ends);
                }
            })?;
            fifos.threads.push((path, thread));
        }
        Ok(fifos)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Waits for a reader and answers it.
fn serve(path: &Path, ends: &AtomicBool) -> io::Result<()> {
    let mut writer = OpenOptions::new().write(true).open(path)?;
    if ends.load(Ordering::Relaxed) {
        return Ok(());
    }
    thread::sleep(LENGTH);
    // The next reader gets a FIFO of its own, which this one's end can't reach.
    let next = path.with_extension("next");
    sys::make_fifo(&next)?;
    fs::rename(&next, path)?;
    writer.write_all(b"x")
}

impl Drop for Fifos {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        for (path, thread) in self.threads.drain(..) {
            while !thread.is_finished() {
                let _reader = sys::open_without_waiting(&path);
                thread::sleep(Duration::from_millis(1));
            }
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
