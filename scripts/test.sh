#!/bin/sh
# Runs the whole suite: with nextest where it is present, else with cargo test.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
# The tools the tests compare with are installed by now; a test that lacks one must fail, not skip.
SEGUE_TEST_TOOLS=required
export SEGUE_TEST_TOOLS
if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --locked "$@"
fi
exec cargo test --locked "$@"
