//! Runs a stack's own code so that its panics become findings.
//!
//! Only the stack's code runs in here. A panic of tcprove itself stays a panic.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::stack::Broken;

thread_local! {
    /// Whether a stack's code runs on this thread.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of a stack on this thread came from.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// Calls `code`, which is a stack's own.
///
/// # Errors
/// When it panics: with its message and the place in the source. Nothing is printed then.
pub(crate) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Broken> {
    HOOK.call_once(install);
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(code));
    GUARDED.set(outer);
    result.map_err(|payload| {
        let place = PLACE.take().unwrap_or_else(|| "an unknown place".into());
        Broken(format!("panicked at {place}: {}", message(&*payload)).into())
    })
}

/// Puts a hook before the present one that keeps silent while a stack's code runs.
fn install() {
    let outer = panic::take_hook();
    panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if GUARDED.get() {
            let place = info.location().map(|location| {
                let (file, line) = (location.file(), location.line());
                format!("{}:{line}", from_crate(file))
            });
            PLACE.set(place);
        } else {
            outer(info);
        }
    }));
}

/// What a panic said.
fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&'static str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "without a message"
    }
}

/// The path of a source file from its crate on, so that it is the same on every machine.
fn from_crate(path: &str) -> &str {
    let Some(src) = path.rfind("/src/") else {
        return path;
    };
    let start = path[..src].rfind('/').map_or(0, |slash| slash + 1);
    &path[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_its_place() {
        assert_eq!(guarded(|| 5), Ok(5));
        let Broken(reason) = guarded(|| panic!("at {}", 7)).unwrap_err();
        let end = reason.strip_prefix("panicked at src/harness/guard.rs:");
        assert!(end.is_some_and(|end| end.ends_with(": at 7")), "{reason}");
        let Broken(reason) = guarded(|| panic!("plain")).unwrap_err();
        assert!(reason.ends_with(": plain"), "{reason}");
        let Broken(reason) = guarded(|| panic::panic_any(7)).unwrap_err();
        assert!(reason.ends_with(": without a message"), "{reason}");
    }

    #[test]
    fn a_place_names_no_machine() {
        for (path, shown) in [
            (
                "/x/registry/smoltcp-0.14.0/src/socket/tcp.rs",
                "smoltcp-0.14.0/src/socket/tcp.rs",
            ),
            (
                "/rustc/0123/library/core/src/num/mod.rs",
                "core/src/num/mod.rs",
            ),
            ("src/stack/mod.rs", "src/stack/mod.rs"),
            ("here/src/lib.rs", "here/src/lib.rs"),
        ] {
            assert_eq!(from_crate(path), shown);
        }
    }
}
