#!/usr/bin/env bash
# What a new user gets: the tarball, installed globally into an empty prefix, and its demo.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" >/dev/null
tarball=$(echo "$work"/sotto-*.tgz)
tar tzf "$tarball" | grep -Ev '^package/(dist/|package.json$|README.md$|LICENSE$|CHANGELOG.md$)' && {
  echo 'the tarball holds a file that it should not' >&2
  exit 1
}
npm install --global --silent --prefix "$work/prefix" --allow-scripts=better-sqlite3-multiple-ciphers "$tarball"
export PATH="$work/prefix/bin:$PATH"
sotto --version
sotto-server --help >/dev/null
sotto demo </dev/null
