#!/usr/bin/env bash
# `npm ci && npm test` under Node 24, whose binary and headers come as an npm package.
# A copy of the tree is used, so that the addons compiled for the Node at hand stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')@24" >/dev/null && tar xzf node-*.tgz)
mkdir "$work/sotto"
git ls-files -z --cached --others --exclude-standard | xargs -0 -I{} cp --parents {} "$work/sotto"
if [ -d ../shared/vectors ] && [ -z "${SOTTO_VECTORS:-}" ]; then SOTTO_VECTORS=$(cd ../shared/vectors && pwd); export SOTTO_VECTORS; fi
export PATH="$work/package/bin:$PATH" npm_config_nodedir="$work/package"
cd "$work/sotto"
node --version
npm ci --no-progress
# The seeds of the simulation meet nothing of the runtime: one Node is enough for them.
npm test -- --exclude 'test/scenario/simulation-*.test.ts' --reporter=default ${SOTTO_RESULTS:+--reporter=json --outputFile.json="$SOTTO_RESULTS"}
