#!/usr/bin/env python3
"""How long a first scan of 10,000 tagged files takes, beside MPD's on the same tree, in turn, from a warm cache.

Makes FILES (10,000) small files, a quarter each FLAC, MP3, M4A and Ogg Vorbis, every one with a title, an artist and an
album of its own; then RUNS (5) times: `segue library scan` into no database at all, from its start to its end, and
`mpc update --wait` of an MPD that runs already and knows an empty folder. Prints seconds on the clock and of processor
(user and system) for each, the medians, and their ratios. Fails when Segue's median is above MPD's. Needs ffmpeg, mpd
and mpc. Usage: benches/scan.py [path of segue]     RUNS=5 FILES=10000 benches/scan.py
"""
import os, shutil, statistics, subprocess, sys, tempfile, time

SEGUE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/segue")
RUNS, FILES = int(os.environ.get("RUNS", 5)), int(os.environ.get("FILES", 10_000))
TITLE, ARTIST, ALBUM = "Title 000000 of many", "Artist 00000", "Album 00000"
FORMATS = {"flac": ["-c:a", "flac"], "mp3": ["-c:a", "libmp3lame", "-b:a", "64k"], "m4a": ["-c:a", "aac", "-b:a", "64k"],
           "ogg": ["-c:a", "libvorbis"]}


def crc_table():
    table = []
    for value in range(256):
        value <<= 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value & 0xFFFFFFFF)
    return table


CRC = crc_table()


def with_page_sums(data):
    """An Ogg file with the checksum of its second page, where the tags are, made anew (RFC 3533 section 6)."""
    data = bytearray(data)
    at = data.index(b"OggS", 4)
    segments = data[at + 26]
    end = at + 27 + segments + sum(data[at + 27:at + 27 + segments])
    data[at + 22:at + 26] = bytes(4)
    total = 0
    for byte in data[at:end]:
        total = ((total << 8) & 0xFFFFFFFF) ^ CRC[(total >> 24) ^ byte]
    data[at + 22:at + 26] = total.to_bytes(4, "little")
    return bytes(data)


def make(tree, work):
    made = {}
    for ending, words in FORMATS.items():
        path = f"{work}/first.{ending}"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=330:duration=3", "-metadata", f"title={TITLE}",
                        "-metadata", f"artist={ARTIST}", "-metadata", f"album={ALBUM}", "-metadata", "genre=Electronic",
                        "-metadata", "date=2021", "-metadata", "track=7", *words, path], check=True)
        with open(path, "rb") as file:
            made[ending] = file.read()
    for number in range(FILES):
        ending = list(FORMATS)[number % 4]
        folder = f"{tree}/Artist {number // 100:05}/Album {number // 10:05}"
        os.makedirs(folder, exist_ok=True)
        data = made[ending]
        for old, new in [(TITLE, f"Title {number:06} of many"), (ARTIST, f"Artist {number // 100:05}"), (ALBUM, f"Album {number // 10:05}")]:
            data = data.replace(old.encode(), new.encode())
        with open(f"{folder}/{number:06}.{ending}", "wb") as file:
            file.write(with_page_sums(data) if ending == "ogg" else data)


def warm(tree):
    for folder, _, names in os.walk(tree):
        for name in names:
            with open(f"{folder}/{name}", "rb") as file:
                file.read()


def segue(work, tree):
    home = tempfile.mkdtemp(dir=work)
    os.makedirs(f"{home}/config")
    with open(f"{home}/config/config.toml", "w") as file:
        file.write(f'[library]\nfolders = ["{tree}"]\n')
    begun = time.monotonic()
    out = open(f"{home}/out", "w+")
    child = subprocess.Popen([SEGUE, "library", "scan"], stdout=out, env={
        **os.environ, "HOME": home, **{f"SEGUE_{name}_DIR": f"{home}/{name.lower()}" for name in ["CONFIG", "DATA", "CACHE", "STATE"]}})
    _, status, used = os.wait4(child.pid, 0)
    took = time.monotonic() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    out.seek(0)
    words = out.read()
    if child.returncode or f"{FILES} added" not in words or " 0 with problems" not in words:
        sys.exit(f"segue: {words}")
    shutil.rmtree(home)
    return took, used.ru_utime + used.ru_stime


def processor(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def mpc(place, *words):
    return subprocess.run(["mpc", "-h", place, *words], capture_output=True, text=True)


def mpd(work, tree):
    home = tempfile.mkdtemp(dir=work)
    os.makedirs(f"{home}/empty")
    os.symlink(f"{home}/empty", f"{home}/music")
    place = f"{home}/socket"
    with open(f"{home}/conf", "w") as file:
        file.write(f'music_directory "{home}/music"\ndb_file "{home}/db"\nbind_to_address "{place}"\nlog_file "{home}/log"\n'
                   f'playlist_directory "{home}"\nauto_update "no"\naudio_output {{\n type "null"\n name "none"\n}}\n')
    daemon = subprocess.Popen(["mpd", "--no-daemon", f"{home}/conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while mpc(place, "update", "--wait").returncode:
            time.sleep(0.05)
        os.remove(f"{home}/music")
        os.symlink(tree, f"{home}/music")
        before, begun = processor(daemon.pid), time.monotonic()
        mpc(place, "update", "--wait")
        took, used = time.monotonic() - begun, processor(daemon.pid) - before
        songs = [line for line in mpc(place, "stats").stdout.splitlines() if line.startswith("Songs:")]
        if songs[0].split()[1] != str(FILES):
            sys.exit(f"mpd: {songs}")
    finally:
        daemon.terminate()
        daemon.wait()
    shutil.rmtree(home)
    return took, used


for tool in ["ffmpeg", "mpd", "mpc"]:
    if not shutil.which(tool):
        sys.exit(f"{tool} is missing")
if not os.access(SEGUE, os.X_OK):
    sys.exit("build first: cargo build --release")
with tempfile.TemporaryDirectory() as work:
    tree = f"{work}/tree"
    os.makedirs(tree)
    make(tree, work)
    warm(tree)
    rows = []
    for _ in range(RUNS):
        rows.append((*segue(work, tree), *mpd(work, tree)))
        print("segue {:6.2f} s, processor {:6.2f} s    mpd {:6.2f} s, processor {:6.2f} s".format(*rows[-1]), flush=True)
    ours, our_work, theirs, their_work = [statistics.median(column) for column in zip(*rows)]
    print(f"median {ours:5.2f}              {our_work:6.2f}          {theirs:6.2f}              {their_work:6.2f}")
    print(f"ratio  {ours / theirs:5.2f} on the clock, {our_work / their_work:.2f} of processor")
    sys.exit(0 if ours <= theirs else "MPD was faster")
