#!/usr/bin/env bash
# Decodes the same files with Segue and with ffmpeg, a whole process each, on one thread, in turn, and prints per
# codec the processor time of both as medians of RUNS runs, how many times faster than it plays that is, and the
# ratio Segue/ffmpeg (below 1: Segue takes less). Both make 32-bit floats and throw them away.
# Needs ffmpeg with the usual encoders and python3.
# Usage: benches/decode.sh [path of segue]     RUNS=5 SECONDS_LONG=300 benches/decode.sh
set -euo pipefail
cd "$(dirname "$0")/.."

segue=${1:-target/release/segue}
[ -x "$segue" ] || { echo "build first: cargo build --release" >&2; exit 1; }
for tool in ffmpeg python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/measure.py" <<'PY'
import os, resource, statistics, subprocess, sys

segue, folder, runs, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
# Name, what ffmpeg encodes it with, what ffmpeg decodes it with where it has to be told.
CODECS = [
    ("MP3", "mp3", "-c:a libmp3lame -b:a 192k", ""),
    ("AAC", "m4a", "-c:a aac -b:a 160k", ""),
    ("Vorbis", "ogg", "-c:a libvorbis -q:a 5", ""),
    ("Opus", "opus", "-c:a libopus -b:a 128k", "-c:a libopus"),
    ("FLAC", "flac", "-c:a flac", ""),
    ("ALAC", "alac.m4a", "-c:a alac", ""),
    ("WAV", "wav", "-c:a pcm_s16le", ""),
]
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
source = os.path.join(folder, "source.wav")
# Chords, a sweep and noise: music takes an encoder's every tool.
mix = (f"sine=220:d={length}:r=44100[a];aevalsrc=0.2*sin(2*PI*t*(200+40*mod(t\\,60))):d={length}:s=44100[b];"
       f"anoisesrc=d={length}:c=pink:a=0.2:r=44100[c];[a][b][c]amix=3,asplit[l][r];[r]adelay=7[s];[l][s]amerge")
subprocess.run(["ffmpeg", "-v", "error", "-y", "-filter_complex", mix, "-ac", "2", source], **quiet)


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, **quiet)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


print(f"{'codec':8}{'segue s':>9}{'ffmpeg s':>9}{'x play':>8}   ratio Segue/ffmpeg (each pair)")
worst = 0
for name, extension, encode, decode in CODECS:
    path = os.path.join(folder, f"sound.{extension}")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *encode.split(), path], **quiet)
    ours = [segue, "debug", "decode", path]
    theirs = ["ffmpeg", "-v", "error", "-threads", "1", *decode.split(), "-i", path, "-map", "0:a:0",
              "-c:a", "pcm_f32le", "-f", "null", "-"]
    for command in (ours, theirs):
        seconds(command)
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    mine, other = (statistics.median(column) for column in zip(*pairs))
    ratios = sorted(a / max(b, 1e-3) for a, b in pairs)
    ratio = statistics.median(ratios)
    worst = max(worst, ratio)
    print(f"{name:8}{mine:9.2f}{other:9.2f}{length / max(mine, 1e-3):8.0f}   {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    os.remove(path)
print(f"worst ratio {worst:.2f}")
PY
HOME=$work SEGUE_CONFIG_DIR=$work/config SEGUE_DATA_DIR=$work/data SEGUE_CACHE_DIR=$work/cache SEGUE_STATE_DIR=$work/state \
    python3 "$work/measure.py" "$segue" "$work" "${RUNS:-5}" "${SECONDS_LONG:-300}"
