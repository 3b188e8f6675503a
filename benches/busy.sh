#!/usr/bin/env bash
# Plays while the machine has no time for it, and counts how often the sound card went without: to pass, never.
#   others   twice as many busy programs as there are cores, and the buffers that players get by default
#   period   10 ms at a time, and every core but one busy
# Into a virtual sound card of its own. The machine has to be quiet otherwise: what else runs is counted too.
# Needs pulseaudio and python3.
# Usage: benches/busy.sh [path of segue]     MINUTES=10 benches/busy.sh
set -euo pipefail
cd "$(dirname "$0")/.."

segue=${1:-target/release/segue}
minutes=${MINUTES:-10}
[ -x "$segue" ] || { echo "build first: cargo build --release" >&2; exit 1; }
for tool in pulseaudio python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
work=$(mktemp -d)
pids=()
stop() { [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; pids=(); }
trap 'stop; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work HOME=$work/home PULSE_SERVER=unix:$work/native
export SEGUE_CONFIG_DIR=$work/config SEGUE_DATA_DIR=$work/data SEGUE_CACHE_DIR=$work/cache SEGUE_STATE_DIR=$work/state
mkdir -p -m 700 "$HOME"

tracks=()
for ((at = 0; at < minutes * 60; at += 20)); do tracks+=(assets/demo/tracks/paper-lanterns.flac); done

# name, milliseconds at a time (0: as players get them by default), busy programs
round() {
    rm -f "$work/native"
    cat >"$work/setup.pa" <<PA
load-module module-native-protocol-unix socket=$work/native auth-anonymous=1
load-module module-null-sink sink_name=vsink rate=44100 format=s16le channels=2
set-default-sink vsink
PA
    pulseaudio -n -F "$work/setup.pa" --daemonize=no --exit-idle-time=-1 \
        --disallow-exit --use-pid-file=no --high-priority=no --realtime=no --log-level=error 2>/dev/null &
    pids+=($!)
    until [ -S "$work/native" ]; do sleep 0.05; done
    for ((at = 0; at < $3; at++)); do
        python3 -c 'while True: pass' &
        pids+=($!)
    done
    mkdir -p "$SEGUE_CONFIG_DIR"
    printf '[player]\n%s\n' "$([ "$2" = 0 ] || echo "buffer_ms = $2")" >"$SEGUE_CONFIG_DIR/config.toml"
    "$segue" play "${tracks[@]}" --output auto --json >"$work/told" 2>/dev/null &
    local player=$!
    sleep $((minutes * 60 - 2))
    # It tells its sums when it is asked to end.
    kill -INT "$player"
    wait "$player" || true
    python3 - "$1" "$work/told" <<'PY'
import json, sys

rows = [json.loads(line) for line in open(sys.argv[2]) if line.startswith("{")]
sums = next(row for row in reversed(rows) if "underruns" in row)
seconds = sums["frames_heard"] / 44100
print(f"{sys.argv[1]:8}{seconds:8.0f} s heard   {sums['underruns']} underruns")
PY
    stop
}

cores=$(nproc)
round others 0 $((2 * cores))
round period 10 $((cores - 1))
