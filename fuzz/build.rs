//! With AddressSanitizer, lets the C code that is loaded at run time find it in the target.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let sanitizers = std::env::var("CARGO_CFG_SANITIZE").unwrap_or_default();
    if sanitizers.split(',').any(|name| name == "address") {
        println!("cargo:rustc-link-arg-bins=-rdynamic");
    }
}
