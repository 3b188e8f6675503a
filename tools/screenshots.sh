#!/bin/sh
# Makes the pictures of the README anew, from the program's own screens.
set -eu
cd "$(dirname "$0")/.."
SEGUE_SCREENSHOTS="$PWD/docs/screens" cargo test --test journeys picture::screenshots
