#!/usr/bin/env python3
"""How soon the player shows its first frame with 100,000 tracks in the library, and how much memory it takes.

Makes a library with 100,000 files in HOUSE (target/bench-house; `cargo bench --bench library` does it, once), opens the
player on a pseudo-terminal RUNS (15) times with everything in memory already, lets it look through the folders as it does
at each start, types searches into the search page, and prints per run:
  frame    milliseconds from exec to the first whole frame
  cpu      milliseconds of processor (user and system, all threads) until then
  start    MiB resident when that frame came
  scanned  MiB resident at most once the folders were looked through
  searched MiB resident at most after the searches
  key      milliseconds from a typed letter to the last change of the screen that it led to: median, and 99 in 100
Fails when the median of frame is over 30 ms, of searched over 60 MiB, or 99 in 100 keys over 16 ms and a frame's pause (the
screen is drawn at most once in 16 ms). Usage: benches/start.py [path of segue]     RUNS=15 benches/start.py
"""
import fcntl, os, pty, select, signal, statistics, struct, subprocess, sys, tempfile, termios, time

SEGUE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/segue")
HOUSE = os.path.abspath(os.environ.get("HOUSE", "target/bench-house"))
RUNS = int(os.environ.get("RUNS", 15))
FRAME_MS, MEMORY_MIB, KEY_MS = 30, 60, 32
FRAME_ENDS = b"\x1b[?2026l"
SEARCHES = ["night ferry", "harbour 12", "cafe uber", "summer sea", "silver wind"]


def status(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name))


def processor(pid):
    """Milliseconds that all of its threads were on a processor, from the scheduler: clock ticks are too coarse."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e6


def read(terminal, seconds, until=None):
    """What comes within so many seconds, with the times of it; ends earlier once `until` was in it."""
    seen, changes, end = b"", [], time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            seen = seen[-64:] + os.read(terminal, 65536)
            changes.append(time.monotonic())
            if until and until in seen:
                break
    return changes


def run(home):
    variables = {f"SEGUE_{name}_DIR": f"{home}/{name.lower()}" for name in ["CONFIG", "CACHE", "STATE"]}
    variables.update(HOME=home, SEGUE_DATA_DIR=f"{HOUSE}/data", TERM="xterm-256color", LC_ALL="C.UTF-8",
                     DBUS_SESSION_BUS_ADDRESS="disabled:")
    arguments = [SEGUE]
    begun = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execve(SEGUE, arguments, {**os.environ, **variables})
    try:
        shown = read(terminal, 10, FRAME_ENDS)
        cpu, start = processor(pid), status(pid, "VmRSS")
        read(terminal, 4)
        scanned = status(pid, "VmHWM")
        keys = []
        for words in SEARCHES:
            os.write(terminal, b"/")
            read(terminal, 0.1)
            for letter in words:
                pressed = time.monotonic()
                os.write(terminal, letter.encode())
                keys += [(changes[-1] - pressed) * 1e3 for changes in [read(terminal, 0.12)] if changes]
            os.write(terminal, b"\x1b")
            read(terminal, 0.2)
        return ((shown[-1] - begun) * 1e3, cpu, start, scanned, status(pid, "VmHWM")), keys
    finally:
        os.kill(pid, signal.SIGTERM)
        read_end(terminal)
        os.waitpid(pid, 0)


def read_end(terminal):
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # it has ended
        os.close(terminal)


if not os.access(SEGUE, os.X_OK):
    sys.exit("build first: cargo build --release")
if not os.path.exists(f"{HOUSE}/data/library.db"):
    subprocess.run(["cargo", "bench", "--bench", "library"], env={**os.environ, "SEGUE_BENCH_HOUSE": HOUSE}, check=True)
with tempfile.TemporaryDirectory() as home:
    os.makedirs(f"{home}/config")
    with open(f"{home}/config/config.toml", "w") as file:
        file.write(f'[player]\noutput = "null"\n[library]\nfolders = ["{HOUSE}/music"]\n[services.audius]\nenabled = false\n')
    run(home)  # The day's backup is made, and everything is read once.
    rows, keys = [], []
    print("frame ms   cpu ms   start MiB   scanned MiB   searched MiB")
    for _ in range(RUNS):
        row, more = run(home)
        rows.append(row)
        keys += more
        print("{:8.1f} {:8.1f} {:11.1f} {:13.1f} {:14.1f}".format(*row), flush=True)
medians = [statistics.median(column) for column in zip(*rows)]
keys.sort()
print("{:8.1f} {:8.1f} {:11.1f} {:13.1f} {:14.1f}   medians".format(*medians))
key = keys[len(keys) * 99 // 100]
print(f"key: median {statistics.median(keys):.1f} ms, p99 {key:.1f} ms of {len(keys)}")
missed = [
    f"{what} is {value:.1f}, and {bar} is the bar"
    for what, value, bar in [("the first frame in ms", medians[0], FRAME_MS), ("memory in MiB", medians[4], MEMORY_MIB), ("a key's list in ms", key, KEY_MS)]
    if not value <= bar
]
sys.exit("\n".join(missed) or 0)
