#!/bin/sh
# Names the tools that tests compare with and that are missing here: those tests pass without comparing anything.
# `make test` installs them all, and fails where one is missing.
missing=
for tool in curl ffmpeg ffprobe pulseaudio parec dbus-run-session gnome-keyring-daemon secret-tool; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || echo "skipped are the tests that need one of these, which are not installed:$missing. Run make setup-tests" >&2
