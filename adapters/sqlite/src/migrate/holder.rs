//! Who holds a file's lock.

use std::path::Path;

/// The process that holds the lock of a database's writer, as Linux tells; elsewhere nobody does.
///
/// SQLite locks byte 0x40000001 of the file, or, where it has a write-ahead log, byte 120 of the
/// file beside it whose name ends in `-shm` (<https://www.sqlite.org/walformat.html#locks>). To open
/// either here would let go of every lock that this process has on it, so the system's list is read
/// instead.
pub(super) fn holder(path: &Path) -> Option<String> {
    let list = std::fs::read_to_string("/proc/locks").ok()?;
    let mut log = path.as_os_str().to_owned();
    log.push("-shm");
    let pid = [(path, RESERVED), (Path::new(&log), WRITER)]
        .into_iter()
        .find_map(|(file, byte)| holder_of(&list, &inode(file)?, byte))?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = name.trim().replace(char::is_control, "");
    Some(if name.is_empty() { format!("process {pid}") } else { format!("process {pid} ({name})") })
}

const RESERVED: u64 = 0x4000_0001;
const WRITER: u64 = 120;

#[cfg(target_os = "linux")]
fn inode(path: &Path) -> Option<String> {
    use std::os::linux::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|metadata| metadata.st_ino().to_string())
}

#[cfg(not(target_os = "linux"))]
fn inode(_: &Path) -> Option<String> {
    None
}

/// Lines are like `1: POSIX  ADVISORY  WRITE 4711 08:01:131 120 120`, those of who waits have `->`
/// before the kind (the manual page of `proc_locks`).
fn holder_of(list: &str, inode: &str, byte: u64) -> Option<u32> {
    list.lines().find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, "POSIX", _, "WRITE", pid, file, start, end] = words[..] else { return None };
        let is_it = file.rsplit(':').next() == Some(inode)
            && start.parse().is_ok_and(|start: u64| start <= byte)
            && (end == "EOF" || end.parse().is_ok_and(|end: u64| end >= byte));
        is_it.then(|| pid.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::holder_of;

    #[test]
    fn the_writer_is_found_among_others() {
        let list = "\
1: POSIX  ADVISORY  READ 11 08:01:131 120 120
2: POSIX  ADVISORY  WRITE 12 08:01:132 120 120
3: FLOCK  ADVISORY  WRITE 13 08:01:131 0 EOF
4: -> POSIX  ADVISORY  WRITE 14 08:01:131 120 120
5: POSIX  ADVISORY  WRITE 15 08:01:131 123 130
6: POSIX  ADVISORY  WRITE 16 08:01:131 120 EOF
";
        assert_eq!(holder_of(list, "131", 120), Some(16));
        assert_eq!(holder_of(list, "131", 7), None);
        assert_eq!(holder_of(list, "133", 120), None);
    }
}
