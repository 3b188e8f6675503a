#!/usr/bin/env bash
# Plays the same file, the same progressive address and the same HLS playlist through Segue, and in turn
# through mpv (and, for the file, cmus) where they are installed, into a virtual sound card of its own, and
# prints per program and source, as medians of RUNS runs:
#   first    milliseconds from exec to the first sample at the sound server (zeros at the track's start not counted)
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
mkdir -p -m 700 "$HOME" "$HOME/.config/cmus"
unset XDG_CONFIG_HOME
# Without a session bus cmus would wait for Enter.
printf 'set mpris=false\nset output_plugin=pulse\n' >"$HOME/.config/cmus/rc"

cat >"$work/setup.pa" <<PA
load-module module-native-protocol-unix socket=$work/native auth-anonymous=1
load-module module-null-sink sink_name=vsink rate=44100 format=s16le channels=2
set-default-sink vsink
PA
pulseaudio -n -F "$work/setup.pa" --daemonize=no --exit-idle-time=-1 --disallow-exit --use-pid-file=no \
    --high-priority=no --realtime=no --log-level=error 2>/dev/null &
pids+=($!)
until [ -S "$work/native" ]; do sleep 0.05; done

# A listener that stays: without one the sink renders up to two seconds ahead, and who comes then is late.
parec -d vsink.monitor --format=s16le --rate=44100 --channels=2 --latency-msec=5 --raw >/dev/null 2>&1 &
pids+=($!)
: >"$work/port"
python3 -m http.server --bind 127.0.0.1 --directory assets/demo 0 >"$work/port" 2>/dev/null &
pids+=($!)
until port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/port") && [ -n "$port" ]; do
    port=$(ss -ltnp 2>/dev/null | sed -n "s/.*127.0.0.1:\([0-9]*\).*pid=${pids[2]},.*/\1/p" | head -n 1)
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
    cmus) command=(cmus --listen "$work/remote") ;;
    esac
}

# Runs a player and prints "first cpu memory". Arguments: zeros at the track's start in ms, seconds to play,
# socket and file for cmus (or nothing), the command.
cat >"$work/measure.py" <<'PY'
import os, pty, subprocess, sys, time

lead, seconds, remote, track, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:]
record = ["parec", "-d", "vsink.monitor", "--format=s16le", "--rate=44100", "--channels=2", "--latency-msec=5", "--raw"]
recorder = subprocess.Popen(record, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
heard = recorder.stdout.fileno()
until = time.monotonic() + 0.7
while time.monotonic() < until:
    os.read(heard, 65536)
terminal, inside = pty.openpty()
started = time.monotonic()
player = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
                          env={**os.environ, "TERM": "xterm"})
if remote:
    while subprocess.run(["cmus-remote", "--server", remote, "-C", "player-play " + track],
                         stderr=subprocess.DEVNULL).returncode:
        time.sleep(0.005)
# Silence is zero bytes: the first other byte is the first sample that is heard.
while not any(os.read(heard, 65536)):
    if time.monotonic() - started > 20:
        sys.exit("nothing was heard of " + " ".join(command))
first = (time.monotonic() - started) * 1000 - lead
time.sleep(1)
ticks = lambda: sum(map(int, open(f"/proc/{player.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
before = ticks()
time.sleep(seconds)
after = ticks()
peak = next(int(line.split()[1]) for line in open(f"/proc/{player.pid}/status") if line.startswith("VmHWM"))
player.kill()
recorder.kill()
print(f"{first:.0f} {100 * (after - before) / os.sysconf('SC_CLK_TCK') / seconds:.2f} {peak / 1024:.1f}")
PY

# Milliseconds of zeros at the start of a track, where ffmpeg can tell.
lead() {
    command -v ffmpeg >/dev/null || { echo 0; return; }
    ffmpeg -v error -i "$1" -t 2 -f s16le -ac 2 -ar 44100 - 2>/dev/null |
        python3 -c 'import sys; d = sys.stdin.buffer.read(); print(next((i for i, b in enumerate(d) if b), 0) // 4 / 44.1)'
}

measure() { # source-kind program source
    local command remote="" zeros=${leads[$1]:-0}
    player "$2" "$3"
    [ "$2" = cmus ] && remote=$work/remote
    python3 "$work/measure.py" "$zeros" "$seconds" "$remote" "$PWD/$3" "${command[@]}"
}

declare -A leads=([file]=$(lead "$track") [progressive]=$(lead "$track") [hls]=$(lead "$stream"))

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
        for name in "${players[@]}"; do measure "$source" "$name" "${sources[$source]}" >>"$work/$name"; done
    done
    for name in "${players[@]}"; do
        for column in 1 2 3; do
            declare "${name}_$column=$(awk -v c=$column '{print $c}' "$work/$name" | median)"
        done
        f=${name}_1 c=${name}_2 m=${name}_3 ratio=""
        if [ "$name" != segue ]; then
            ratio=$(awk -v a="$segue_1" -v b="${!f}" -v c="$segue_2" -v d="${!c}" -v e="$segue_3" -v g="${!m}" \
                'BEGIN {printf "first %.2f  cpu %.2f  memory %.2f", a/b, (d > 0 ? c/d : 0), e/g}')
        fi
        printf '%-12s %-6s %9s %7s %9s   %s\n' "$source" "$name" "${!f}" "${!c}" "${!m}" "$ratio"
    done
done
