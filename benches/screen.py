#!/usr/bin/env python3
"""What the screen costs while nothing is touched. Plays an MP3 again and again into a virtual sound card of its own, on a
pseudo-terminal of 120 by 40 and with `segue play`, SECONDS (30) each, and prints
  bytes    bytes a second that a screen without spectrum sends to the terminal while it plays
  ratio    the processor's time with the screen to that without it
  wakes    how often a second the paused program wakes up, and which of its threads do; apart from them those of the sound
           library, whose client of PulseAudio asks for its latency ten times a second
Fails over 2,000 bytes, 1.3 times, or 2 wake-ups of the program's own. The machine has to be quiet otherwise. Needs pulseaudio.
Usage: benches/screen.py [path of segue]     SECONDS=60 benches/screen.py
"""
import fcntl, os, pty, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time

SEGUE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/segue")
TRACK = os.path.abspath("assets/demo/tracks/harbour-lights.mp3")
SECONDS = float(os.environ.get("SECONDS", 30))
BYTES, RATIO, WAKES = 2000, 1.3, 2
CONFIG = """[library]
folders = ["{music}"]
[services.audius]
enabled = false
[player]
output = "auto"
"""


def processor(pid):
    """Seconds of the processor so far, ended threads too."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waits(pid):
    """How often each thread went to sleep so far, which is how often it woke up."""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        found[thread, fields["Name"].strip()] = int(fields["voluntary_ctxt_switches"])
    return found


def read(terminal, seconds):
    """Reads what comes within so many seconds and gives how much it was."""
    count, end = 0, time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 65536))
    return count


def begin(arguments, variables):
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execve(SEGUE, [SEGUE, *arguments], variables)
    return pid, terminal


def end(pid, terminal):
    os.kill(pid, signal.SIGTERM)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # it has ended
        os.close(terminal)
    os.waitpid(pid, 0)


def on_screen(variables):
    pid, terminal = begin([], variables)
    try:
        read(terminal, 3)  # The folder is looked through.
        # The folder's one artist, whose one album, whose first track.
        for key in [b"2", b"\r", b"\r", b"\r"]:
            os.write(terminal, key)
            read(terminal, 2)
        before = processor(pid)
        sent = read(terminal, SECONDS)
        cost = processor(pid) - before
        os.write(terminal, b" ")
        read(terminal, 7)  # What was to be kept is kept, and the notice is gone.
        first = waits(pid)
        read(terminal, SECONDS)
        last = waits(pid)
    finally:
        end(pid, terminal)
    woken = {name: count - first.get(name, 0) for name, count in last.items()}
    return sent / SECONDS, cost, {name: count / SECONDS for name, count in woken.items() if count}


def without(variables, tracks):
    pid, terminal = begin(["play", *tracks, "--json"], variables)
    try:
        read(terminal, 3)
        before = processor(pid)
        read(terminal, SECONDS)
        return processor(pid) - before
    finally:
        end(pid, terminal)


def server(home):
    with open(f"{home}/setup.pa", "w") as file:
        file.write(f"load-module module-native-protocol-unix socket={home}/native auth-anonymous=1\n"
                   "load-module module-null-sink sink_name=vsink rate=44100 format=s16le channels=2\n"
                   "set-default-sink vsink\n")
    started = subprocess.Popen(["pulseaudio", "-n", "-F", f"{home}/setup.pa", "--daemonize=no", "--exit-idle-time=-1",
                                "--disallow-exit", "--use-pid-file=no", "--high-priority=no", "--realtime=no",
                                "--log-level=error"], env={**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home},
                               stderr=subprocess.DEVNULL)
    while not os.path.exists(f"{home}/native"):
        time.sleep(0.05)
    return started


if not os.access(SEGUE, os.X_OK):
    sys.exit("build first: cargo build --release")
if not shutil.which("pulseaudio"):
    sys.exit("pulseaudio is missing")
with tempfile.TemporaryDirectory() as home:
    os.chmod(home, 0o700)
    os.makedirs(f"{home}/config")
    os.makedirs(f"{home}/music")
    tracks = [f"{home}/music/{number:02}.mp3" for number in range(1 + int(2 * SECONDS + 20) // 20)]
    for track in tracks:
        shutil.copy(TRACK, track)
    with open(f"{home}/config/config.toml", "w") as file:
        file.write(CONFIG.format(music=f"{home}/music"))
    variables = {f"SEGUE_{name}_DIR": f"{home}/{name.lower()}" for name in ["CONFIG", "CACHE", "STATE", "DATA"]}
    variables.update(HOME=home, XDG_RUNTIME_DIR=home, PULSE_SERVER=f"unix:{home}/native", TERM="xterm-256color",
                     LC_ALL="C.UTF-8", PATH=os.environ["PATH"], DBUS_SESSION_BUS_ADDRESS="disabled:")
    sound = server(home)
    try:
        sent, cost, woken = on_screen(variables)
        alone = without(variables, tracks)
    finally:
        sound.terminate()
        sound.wait()
ratio, wakes = cost / max(alone, 0.01), sum(count for (_, name), count in woken.items() if name != "output")
library = sum(woken.values()) - wakes
print(f"bytes {sent:.0f} a second")
print(f"ratio {ratio:.2f}: {cost / SECONDS * 100:.2f} % of a core with the screen, {alone / SECONDS * 100:.2f} % without")
threads = sorted(woken.items(), key=lambda one: -one[1])
names = ", ".join(f"{name} {count:.1f}" for (_, name), count in threads if name != "output")
print(f"wakes {wakes:.1f} a second: {names}; the sound library's {library:.1f}")
missed = [f"{what} is {value:.2f}, and {bar} is the bar"
          for what, value, bar in [("bytes", sent, BYTES), ("ratio", ratio, RATIO), ("wakes", wakes, WAKES)]
          if not value <= bar]
sys.exit("\n".join(missed) or 0)
