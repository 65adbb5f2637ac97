#!/bin/sh
# The two commands of the README: ./do demo runs the worked case, ./do test runs all tests.
# Each first installs what this system lacks, with the system's own package manager.
set -eu
cd "$(dirname "$0")"

usage() {
	echo "usage: ./do demo [arguments of 'beleg demo']   run the worked case
       ./do test [arguments of 'go test']      run all tests
       ./do build                              build bin/beleg and bin/beleg-eval" >&2
	exit 2
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
		echo "these are missing: $missing. Install them and run this again." >&2
		exit 1
	fi
}

# need COMMAND... : install the packages of the commands that are missing.
need() {
	missing=
	for c in "$@"; do command -v "$c" >/dev/null || missing="$missing $c"; done
	[ -n "$missing" ] || return 0
	echo "installing:$missing" >&2
	packages=
	for c in $missing; do
		case $c in
		qemu-aarch64-static) packages="$packages qemu-user-static" ;;
		pdftotext) packages="$packages poppler-utils" ;;
		*) packages="$packages $c" ;;
		esac
	done
	if command -v apt-get >/dev/null; then
		as_root apt-get update -qq
		# shellcheck disable=SC2086
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
	elif command -v dnf >/dev/null; then
		# shellcheck disable=SC2086
		as_root dnf install -y -q $(echo "$packages" | sed 's/\bffmpeg\b/ffmpeg-free/')
	elif command -v pacman >/dev/null; then
		# shellcheck disable=SC2086
		as_root pacman -Sy --noconfirm $packages
	elif command -v brew >/dev/null; then
		# shellcheck disable=SC2086
		brew install $packages
	else
		echo "these are missing: $missing. Install them and run this again." >&2
		exit 1
	fi
	for c in $missing; do
		command -v "$c" >/dev/null || { echo "$c is still missing after the installation of:$packages" >&2; exit 1; }
	done
}

command -v go >/dev/null || { echo "Go 1.26 or newer is needed: see go.dev/doc/install" >&2; exit 1; }
export CGO_ENABLED=0
what=${1-}
[ $# = 0 ] || shift
case $what in
demo)
	need ffmpeg
	mkdir -p bin && go build -trimpath -o bin/beleg ./cmd/beleg
	exec bin/beleg demo "$@"
	;;
test)
	need ffmpeg strace python3 qemu-aarch64-static chromium npm openssl
	[ $# = 0 ] && set -- -timeout 45m ./... # the browser's tests take their time on a small machine
	exec go test "$@"
	;;
build)
	mkdir -p bin && go build -trimpath -ldflags "-s -w" -o bin/ ./cmd/beleg ./cmd/beleg-eval
	;;
*) usage ;;
esac
