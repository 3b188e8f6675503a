#!/usr/bin/env python3
"""Plays HLS from a server with faults into a virtual sound card and compares the recording with the source.

Lossless segments (FLAC in fMP4, four seconds each), so that every sample counts. Each scenario takes as long
as its music, for a listener's buffer and a sound server's clock are real. Two busy loops keep the machine
occupied where BUSY=1. Prints per scenario the gaps over 20 ms, what was skipped or repeated, the underruns
that the player counted, and what it said; ends with 1 when there is a break that the scenario does not explain, or
of which the log does not tell.
A machine that is not alone breaks any sound. Meanwhile the source is played by paplay, with the same buffer, into a second card: what
breaks there is the machine's, and as many breaks, none longer than the longest there, are let pass.
`steps` plays three variants of AAC over a line that falls from 1 Mb/s to 48 kb/s and rises again: there is no one
source to compare with, so it listens for silence, and for the variants that are asked for (SECONDS=160 or more, or all
is fetched before the line rises).
Needs ffmpeg, pulseaudio, paplay and parec.
Usage: benches/faults.py [path of segue] [scenario..]     SECONDS=80 benches/faults.py
"""
import http.server, json, os, pathlib, re, subprocess, sys, tempfile, threading, time

RATE, FRAME, SEGMENT = 44_100, 4, 4
SECONDS = int(os.environ.get("SECONDS", "80"))
MARK = 256 * FRAME  # so much of the source tells where one is


class Broken(Exception):
    """The connection is to be cut."""


# What happens to the request for segment `n`, the `k`-th of its kind, `t` seconds after the first request:
# (status, seconds to wait, bytes a second or None, share of the body that is sent, bytes are spoilt)
FINE = (200, 0, None, 1.0, False)


def plain(n, k, t):
    return FINE


def stalls(n, k, t):
    # Whatever is asked for while a stall lasts stands still: 1, 5 and 20 seconds.
    for start, length in ((2, 1), (8, 5), (36, 20)):
        if start <= t < start + length:
            return (200, start + length - t, None, 1.0, False)
    return FINE


def mixed(n, k, t):
    # Latency throughout, and every second segment fails once in another way.
    faults = {
        3: (200, 0.3, None, 0.5, False),  # cut in the middle
        5: (404, 0.3, None, 1.0, False),
        7: (503, 0.3, None, 1.0, False),
        9: (0, 0.3, None, 0.0, False),  # reset
        11: (500, 0.3, None, 1.0, False),
    }
    return faults[n] if k == 0 and n in faults else (200, 0.3, None, 1.0, False)


def slow(n, k, t):
    # A line of 2.4 Mb/s that drops to 96 kb/s for 20 seconds.
    return (200, 0.05, 12_000 if 36 <= t < 56 else 300_000, 1.0, False)


def spoilt(n, k, t):
    return (200, 0, None, 1.0, n == 6)


def steps(n, k, t):
    return (200, 0.05, 6_000 if 16 <= t < 0.6 * SECONDS else 125_000, 1.0, False)


SCENARIOS = {"plain": plain, "stalls": stalls, "mixed": mixed, "slow": slow, "expiry": plain, "spoilt": spoilt, "steps": steps}
# How many breaks a scenario explains: a spoilt segment cannot be heard.
EXPLAINED = {"spoilt": 1}
# Of `steps`: bits a second of each variant.
VARIANTS = (24_000, 96_000, 256_000)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder, scenario):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.scenario, self.began, self.asked, self.refused = folder, scenario, None, {}, 0
        self.order = []  # what was asked for, by variant


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server, (path, _, token) = self.server, self.path.partition("?")
        name = path.lstrip("/")
        server.began = server.began or time.monotonic()
        elapsed = time.monotonic() - server.began
        body = (server.folder / name).read_bytes()
        if name.endswith(".m3u8"):
            if server.scenario == "expiry":
                body = "\n".join(
                    f"{line}?{elapsed:.3f}" if line.endswith(".m4s") else line for line in body.decode().split("\n")
                ).encode()
            return self.send(200, body)
        if not name.endswith((".m4s", ".ts")):
            return self.send(200, body)
        self.server.order.append(name.partition("/")[0])
        if token and elapsed - float(token) > 10:
            server.refused += 1
            return self.send(403, b"")
        number = int("".join(filter(str.isdigit, pathlib.Path(name).stem)))
        count = server.asked.get(number, 0)
        server.asked[number] = count + 1
        status, wait, _, share, bad = SCENARIOS[server.scenario](number, count, elapsed)
        time.sleep(wait)
        if bad:
            middle = len(body) // 2
            body = body[:middle] + bytes(byte ^ 0x55 for byte in body[middle:middle + 3000]) + body[middle + 3000:]
        try:
            self.send(status, body, lambda: SCENARIOS[server.scenario](number, count, time.monotonic() - server.began)[2], share)
        except (Broken, OSError):
            self.close_connection = True

    def send(self, status, body, rate=lambda: None, share=1.0):
        if status == 0:
            raise Broken
        if status != 200:
            body = b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        kind = "application/vnd.apple.mpegurl" if ".m3u8" in self.path else "video/mp4"
        self.send_header("Content-Type", kind)
        self.end_headers()
        sent = body[: int(len(body) * share)]
        while sent:
            # The line may change while a segment is on its way.
            step = max(1, (rate() or len(sent) * 10) // 10)
            self.wfile.write(sent[:step])
            if len(sent) > step:
                time.sleep(0.1)
            sent = sent[step:]
        if share < 1:
            raise Broken


def compare(source, recording):
    """Walks through the recording; returns what it does that the source does not."""
    first = source.find(next(chunk for chunk in (source[i:i + 1] for i in range(len(source))) if chunk != b"\0"))
    at = first // FRAME * FRAME + RATE // 10 * FRAME
    place = recording.find(source[at:at + MARK])
    while place >= 0 and place % FRAME:
        place = recording.find(source[at:at + MARK], place + 1)
    if place < 0:
        return ["nothing of it was recorded"], 0
    begun, found = at, []
    while at + MARK < len(source) and place + MARK < len(recording):
        length = min(len(source) - at, len(recording) - place, 1 << 16) // FRAME * FRAME
        if source[at:at + length] == recording[place:place + length]:
            at, place = at + length, place + length
            continue
        while source[at:at + FRAME] == recording[place:place + FRAME]:
            at, place = at + FRAME, place + FRAME
        if at + RATE // 20 * FRAME >= len(source):
            break
        seconds = at / FRAME / RATE
        # It goes on later in the recording (a gap), or from another place of the source (a jump).
        later = next((skip for skip in range(0, 30 * RATE, 64)
                      if recording.find(source[at + skip * FRAME:at + skip * FRAME + MARK], place) >= 0), None)
        if later is None:
            found.append(f"{seconds:.3f} s: nothing known follows")
            break
        goes_on = recording.find(source[at + later * FRAME:at + later * FRAME + MARK], place)
        gap = (goes_on - place) / FRAME / RATE * 1000 - later / RATE * 1000
        found.append(f"{seconds:.3f} s: {gap:.1f} ms of silence, {later / RATE * 1000:.1f} ms not as in the source")
        at, place = at + later * FRAME, goes_on
    return found, (at - begun) / FRAME / RATE


def milliseconds(found):
    """Of each break that compare found, how long it is."""
    return [float(at[1]) + float(at[2]) for line in found if (at := re.search(r"s: ([-0-9.]+) ms .* ([0-9.]+) ms", line))]


def recorder(card, out, environment):
    return subprocess.Popen(["parec", "-d", f"{card}.monitor", "--format=s16le", f"--rate={RATE}", "--channels=2",
                             "--latency-msec=200", "--raw"], stdout=out, env=environment)


def silences(recording):
    """Gaps of the recording over 20 ms, between its first sound and its last."""
    window = RATE // 100 * FRAME
    loud = [any(recording[at:at + window]) for at in range(0, len(recording) - window, window)]
    loud = loud[loud.index(True):len(loud) - loud[::-1].index(True)]
    found, run = [], 0
    for at, sounds in enumerate([*loud, True]):
        if sounds and run > 2:
            found.append(f"{(at - run) / 100:.2f} s: {run * 10} ms of silence")
        run = 0 if sounds else run + 1
    return found, len(loud) / 100


def told(log, seconds):
    """The line of the log that tells of what happened at that place of the track."""
    for line in log:
        # As a number of seconds, or as a length with its unit.
        at = re.search(r"\bat=([0-9.]+)(ms|s|\b)", line)
        place = float(at[1]) / (1000 if at[2] == "ms" else 1) if at else None
        if " WARN " in line and ("ran dry" in line or place is not None and abs(place - seconds) <= SEGMENT + 1):
            return line
    return None


def run(segue, scenario, folder, source, environment):
    """True when every break is explained."""
    server = Server(folder, scenario)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    raw = folder / f"{scenario}.raw"
    state = folder / f"{scenario}.state"
    environment = {**environment, "SEGUE_STATE_DIR": str(state)}
    beside = folder / f"{scenario}.beside"
    with raw.open("wb") as out, beside.open("wb") as other:
        recorders = [recorder("vsink", out, environment), recorder("vbeside", other, environment)]
    time.sleep(1)
    entry = "master.m3u8" if scenario == "steps" else "index.m3u8"
    url = f"http://127.0.0.1:{server.server_address[1]}/{entry}"
    control = subprocess.Popen(["paplay", "--device=vbeside", "--latency-msec=46", folder / "source.wav"], env=environment)
    player = subprocess.run([segue, "play", url, "--json"], env=environment, capture_output=True, text=True, timeout=SECONDS * 4)
    control.wait()
    time.sleep(1)
    for process in recorders:
        process.kill()
        process.wait()
    server.shutdown()
    found, compared = silences(raw.read_bytes()) if scenario == "steps" else compare(source, raw.read_bytes())
    lines = [json.loads(line) for line in player.stdout.splitlines() if line.startswith("{")]
    summary = lines[-1] if lines else {}
    how = "listened to" if scenario == "steps" else "compared sample for sample"
    print(f"{scenario}: {compared:.1f} s {how}, {len(found)} breaks, "
          f"underruns {summary.get('underruns')}, retries {summary.get('retries')}, refused {server.refused}, "
          f"exit {player.returncode}")
    log = (state / "segue.log").read_text().splitlines() if (state / "segue.log").exists() else []
    untold = 0
    for line in found:
        line_of_log = told(log, float(line.split(" s:")[0]))
        untold += line_of_log is None
        print(f"    {line}\n        the log: {line_of_log}")
    for line in lines[:-1]:
        if line.get("event") in ("troubled", "failed", "buffering"):
            print(f"    said: {json.dumps(line)[:200]}")
    for line in player.stderr.splitlines():
        print(f"    said: {line[:200]}")
    of_machine = milliseconds(compare(source, beside.read_bytes())[0])
    print(f"    paplay meanwhile: {len(of_machine)} breaks, {max(of_machine, default=0):.1f} ms the longest")
    own = [length for line, length in zip(found, milliseconds(found)) if not told(log, float(line.split(" s:")[0]))]
    is_machines = untold == len(own) <= len(of_machine) and max(own, default=0) <= max(of_machine, default=0)
    well = (player.returncode == 0 and (not untold or is_machines) and compared > SECONDS * 0.9
            and len(found) - len(own) <= EXPLAINED.get(scenario, 0))
    if scenario == "steps":
        print("    variants asked for: " + " ".join(server.order))
        # Down to the least while the line is slow, and up again afterwards.
        least = len(server.order) - server.order[::-1].index("v0") if "v0" in server.order else len(server.order)
        well = well and "v2" in server.order[:least] and any(name != "v0" for name in server.order[least:])
    print("    as it should be" if well else "    NOT as it should be")
    sys.stdout.flush()
    return well


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    segue = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else root / "target/release/segue").resolve())
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        signal = "0.3*sin(300*t*(t+1))+0.1*(random(0)-0.5)|0.3*sin(200*t*(t+2))+0.1*(random(1)-0.5)"
        ffmpeg = ["ffmpeg", "-v", "error", "-y"]
        subprocess.run([*ffmpeg, "-f", "lavfi", "-i", f"aevalsrc={signal}:s={RATE}:d={SECONDS}", "-c:a", "pcm_s16le",
                        folder / "source.wav"], check=True)
        subprocess.run([*ffmpeg, "-i", folder / "source.wav", "-c:a", "flac", "-strict", "-2", "-f", "hls", "-hls_time",
                        str(SEGMENT), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", folder / "index.m3u8"],
                       check=True, cwd=folder)
        master = ["#EXTM3U"]
        for number, bits in enumerate(VARIANTS):
            (folder / f"v{number}").mkdir()
            subprocess.run([*ffmpeg, "-i", folder / "source.wav", "-c:a", "aac", "-b:a", str(bits), "-f", "hls", "-hls_time",
                            str(SEGMENT), "-hls_playlist_type", "vod", folder / f"v{number}/index.m3u8"], check=True)
            # What the container adds: 15 %.
            master += [f'#EXT-X-STREAM-INF:BANDWIDTH={bits * 115 // 100},CODECS="mp4a.40.2"', f"v{number}/index.m3u8"]
        (folder / "master.m3u8").write_text("\n".join(master) + "\n")
        source = subprocess.run([*ffmpeg, "-i", folder / "source.wav", "-f", "s16le", "-"], check=True,
                                capture_output=True).stdout
        home = folder / "home"
        home.mkdir(mode=0o700)
        environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": place, "PULSE_SERVER": f"unix:{place}/native"}
        environment.pop("XDG_CONFIG_HOME", None)
        (folder / "setup.pa").write_text(
            f"load-module module-native-protocol-unix socket={place}/native auth-anonymous=1\n"
            f"load-module module-null-sink sink_name=vsink rate={RATE} format=s16le channels=2\n"
            f"load-module module-null-sink sink_name=vbeside rate={RATE} format=s16le channels=2\n"
            "set-default-sink vsink\n")
        helpers = [subprocess.Popen(["pulseaudio", "-n", "-F", folder / "setup.pa", "--daemonize=no", "--exit-idle-time=-1",
                                     "--disallow-exit", "--use-pid-file=no", "--high-priority=no", "--realtime=no",
                                     "--log-level=error"], env=environment, stderr=subprocess.DEVNULL)]
        while not (folder / "native").exists():
            time.sleep(0.05)
        if os.environ.get("BUSY"):
            helpers += [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
        wanted = sys.argv[2:] or [name for name in SCENARIOS if name != "steps" or SECONDS >= 160]
        try:
            outcomes = [run(segue, scenario, folder, source, environment) for scenario in wanted]
        finally:
            for helper in helpers:
                helper.kill()
    sys.exit(0 if all(outcomes) else 1)


main()
