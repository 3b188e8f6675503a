#!/usr/bin/env python3
"""How soon search results are on the screen, with services that take their time.

Starts the sandbox's services behind a proxy that holds each answer back (LATENCY_MS, 50), opens the player on a
pseudo-terminal, types words and Enter, and prints per run, in milliseconds:
  answers   from Enter until the last service's answer left the proxy
  shown     from then until the screen had taken the last answer in (its last change)
  key       from a key that opens the help, pressed while services are waited for, to the screen's first answer
and the medians. Fails when the median of `shown` is over 80 ms, when that of `key` is over one frame (16 ms) and
what a pseudo-terminal itself takes there and back, which is measured with `cat` in the player's place, or when
fewer than four services answered. Usage: benches/search.py [path of segue]     RUNS=9 LATENCY_MS=50 benches/search.py
"""
import os, pty, re, select, socket, statistics, struct, subprocess, sys, tempfile, threading, time
import fcntl, termios

SEGUE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/segue")
RUNS, LATENCY = int(os.environ.get("RUNS", 9)), int(os.environ.get("LATENCY_MS", 50)) / 1000
SHOWN_MS, FRAME_MS, SERVICES = 80, 16, 4
answered = []  # when the first byte of each answer to a search left, and whose it was


def pump(client, port):
    """One connection: each request goes on at once, what comes back is held."""
    server = socket.create_connection(("127.0.0.1", port))
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    waiting, service = False, None
    while True:
        for end in select.select([client, server], [], [])[0]:
            chunk = end.recv(65536)
            if not chunk:
                client.close(), server.close()
                return
            if end is client:
                # "GET /audius/v1/tracks/search?query=..": what completes the words while they are typed is no search.
                line = chunk.split(b"\r\n", 1)[0]
                is_search = (b"search" in line or b"tracks?" in line) and b"autosuggest" not in line
                waiting, service = True, line.split(b"/")[1] if is_search else None
                server.sendall(chunk)
            else:
                if waiting:
                    time.sleep(LATENCY)
                    waiting = False
                    if service:
                        answered.append((time.monotonic(), service))
                client.sendall(chunk)


def proxy(port):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=pump, args=(client, port), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def read(terminal, seconds, until_quiet=False):
    """Times of the screen's changes within so many seconds; ends at the first one unless all are wanted."""
    changes, end = [], time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:  # it has ended
                break
            changes.append(time.monotonic())
            if not until_quiet:
                break
    return changes


def run(home, words):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(HOME=home, XDG_CONFIG_HOME=f"{home}/.config", TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execv(SEGUE, [SEGUE])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    read(terminal, 1.5, True)
    os.write(terminal, b"gs" + words.encode())
    read(terminal, 0.1, True)
    answered.clear()
    begun = time.monotonic()
    os.write(terminal, b"\r")
    read(terminal, 0.02, True)
    pressed = time.monotonic()
    os.write(terminal, b"?")  # the help opens over the page
    key = read(terminal, 0.5)
    os.write(terminal, b"q")
    changes = read(terminal, 0.7, True)
    os.write(terminal, b"Q")
    read(terminal, 1, True)
    os.close(terminal)
    os.waitpid(pid, 0)
    last = max(at for at, _ in answered)
    shown = [at for at in changes if at >= last]
    return (last - begun) * 1e3, (max(shown) - last) * 1e3 if shown else float("nan"), (key[0] - pressed) * 1e3


def terminal_share():
    """Milliseconds from a key to its echo where nothing is between but `cat`; the median of 51."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("sh", ["sh", "-c", "stty raw -echo; echo; exec cat"])
    read(terminal, 1)
    read(terminal, 0.1, True)
    times = []
    for _ in range(51):
        pressed = time.monotonic()
        os.write(terminal, b"x")
        times += [(at - pressed) * 1e3 for at in read(terminal, 1)]
    os.close(terminal)
    os.waitpid(pid, 0)
    return statistics.median(times)


if not os.access(SEGUE, os.X_OK):
    sys.exit("build first: cargo build --release")
sandbox = subprocess.Popen([SEGUE, "sandbox"], stdout=subprocess.PIPE, text=True)
try:
    lines = []
    while not (lines and lines[-1].startswith("token")):
        lines.append(sandbox.stdout.readline())
    port = int(re.search(r"127\.0\.0\.1:(\d+)/audius", "".join(lines)).group(1))
    config = "".join(lines).replace(f":{port}/", f":{proxy(port)}/")
    with tempfile.TemporaryDirectory() as home:
        os.makedirs(f"{home}/.config/segue")
        with open(f"{home}/.config/segue/config.toml", "w") as file:
            file.write('[player]\noutput = "null"\n' + config)
        rows, silent = [], False
        for number in range(RUNS):
            # Other words each time: pages that were read are kept.
            rows.append(run(home, ["harbour", "night", "light", "slow", "paper", "open", "river", "umbrella", "post"][number % 9]))
            print("answers {:6.1f}   shown {:6.1f}   key {:6.1f}".format(*rows[-1]), f"  ({len(answered)} answers)")
            silent = silent or len({service for _, service in answered}) < SERVICES
        medians = [statistics.median(column) for column in zip(*rows)]
        print("median  {:6.1f}         {:6.1f}       {:6.1f}".format(*medians))
        print("most    {:6.1f}         {:6.1f}       {:6.1f}".format(*map(max, zip(*rows))))
finally:
    sandbox.terminate()
_, shown, key = medians
share = terminal_share()
print(f"bars             {SHOWN_MS:6.1f}       {FRAME_MS + share:6.1f}   (a frame of {FRAME_MS}, and {share:.2f} that the terminal takes itself)")
missed = []
# Written so that what is not a number fails, too.
if not shown <= SHOWN_MS:
    missed.append(f"results are on the screen {shown:.1f} ms after the slowest service's first byte, and {SHOWN_MS} is the bar")
if not key <= FRAME_MS + share:
    missed.append(f"a key is answered after {key:.1f} ms, and one frame with the terminal's share is {FRAME_MS + share:.1f}")
if silent:
    missed.append(f"fewer than {SERVICES} services answered")
sys.exit("\n".join(missed) or 0)
