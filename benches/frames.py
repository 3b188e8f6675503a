#!/usr/bin/env python3
"""Whether the screen keeps 60 frames a second while downloads run.

Queues FILES (2,500) small wave files of a loopback server that takes 10 ms for each answer, opens the player on the page of
downloads on a pseudo-terminal of 120 by 40, moves the cursor with a key every 1/120 s while copies come in, so that there is
always something to draw, and prints
  frames   whole frames a second that came meanwhile
  key      milliseconds from a key to the end of the first frame after it: median, and 99 in 100
  copied   files that had come by then
Fails under 58 frames a second, or where 99 in 100 keys take more than two frames. The machine has to be quiet otherwise.
Usage: benches/frames.py [path of segue]     FILES=2500 SECONDS=6 benches/frames.py
"""
import fcntl, importlib.util, os, pathlib, pty, select, signal, statistics, struct, sys, tempfile, termios, time

SEGUE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/segue")
FILES, SECONDS = int(os.environ.get("FILES", 2500)), float(os.environ.get("SECONDS", 6))
FRAMES, KEY_MS, STEP_S = 58, 33, 1 / 120
FRAME_ENDS = b"\x1b[?2026l"

spec = importlib.util.spec_from_file_location("downloads", pathlib.Path(__file__).with_name("downloads.py"))
downloads = importlib.util.module_from_spec(spec)
spec.loader.exec_module(downloads)


def watch(terminal, seconds, key=None):
    """When frames ended within so many seconds, and when keys were pressed, one at each step."""
    ends, pressed, left_over = [], [], b""
    begun = next_key = time.monotonic()
    while (now := time.monotonic()) < begun + seconds:
        if key and now >= next_key:
            os.write(terminal, key(len(pressed)))
            pressed.append(now)
            next_key += STEP_S
        wait = (next_key if key else begun + seconds) - time.monotonic()
        if select.select([terminal], [], [], max(wait, 0))[0]:
            seen = left_over + os.read(terminal, 65536)
            ends += [time.monotonic()] * seen.count(FRAME_ENDS)
            left_over = seen[-len(FRAME_ENDS) + 1:] if not seen.endswith(FRAME_ENDS) else b""
    return ends, pressed


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "www").mkdir()
        for number in range(FILES):
            downloads.wave(folder / "www", f"{number}.wav", 300_000, number)
        running, handler = downloads.server(folder / "www")
        handler.latency = 0.010
        urls = [f"http://127.0.0.1:{running.server_address[1]}/{number}.wav" for number in range(FILES)]
        home = folder / "home"
        config = "[downloads]\nat_once = 8\nper_service = 8\n[services.audius]\nenabled = false\n"
        environment = downloads.queued(SEGUE, urls, home, config)
        environment.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.execve(SEGUE, [SEGUE], environment)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        watch(terminal, 0.3)
        os.write(terminal, b"W")
        watch(terminal, 0.2)
        ends, pressed = watch(terminal, SECONDS, lambda count: b"j" if count // 20 % 2 == 0 else b"k")
        copied = sum(path.suffix == ".wav" for path in (home / "data/downloads").rglob("*.wav"))
        os.kill(pid, signal.SIGTERM)
        while True:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:
                break
        os.waitpid(pid, 0)
        running.shutdown()
        took = sorted((next((end for end in ends if end > key), key + 1) - key) * 1e3 for key in pressed[:-3])
        median, most = statistics.median(took), took[int(len(took) * 0.99)]
        frames = len(ends) / SECONDS
        print(f"frames {frames:.1f} a second, key {median:.1f} ms, 99 in 100 {most:.1f} ms, {copied} of {FILES} copied")
        if copied in (0, FILES):
            sys.exit("copies were to come in all the while: set FILES or SECONDS")
        if frames < FRAMES or most > KEY_MS:
            sys.exit(f"the bars are {FRAMES} frames a second and {KEY_MS} ms")


main()
