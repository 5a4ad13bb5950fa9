//! The kernel's own counters of TCP: which of them have moved in the namespaces of a run.
//!
//! A namespace has its own, so what moved was moved by scenarios. They say what a run has reached
//! in the kernel's code, as far as it counts.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use crate::stack::Reached;

/// Where they stand, and which lines of the file.
const FILES: [(&str, &str); 2] = [
    ("/proc/thread-self/net/snmp", "Tcp:"),
    ("/proc/thread-self/net/netstat", "TcpExt:"),
];

/// What stands beside the counters, and is none.
const FIXED: [&str; 5] = ["RtoAlgorithm", "RtoMin", "RtoMax", "MaxConn", "CurrEstab"];

/// All namespaces of this process that are no more, together.
static TOTAL: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// The counters of one namespace.
pub(super) struct Counters([File; 2]);

impl Counters {
    /// Those of the namespace in which the thread is.
    pub(super) fn here() -> io::Result<Counters> {
        let [first, second] = FILES.map(|(path, _)| File::open(path));
        Ok(Counters([first?, second?]))
    }

    /// Adds them to all others. What cannot be read is left out.
    fn add(&self) {
        let mut total = TOTAL.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, (_, head)) in self.0.iter().zip(FILES) {
            let mut text = vec![0; 32_768];
            let read = file.read_at(&mut text, 0).unwrap_or(0);
            for (name, value) in counted(&String::from_utf8_lossy(&text[..read]), head) {
                *total.entry(name).or_default() += value;
            }
        }
    }
}

impl Drop for Counters {
    fn drop(&mut self) {
        self.add();
    }
}

/// The counters of a text in which a line of names and a line of values begin with `head`.
fn counted(text: &str, head: &str) -> Vec<(String, u64)> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(head));
    let (Some(names), Some(values)) = (lines.next(), lines.next()) else {
        return Vec::new();
    };
    let pairs = names.split_whitespace().zip(values.split_whitespace());
    let counters = pairs.filter(|(name, _)| !FIXED.contains(name));
    counters
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap_or(0)))
        .collect()
}

/// Which counters have moved so far, in all namespaces that are no more; `None` before the first.
pub(super) fn reached() -> Option<Reached> {
    let total = TOTAL.lock().unwrap_or_else(PoisonError::into_inner);
    if total.is_empty() {
        return None;
    }
    let never = total.iter().filter(|(_, value)| **value == 0);
    let never: Vec<String> = never.map(|(name, _)| name.clone()).collect();
    Some(Reached {
        what: "TCP counters",
        reached: total.len() - never.len(),
        never,
        remark: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_stand_below_each_other() {
        let text = "Ip: Forwarding\nIp: 1\nTcp: RtoMin MaxConn InSegs OutRsts\nTcp: 200 -1 7 0\n\
                    TcpExt: SyncookiesSent\nTcpExt: 3\n";
        let pair = |name: &str, value| (name.to_owned(), value);
        assert_eq!(
            counted(text, "Tcp:"),
            [pair("InSegs", 7), pair("OutRsts", 0)]
        );
        assert_eq!(counted(text, "TcpExt:"), [pair("SyncookiesSent", 3)]);
        assert_eq!(counted("Tcp: InSegs\n", "Tcp:"), [], "cut short");
    }
}
