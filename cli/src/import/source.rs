//! A file or the standard input as bytes, unpacked if need be.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

const BUFFER: usize = 1 << 17;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where documents are read from. What is packed with gzip is known by its first bytes, whatever
/// it is called.
pub struct Source {
    name: String,
    reader: Box<dyn BufRead + Send>,
    progress: Progress,
}

/// How much of a source has been read: it can be watched from elsewhere.
#[derive(Clone, Debug)]
pub struct Progress {
    read: Arc<AtomicU64>,
    size: Option<u64>,
}

impl Progress {
    /// How many bytes have been read, packed as they are.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// How many there are, where that is known.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }
}

impl Source {
    /// The file at this path.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // A pipe or a device has no size to speak of.
        let size = file.metadata()?.is_file().then(|| file.metadata().map(|data| data.len()));
        Self::new(path.display().to_string(), file, size.transpose()?)
    }

    /// The standard input.
    pub fn stdin() -> io::Result<Self> {
        Self::new("standard input", io::stdin(), None)
    }

    /// Any other bytes, with a name for messages.
    pub fn new(
        name: impl Into<String>,
        bytes: impl Read + Send + 'static,
        size: Option<u64>,
    ) -> io::Result<Self> {
        let progress = Progress { read: Arc::default(), size };
        let mut counted = Counted { bytes, read: Arc::clone(&progress.read) };
        let mut start = Vec::with_capacity(GZIP.len());
        counted.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
        let packed = start == GZIP;
        let all = BufReader::with_capacity(BUFFER, Cursor::new(start).chain(counted));
        let reader: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(all)))
        } else {
            Box::new(all)
        };
        Ok(Self { name: name.into(), reader, progress })
    }

    /// What to call it in a message: the path as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far reading is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    pub(super) fn into_reader(self) -> Box<dyn BufRead + Send> {
        self.reader
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

struct Counted<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
