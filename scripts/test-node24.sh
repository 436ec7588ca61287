#!/usr/bin/env bash
# `npm ci && npm test` under Node 24, whose binary and headers come as an npm package.
# A copy of the tree is used, so that the addons compiled for the Node at hand stay as they are.
#   test-node24.sh prepare FOLDER    the binary, the tree and `npm ci`
#   test-node24.sh test FOLDER       `npm test` there, in which FOLDER is what was prepared
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(realpath "$2")
export PATH="$work/package/bin:$PATH" npm_config_nodedir="$work/package"

prepare() {
  local machine
  machine=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
  (cd "$work" && npm pack --silent "node-linux-$machine@24" >/dev/null && tar xzf node-*.tgz)
  mkdir "$work/sotto"
  git ls-files -z --cached --others --exclude-standard | xargs -0 -I{} cp --parents {} "$work/sotto"
  cd "$work/sotto"
  npm ci --no-progress
}

tests() {
  if [ -d ../shared/vectors ] && [ -z "${SOTTO_VECTORS:-}" ]; then SOTTO_VECTORS=$(cd ../shared/vectors && pwd); export SOTTO_VECTORS; fi
  cd "$work/sotto"
  node --version
  # The seeds of the simulation meet nothing of the runtime: one Node is enough for them.
  npm test -- --exclude 'test/scenario/simulation-*.test.ts' --reporter=default ${SOTTO_RESULTS:+--reporter=json --outputFile.json="$SOTTO_RESULTS"}
}

case "$1" in
  prepare) prepare ;;
  test) tests ;;
  *) echo "no such step: $1" >&2 && exit 2 ;;
esac
