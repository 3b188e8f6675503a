# `make play` and `make test` are all anyone needs; both first install what is missing.

.PHONY: play test setup setup-tests check bench fuzz

play: setup
	@. scripts/env.sh && cargo build --release && exec ./target/release/segue --demo

test: setup-tests
	@scripts/test.sh

# Rust, a C compiler, pkg-config, cmake and the ALSA headers.
setup:
	@scripts/setup.sh build

# The same, and what the tests compare with: ffmpeg, mpv, a sound server for the virtual sound card, a keyring, and strace.
setup-tests:
	@scripts/setup.sh build tests

check:
	@. scripts/env.sh && cargo fmt --check && cargo clippy --all-targets -- -D warnings

bench:
	@. scripts/env.sh && cargo bench && cargo build --release && benches/search.py && benches/start.py && benches/screen.py && benches/compare.sh

# Every fuzz target for a minute; needs `cargo install cargo-fuzz`.
fuzz:
	@scripts/fuzz.sh 60
