#!/bin/bash -eu
# Builds every fuzz target into $OUT, each with an archive of seeds beside it, as OSS-Fuzz and
# ClusterFuzzLite want it. Their images have what it takes; elsewhere, `cargo install cargo-fuzz` and
# zip (`apt-get install zip`), and without a nightly toolchain say SANITIZER=none.
#
#   SRC=/tmp/src OUT=/tmp/out SANITIZER=none .clusterfuzzlite/build.sh
#
# $SRC/tcprove is this repository; when there is none, it is the one that the script stands in.

repository="$SRC/tcprove"
[ -d "$repository" ] || repository="$(cd "$(dirname "$0")/.." && pwd)"
cd "$repository"
mkdir -p "$OUT"

# lwIP's flags come from build.rs: it is loaded at run time, and counts its branches by itself.
unset CFLAGS
case "${SANITIZER:-address}" in
    address) sanitizer=address ;;
    # Coverage flags come with RUSTFLAGS; there is no such sanitizer for cargo fuzz.
    *) sanitizer=none ;;
esac
cargo fuzz build --release --sanitizer "$sanitizer"

seeds="$(mktemp -d)"
trap 'rm -rf "$seeds"' EXIT
# The seeds are made by an ordinary program, without the flags of the targets.
env -u RUSTFLAGS cargo run --locked --release --manifest-path fuzz/Cargo.toml --example seeds -- corpus "$seeds"

host="$(rustc -vV | sed -n 's/^host: //p')"
for target in $(cargo fuzz list); do
    cp "fuzz/target/$host/release/$target" "$OUT/"
    (cd "$seeds/$target" && zip -q -r "$OUT/${target}_seed_corpus.zip" .)
done
