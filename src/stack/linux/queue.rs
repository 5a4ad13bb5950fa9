//! How long this thread has waited for a processor: so much later than it came may a packet have
//! been read that came while the thread slept.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::time::Micros;

/// What the kernel counts for this thread.
const STATISTICS: &str = "/proc/thread-self/schedstat";

/// The time that one thread has spent ready to run, and did not run.
pub(super) struct Queue(Option<File>);

impl Queue {
    /// That of the calling thread. A kernel that does not count it has none.
    pub(super) fn of_this_thread() -> Queue {
        Queue(File::open(STATISTICS).ok())
    }

    /// So long altogether.
    pub(super) fn waited(&self) -> Micros {
        let mut text = [0; 64];
        let read = self
            .0
            .as_ref()
            .and_then(|file| file.read_at(&mut text, 0).ok());
        let text = str::from_utf8(&text[..read.unwrap_or(0)]).unwrap_or_default();
        let nanos = text.split(' ').nth(1).and_then(|field| field.parse().ok());
        Micros(nanos.unwrap_or(0u64) / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_in_the_queue_does_not_shrink() {
        let queue = Queue::of_this_thread();
        let before = queue.waited();
        for _ in 0..100 {
            std::thread::yield_now();
        }
        assert!(queue.waited() >= before);
    }

    #[test]
    fn a_kernel_that_does_not_count_it_says_nothing() {
        assert_eq!(Queue(None).waited(), Micros::ZERO);
    }
}
