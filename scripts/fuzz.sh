#!/bin/sh
# Fuzzes every target, one after the other, for so many seconds each (60 when none are named):
#   scripts/fuzz.sh [seconds] [target..]
# Needs `cargo install cargo-fuzz` and a C++ compiler. What it finds lies in fuzz/artifacts/; put it into
# fuzz/seeds/ together with the repair, and `cargo test` holds it from then on.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- playlist transport_stream packed_audio timestamps keys decoder \
    playlist_file answer token headers tags settings words lyrics
# The coverage passes and the address sanitizer are not stable; the toolchain that builds the program has them.
# The C code of SQLite is linked once for each kind of the crate.
export ASAN_OPTIONS="detect_odr_violation=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export RUSTC_BOOTSTRAP=1
[ -f fuzz/Cargo.lock ] || cp Cargo.lock fuzz/Cargo.lock
for target; do
    mkdir -p "fuzz/corpus/$target"
    dictionary=""
    case $target in playlist | keys) dictionary=-dict=fuzz/playlist.dict ;; esac
    echo "== $target for $seconds s"
    mkdir -p "fuzz/seeds/$target"
    cargo fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=32768 -print_final_stats=1 $dictionary
done
