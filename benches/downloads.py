#!/usr/bin/env python3
"""Downloads beside aria2c -x4: the same loopback server, the same files, paired runs in turns, medians.

    cargo build --release && benches/downloads.py [--segue PATH] [--pairs N]

Many small and a few large wave files, plain and with 40 ms before each answer. Each pair is one run of either program in a fresh
folder. Segue also proves what it copies (it decodes each file to its end and hashes it), aria2c only fetches. Peak memory is the
largest resident set of the program (wait4). Written for a quiet machine: the load is said with the results."""

import argparse
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import socketserver
import statistics
import struct
import subprocess
import tempfile
import threading
import time

LATENCY_S = 0.040
SETS = {"200 files of 300 kB": (200, 300_000), "4 files of 60 MB": (4, 60_000_000)}
AT_ONCE = 8


def wave(folder, name, size, seed):
    """A wave file of noise: two channels, 16 bits, 44.1 kHz."""
    size, chance = size // 4 * 4, random.Random(seed)
    head = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 44100, 176400, 4, 16)
    with (folder / name).open("wb") as file:
        file.write(head + b"data" + struct.pack("<I", size))
        # In pieces: what this program takes before it starts another counts as that one's.
        while size > 0:
            piece = min(size, 1 << 20)
            file.write(chance.randbytes(piece))
            size -= piece


def server(folder):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        latency = 0.0

        def log_message(self, *_):
            pass

        def do_GET(self):
            time.sleep(Handler.latency)
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
                return
            size = path.stat().st_size
            asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            start, end = 0, size
            if asked:
                start, end = int(asked[1]), min(size, int(asked[2]) + 1) if asked[2] else size
            self.send_response(206 if asked else 200)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("ETag", f'"{path.name}"')
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(end - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.end_headers()
            self.wfile.flush()
            with path.open("rb") as file:
                try:
                    while start < end:
                        start += os.sendfile(self.connection.fileno(), file.fileno(), start, end - start)
                except ConnectionError:
                    # Whoever asked has enough.
                    self.close_connection = True

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
        request_queue_size = 128

    running = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    return running, Handler


def timed(command, environment):
    """Seconds, and the largest resident set in MiB."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - begun
    words = child.stderr.read().decode(errors="replace")
    child.stderr.close()
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{command[0]} failed: {words[-500:]}")
    return took, usage.ru_maxrss / 1024


def queued(segue, urls, home, config):
    """The environment of a home with this configuration in which these addresses wait to be downloaded."""
    environment = dict(os.environ, HOME=str(home), DBUS_SESSION_BUS_ADDRESS="disabled:")
    for name in ["CONFIG", "DATA", "CACHE", "STATE"]:
        environment[f"SEGUE_{name}_DIR"] = str(home / name.lower())
    (home / "config").mkdir(parents=True)
    (home / "config/config.toml").write_text(config)
    subprocess.run([segue, "download", "add", *urls], env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def with_segue(segue, urls, home):
    config = f"[downloads]\ntags = false\nat_once = {AT_ONCE}\nper_service = {AT_ONCE}\n"
    environment = queued(segue, urls, home, config)
    took = timed([segue, "download", "run"], environment)
    files = [path for path in (home / "data/downloads").rglob("*.wav*") if path.is_file()]
    return took, files


def with_aria(urls, home):
    home.mkdir(parents=True)
    (home / "list").write_text("\n".join(urls))
    command = ["aria2c", "-q", "-x4", "-s4", f"-j{AT_ONCE}", "--file-allocation=none", "-d", str(home / "files"), "-i", str(home / "list")]
    took = timed(command, dict(os.environ))
    return took, [path for path in (home / "files").iterdir()]


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--segue", default="target/release/segue")
    asked.add_argument("--pairs", type=int, default=5)
    asked = asked.parse_args()
    segue = str(pathlib.Path(asked.segue).resolve())
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors, {asked.pairs} pairs")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "www").mkdir()
        running, handler = server(folder / "www")
        for title, (count, size) in SETS.items():
            names = [f"{count}-{number}.wav" for number in range(count)]
            for number, name in enumerate(names):
                wave(folder / "www", name, size, number)
            urls = [f"http://127.0.0.1:{running.server_address[1]}/{name}" for name in names]
            whole = sum((folder / "www" / name).stat().st_size for name in names)
            for latency in [0.0, LATENCY_S]:
                handler.latency = latency
                ours, theirs, ours_mib, theirs_mib = [], [], [], []
                for pair in range(asked.pairs):
                    def run(number):
                        home = folder / f"home-{number}"
                        (took, mib), files = with_segue(segue, urls, home) if number == 0 else with_aria(urls, home)
                        assert len(files) == count and sum(path.stat().st_size for path in files) == whole, sorted(files)[:5]
                        (ours if number == 0 else theirs).append(took)
                        (ours_mib if number == 0 else theirs_mib).append(mib)
                        shutil.rmtree(home)
                    for number in ([0, 1] if pair % 2 == 0 else [1, 0]):
                        run(number)
                ratio = statistics.median(b / a for a, b in zip(ours, theirs))
                print(json.dumps({
                    "files": title, "latency_ms": int(latency * 1000),
                    "segue_s": round(statistics.median(ours), 2), "aria2c_s": round(statistics.median(theirs), 2),
                    "segue_to_aria2c": round(ratio, 2),
                    "segue_mib": round(max(ours_mib), 1), "aria2c_mib": round(max(theirs_mib), 1),
                }), flush=True)
            for name in names:
                (folder / "www" / name).unlink()
        print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
