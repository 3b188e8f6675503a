#!/bin/sh
# Installs what is missing to build Segue (`build`) and to test it (`tests`), and says what.
# Safe to run again: what is there is left alone, and then nothing is asked or fetched.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# What is missing, by what it is for; each system has its own package names.
missing=""
want() { missing="$missing $1"; }

need_build() {
    have cc || have gcc || have clang || want compiler
    have make || want make
    have cmake || want cmake
    case "$(uname -s)" in
    Linux)
        if ! have pkg-config && ! have pkgconf; then
            want pkg-config
            want alsa
        elif ! pkg-config --exists alsa 2>/dev/null; then
            want alsa
        fi
        ;;
    esac
}

need_tests() {
    have ffmpeg || want ffmpeg
    have mpv || want mpv
    have curl || want curl
    case "$(uname -s)" in
    Linux)
        have pulseaudio || have pipewire-pulse || want pulseaudio
        have parec || want pulse-utils
        have dbus-run-session || want dbus
        have gnome-keyring-daemon || want gnome-keyring
        have secret-tool || want secret-tool
        have strace || want strace
        ;;
    esac
}

package() {
    case "$1:$2" in
    apt:compiler) echo "gcc libc6-dev" ;;
    apt:alsa) echo libasound2-dev ;;
    apt:pulse-utils) echo pulseaudio-utils ;;
    apt:secret-tool) echo libsecret-tools ;;
    apt:*) echo "$2" ;;
    dnf:compiler) echo gcc ;;
    dnf:alsa) echo alsa-lib-devel ;;
    dnf:pkg-config) echo pkgconf-pkg-config ;;
    dnf:ffmpeg) echo ffmpeg-free ;;
    dnf:pulse-utils) echo pulseaudio-utils ;;
    dnf:dbus) echo dbus-daemon ;;
    dnf:secret-tool) echo libsecret ;;
    dnf:*) echo "$2" ;;
    pacman:compiler) echo gcc ;;
    pacman:alsa) echo alsa-lib ;;
    pacman:pkg-config) echo pkgconf ;;
    pacman:pulse-utils) echo libpulse ;;
    pacman:secret-tool) echo libsecret ;;
    pacman:*) echo "$2" ;;
    brew:compiler) fail "no C compiler; run 'xcode-select --install' and try again" ;;
    brew:*) echo "$2" ;;
    esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        fail "root is needed to run '$*'; install sudo, or run that as root and try again"
    fi
}

install_packages() {
    [ -n "$missing" ] || return 0
    if have apt-get; then manager=apt
    elif have dnf; then manager=dnf
    elif have pacman; then manager=pacman
    elif have brew; then manager=brew
    else fail "missing:$missing. No known package manager (apt, dnf, pacman, brew); install these and try again"
    fi
    packages=""
    for need in $missing; do
        packages="$packages $(package "$manager" "$need")"
    done
    say "installing$packages"
    # shellcheck disable=SC2086 # one word a package
    case "$manager" in
    apt)
        as_root apt-get update -q || fail "'apt-get update' failed; check the network"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages ||
            fail "'apt-get install$packages' failed"
        ;;
    dnf) as_root dnf install -y $packages || fail "'dnf install$packages' failed" ;;
    pacman) as_root pacman -S --needed --noconfirm $packages || fail "'pacman -S$packages' failed" ;;
    brew) brew install $packages || fail "'brew install$packages' failed" ;;
    esac
}

# The oldest Rust that builds Segue, as Cargo.toml says.
wanted_rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

rust_is_good() {
    have cargo || return 1
    found=$(cargo --version 2>/dev/null | sed 's/^cargo \([0-9]*\.[0-9]*\).*/\1/')
    [ -n "$found" ] || return 1
    [ "$(printf '%s\n%s\n' "$wanted_rust" "$found" | sort -t. -k1,1n -k2,2n | head -n 1)" = "$wanted_rust" ]
}

install_rust() {
    rust_is_good && return 0
    if ! have rustup; then
        if have apt-get && apt-cache show rustup >/dev/null 2>&1; then
            say "installing rustup from the distribution"
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q rustup || fail "'apt-get install rustup' failed"
        elif have pacman; then
            say "installing rustup from the distribution"
            as_root pacman -S --needed --noconfirm rustup || fail "'pacman -S rustup' failed"
        elif have dnf && dnf info rustup >/dev/null 2>&1; then
            say "installing rustup from the distribution"
            as_root dnf install -y rustup || fail "'dnf install rustup' failed"
            rustup-init -y --profile minimal || fail "rustup-init failed; check the network"
        elif have curl; then
            say "installing Rust with the official installer into ~/.cargo"
            curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal ||
                fail "the Rust installer failed; check the network, or install Rust $wanted_rust from https://rustup.rs"
        else
            fail "Rust $wanted_rust or newer is missing; install curl or rustup and try again"
        fi
        . scripts/env.sh
    fi
    rust_is_good || {
        say "installing Rust $(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml) with rustup"
        rustup toolchain install || fail "rustup could not install the toolchain; check the network"
    }
    rust_is_good || fail "cargo is still missing or older than $wanted_rust; run 'rustup update'"
}

for what in "$@"; do
    case "$what" in
    build) need_build ;;
    tests) need_tests ;;
    *) fail "unknown part '$what'; use build or tests" ;;
    esac
done
install_packages
install_rust
