#!/usr/bin/env bash
# Plays the same file, the same progressive address and the same HLS playlist through Segue, and in turn
# through mpv (and, for the file, cmus) where they are installed, into a virtual sound card of its own, and
# prints per program and source, as medians of RUNS runs:
#   first    milliseconds from exec to the first sample at the sound server
#   cpu      per cent of one core while playing, over SECONDS seconds
#   memory   peak resident MiB
# and the ratio of Segue's figure to the other's. Needs pulseaudio, parec and python3 (as web server).
# Usage: benches/compare.sh [path of segue]     RUNS=5 SECONDS_PLAYED=8 benches/compare.sh
set -euo pipefail
cd "$(dirname "$0")/.."

segue=${1:-target/release/segue}
runs=${RUNS:-5}
seconds=${SECONDS_PLAYED:-8}
[ -x "$segue" ] || { echo "build first: cargo build --release" >&2; exit 1; }
for tool in pulseaudio parec python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done

work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work HOME=$work/home PULSE_SERVER=unix:$work/native
mkdir -p -m 700 "$HOME"

cat >"$work/setup.pa" <<PA
load-module module-native-protocol-unix socket=$work/native auth-anonymous=1
load-module module-null-sink sink_name=vsink rate=44100 format=s16le channels=2
set-default-sink vsink
PA
pulseaudio -n -F "$work/setup.pa" --daemonize=no --exit-idle-time=-1 --disallow-exit --use-pid-file=no \
    --high-priority=no --realtime=no --log-level=error 2>/dev/null &
pids+=($!)
until [ -S "$work/native" ]; do sleep 0.05; done

python3 -m http.server --bind 127.0.0.1 --directory assets/demo 0 >"$work/port" 2>/dev/null &
pids+=($!)
until port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/port") && [ -n "$port" ]; do
    port=$(ss -ltnp 2>/dev/null | sed -n "s/.*127.0.0.1:\([0-9]*\).*pid=${pids[1]},.*/\1/p" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.05
done

track=$(find assets/demo/tracks -name '*.mp3' | sort | head -n 1)
stream=$(find assets/demo/hls -path '*high/index.m3u8' | head -n 1)
declare -A sources=(
    [file]=$track
    [progressive]=http://127.0.0.1:$port/${track#assets/demo/}
    [hls]=http://127.0.0.1:$port/${stream#assets/demo/}
)

player() { # program source: the command line, as words in the array `command`
    case $1 in
    segue) command=("$segue" play "$2" --output auto) ;;
    mpv) command=(mpv --no-config --no-video --no-terminal --ao=pulse "$2") ;;
    cmus) command=(cmus --listen "$work/cmus") ;;
    esac
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# One run: "first cpu memory".
measure() {
    local command pid started heard before after peak
    player "$1" "$2"
    # Silence is zero bytes: the first other byte is the first sample that is heard.
    parec -d vsink.monitor --format=s16le --rate=44100 --channels=2 --latency-msec=5 --raw 2>/dev/null |
        stdbuf -o0 tr -d '\000' | { head -c 1 >/dev/null; milliseconds >"$work/heard"; } &
    local recorder=$!
    sleep 0.7
    rm -f "$work/heard"
    started=$(milliseconds)
    if [ "$1" = cmus ]; then
        TERM=xterm script -qfc "${command[*]}" /dev/null >/dev/null 2>&1 &
        until cmus-remote --server "$work/cmus" -C "player-play $PWD/$2" 2>/dev/null; do sleep 0.01; done
        pid=$(pgrep -f "cmus --listen $work/cmus" | tail -n 1)
    else
        "${command[@]}" >/dev/null 2>&1 </dev/null &
        pid=$!
    fi
    until [ -s "$work/heard" ]; do sleep 0.01; done
    heard=$(cat "$work/heard")
    sleep 1
    before=$(awk '{print $14 + $15}' "/proc/$pid/stat")
    sleep "$seconds"
    after=$(awk '{print $14 + $15}' "/proc/$pid/stat")
    peak=$(awk '/VmHWM/ {print $2}' "/proc/$pid/status")
    kill "$pid" 2>/dev/null || true
    wait "$pid" "$recorder" 2>/dev/null || true
    echo "$((heard - started)) $(awk -v t=$((after - before)) -v s="$seconds" -v hz="$(getconf CLK_TCK)" \
        'BEGIN {printf "%.2f", 100 * t / hz / s}') $(awk -v k="$peak" 'BEGIN {printf "%.1f", k / 1024}')"
}

median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

printf '%-12s %-6s %9s %7s %9s   ratio Segue/other\n' source player 'first ms' 'cpu %' 'MiB'
for source in file progressive hls; do
    others=(mpv)
    [ "$source" = file ] && others=(mpv cmus)
    players=(segue)
    for other in "${others[@]}"; do
        command -v "$other" >/dev/null && players+=("$other")
    done
    for name in "${players[@]}"; do : >"$work/$name"; done
    # In turn, so that a slow minute of the machine meets all.
    for ((run = 0; run < runs; run++)); do
        for name in "${players[@]}"; do measure "$name" "${sources[$source]}" >>"$work/$name"; done
    done
    for name in "${players[@]}"; do
        for column in 1 2 3; do
            declare "${name}_$column=$(awk -v c=$column '{print $c}' "$work/$name" | median)"
        done
        f=${name}_1 c=${name}_2 m=${name}_3 ratio=""
        if [ "$name" != segue ]; then
            ratio=$(awk -v a="$segue_1" -v b="${!f}" -v c="$segue_2" -v d="${!c}" -v e="$segue_3" -v g="${!m}" \
                'BEGIN {printf "first %.2f  cpu %.2f  memory %.2f", a/b, d > 0 ? c/d : 0, e/g}')
        fi
        printf '%-12s %-6s %9s %7s %9s   %s\n' "$source" "$name" "${!f}" "${!c}" "${!m}" "$ratio"
    done
done
