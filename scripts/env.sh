# Sourced: puts a freshly installed Rust on the PATH. Where the pinned toolchain is not there and cannot
# be had, rustup's stable one does if it is new enough.
if ! command -v cargo >/dev/null 2>&1 && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
fi
if ! cargo --version >/dev/null 2>&1 && cargo +stable --version >/dev/null 2>&1; then
    RUSTUP_TOOLCHAIN=stable
    export RUSTUP_TOOLCHAIN
fi
