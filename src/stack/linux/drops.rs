//! The kernel's reasons for dropping a segment: which of them a run has met.
//!
//! The kernel names its reason at a tracepoint, `skb:kfree_skb`, and counts for a process how often
//! its own threads pass there with which (`perf_event_open`). What it drops in the context of
//! somebody else, as a timer of its own may, is not counted. Nothing is switched on that anybody
//! else would notice, and nothing outlives the process.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use rustix::fs::{Mode, OFlags, openat};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsmount, fsopen};

use crate::stack::Reached;
use crate::tun::count_tracepoint;

/// What the kernel says of the tracepoint, in its file system for tracing.
const FORMAT: &str = "events/skb/kfree_skb/format";

/// Where that file system is on most systems.
const TRACING: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// What begins so is a reason of TCP.
const OF_TCP: &str = "TCP_";

/// The others that TCP gives.
const OTHERS: [&str; 4] = ["NO_SOCKET", "PKT_TOO_SMALL", "PROTO_MEM", "SOCKET_BACKLOG"];

static DROPS: OnceLock<Result<Drops, String>> = OnceLock::new();

/// Each reason with the file that tells how often it was given.
struct Drops(Vec<(String, File)>);

/// Counts from now on what this thread and those that it starts have dropped.
pub(super) fn watch() {
    DROPS.get_or_init(Drops::counted);
}

/// Which reasons were given since.
pub(super) fn reached() -> Reached {
    let what = "TCP drop reasons";
    let told = match DROPS.get_or_init(Drops::counted) {
        Ok(drops) => drops.told().map_err(|error| error.to_string()),
        Err(why) => Err(why.clone()),
    };
    match told {
        Ok(told) => {
            let never: Vec<String> = told
                .iter()
                .filter(|(_, count)| *count == 0)
                .map(|(name, _)| (*name).clone())
                .collect();
            Reached {
                what,
                reached: told.len() - never.len(),
                never,
                remark: String::new(),
            }
        }
        Err(remark) => Reached {
            what,
            reached: 0,
            never: Vec::new(),
            remark,
        },
    }
}

impl Drops {
    fn counted() -> Result<Drops, String> {
        let format = format().map_err(|error| {
            format!("{FORMAT} of tracefs cannot be read: {error}; it takes root")
        })?;
        let Some((tracepoint, reasons)) = reasons(&format) else {
            return Err("this kernel gives no reasons; Linux does since 5.17".to_owned());
        };
        let files = reasons.into_iter().map(|(number, name)| {
            let filter = CString::new(format!("reason == {number}"))?;
            Ok((name, count_tracepoint(tracepoint, &filter)?))
        });
        let files: io::Result<Vec<_>> = files.collect();
        files.map(Drops).map_err(|error| {
            format!("the kernel does not count them: {error}; it takes root, and perf events")
        })
    }

    /// How often each was given.
    fn told(&self) -> io::Result<Vec<(&String, u64)>> {
        let counts = self.0.iter().map(|(name, file)| {
            let mut count = [0; 8];
            let mut file = file;
            file.read_exact(&mut count)?;
            Ok((name, u64::from_ne_bytes(count)))
        });
        counts.collect()
    }
}

/// What the kernel says of the tracepoint.
fn format() -> io::Result<String> {
    let places = TRACING.iter();
    let found = places.map(|place| fs::read_to_string(format!("{place}/{FORMAT}")));
    if let Some(found) = found.flatten().next() {
        return Ok(found);
    }
    let mut text = String::new();
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let file = openat(tracefs()?, FORMAT, flags, Mode::empty())?;
    File::from(file).read_to_string(&mut text)?;
    Ok(text)
}

/// The file system for tracing, mounted nowhere.
fn tracefs() -> io::Result<OwnedFd> {
    let context = fsopen("tracefs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_create(&context)?;
    let read_only = MountAttrFlags::MOUNT_ATTR_RDONLY;
    Ok(fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, read_only)?)
}

/// The number of the tracepoint, and the reasons of TCP with theirs, as its format tells them.
fn reasons(format: &str) -> Option<(u64, Vec<(u32, String)>)> {
    let id = format.lines().find_map(|line| line.strip_prefix("ID:"))?;
    let pairs = format.split("{ ").skip(1).filter_map(|rest| {
        let (number, rest) = rest.split_once(", \"")?;
        let (name, _) = rest.split_once('"')?;
        Some((number.parse().ok()?, name.to_owned()))
    });
    let of_tcp = |name: &str| name.starts_with(OF_TCP) || OTHERS.contains(&name);
    let reasons: Vec<_> = pairs.filter(|(_, name)| of_tcp(name)).collect();
    (!reasons.is_empty()).then_some((id.trim().parse().ok()?, reasons))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_tells_the_reasons() {
        let format = "name: kfree_skb\nID: 2310\nformat:\n\tfield:int common_pid;\toffset:4;\n\n\
                      print fmt: \"reason: %s\", __print_symbolic(REC->reason, { 2, \
                      \"NOT_SPECIFIED\" }, { 3, \"NO_SOCKET\" }, { 10, \"TCP_CSUM\" }, { 11, \
                      \"UDP_CSUM\" })\n";
        let pair = |number, name: &str| (number, name.to_owned());
        let expected = vec![pair(3, "NO_SOCKET"), pair(10, "TCP_CSUM")];
        assert_eq!(reasons(format), Some((2310, expected)));
        let before = "ID: 1\nprint fmt: \"skbaddr=%p protocol=%u\", REC->skbaddr\n";
        assert_eq!(reasons(before), None, "a kernel that gives none");
        assert_eq!(reasons(""), None);
    }
}
