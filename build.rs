//! Builds lwIP, where its source and a C compiler are there.
//!
//! The source is looked for in `LWIP_SRC`, then in `target/lwip`, to which `.ci/lwip` brings it.
//! Of each configuration one shared object is made, of which the adapter loads private copies. What
//! comes of it is said to the crate: the cfg `lwip_built`, or in `LWIP_MISSING` why not.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(lwip_built)");
    #[cfg(feature = "lwip")]
    lwip::build();
}

#[cfg(feature = "lwip")]
mod lwip {
    use std::env;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// What is built of lwIP, below its `src`.
    const FILES: [&str; 20] = [
        "core/def.c",
        "core/inet_chksum.c",
        "core/init.c",
        "core/ip.c",
        "core/ipv4/icmp.c",
        "core/ipv4/ip4.c",
        "core/ipv4/ip4_addr.c",
        "core/ipv6/icmp6.c",
        "core/ipv6/inet6.c",
        "core/ipv6/ip6.c",
        "core/ipv6/ip6_addr.c",
        "core/ipv6/nd6.c",
        "core/mem.c",
        "core/memp.c",
        "core/netif.c",
        "core/pbuf.c",
        "core/tcp.c",
        "core/tcp_in.c",
        "core/tcp_out.c",
        "core/timeouts.c",
    ];

    /// The configurations: the name of the shared object, and what is defined for it.
    const CONFIGURATIONS: [(&str, Option<&str>); 2] =
        [("lwip", None), ("lwip-full", Some("TCPROVE_FULL"))];

    const OURS: &str = "src/stack/lwip/c";

    /// What a fuzz target wants of the C code, as `cargo fuzz` asks for it.
    #[derive(Clone, Copy)]
    struct Fuzzed {
        /// Branches are counted. Both GCC and Clang call `__sanitizer_cov_trace_pc`, which is ours.
        counted: bool,
        /// AddressSanitizer is there, in Rust and so in C.
        sanitized: bool,
    }

    impl Fuzzed {
        fn asked() -> Fuzzed {
            // Only a nightly compiler tells of sanitizers, and only there they can be asked for.
            let sanitizers = env::var("CARGO_CFG_SANITIZE").unwrap_or_default();
            Fuzzed {
                counted: env::var_os("CARGO_CFG_FUZZING").is_some(),
                sanitized: sanitizers.split(',').any(|name| name == "address"),
            }
        }
    }

    pub(crate) fn build() {
        println!("cargo:rerun-if-env-changed=LWIP_SRC");
        println!("cargo:rerun-if-env-changed=CC");
        println!("cargo:rerun-if-changed={OURS}");
        match attempt() {
            Ok(version) => {
                println!("cargo:rustc-cfg=lwip_built");
                println!("cargo:rustc-env=LWIP_VERSION={version}");
            }
            Err(why) => println!("cargo:rustc-env=LWIP_MISSING={why}"),
        }
    }

    /// Builds everything, and gives lwIP's version.
    fn attempt() -> Result<String, String> {
        if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
            return Err("it is built on Linux only".to_owned());
        }
        let source = source()?;
        let version = version(&source)?;
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
        let fuzzed = Fuzzed::asked();
        for (name, define) in CONFIGURATIONS {
            shared_object(&source, &out, name, define, fuzzed)?;
        }
        let mut guard = cc::Build::new();
        guard.file(format!("{OURS}/guard.c")).include(OURS);
        if fuzzed.sanitized {
            // A crash is the sanitizer's to tell.
            guard.define("TCPROVE_LEAVE_FAULTS", None);
        }
        let failed = |error| format!("the C compiler failed: {error}");
        guard.try_compile("tcprove_guard").map_err(failed)?;
        Ok(version)
    }

    /// The directory `src` of lwIP.
    fn source() -> Result<PathBuf, String> {
        let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
        let (place, name) = match env::var_os("LWIP_SRC").filter(|path| !path.is_empty()) {
            Some(path) => (PathBuf::from(path), "LWIP_SRC"),
            None => (root.join("target/lwip"), "target/lwip"),
        };
        for source in [place.join("src"), place] {
            if source.join("core/tcp_in.c").is_file() {
                println!("cargo:rerun-if-changed={}", source.display());
                return Ok(source);
            }
        }
        Err(format!(
            "its source is not in {name}: run .ci/lwip, which brings it, or set LWIP_SRC, and \
             build again"
        ))
    }

    /// The version that `lwip/init.h` tells.
    fn version(source: &Path) -> Result<String, String> {
        let header = source.join("include/lwip/init.h");
        let text = fs::read_to_string(&header)
            .map_err(|error| format!("{} cannot be read: {error}", header.display()))?;
        let number = |name: &str| {
            let mut words = text.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                (words.next() == Some("#define") && words.next() == Some(name)).then_some(words)
            });
            words.next().and_then(|mut words| words.next())
        };
        let names = ["MAJOR", "MINOR", "REVISION"];
        let numbers = names.map(|name| number(&format!("LWIP_VERSION_{name}")));
        match numbers {
            [Some(major), Some(minor), Some(revision)] => Ok(format!("{major}.{minor}.{revision}")),
            _ => Err(format!("{} tells no version", header.display())),
        }
    }

    /// Builds one configuration.
    fn shared_object(
        source: &Path,
        out: &Path,
        name: &str,
        define: Option<&str>,
        fuzzed: Fuzzed,
    ) -> Result<(), String> {
        let mut ours = cc::Build::new();
        ours.include(OURS)
            .include(source.join("include"))
            .out_dir(out.join(name))
            .pic(true)
            .opt_level(2)
            .debug(false)
            .warnings(false)
            .cargo_metadata(false)
            .flag("-fno-common")
            .flag("-fvisibility=hidden")
            .flag("-fno-strict-aliasing");
        if let Some(define) = define {
            ours.define(define, None);
        }
        let mut theirs = ours.clone();
        theirs.files(FILES.iter().map(|file| source.join(file)));
        ours.file(format!("{OURS}/shim.c"));
        if fuzzed.counted {
            theirs.flag("-fsanitize-coverage=trace-pc");
            ours.file(format!("{OURS}/count.c"))
                .define("TCPROVE_COUNTED", None);
        }
        if fuzzed.sanitized {
            // `cc` has lwIP sanitized. What drives it reads and writes what is nobody's.
            ours.flag("-fno-sanitize=address")
                .define("TCPROVE_SANITIZED", None);
        }
        let mut objects = Vec::new();
        for build in [&theirs, &ours] {
            let built = build.try_compile_intermediates();
            objects.extend(built.map_err(|error| format!("the C compiler failed: {error}"))?);
        }
        let library = out.join(format!("{name}.so"));
        let mut link = ours
            .try_get_compiler()
            .map_err(|error| format!("there is no C compiler: {error}"))?
            .to_command();
        link.args(["-shared", "-Wl,-z,now,-z,relro"]);
        if !fuzzed.sanitized {
            // The sanitizer is in the program, and found when the object is loaded.
            link.arg("-Wl,-z,defs");
        }
        link.arg("-o").arg(&library).args(&objects);
        match link.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("the linker failed: {status}")),
            Err(error) => Err(format!("there is no C compiler: {error}")),
        }
    }
}
