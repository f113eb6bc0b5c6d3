#!/usr/bin/env bash
# Every format by every reader, and records rewritten by DuckDB and pyarrow: no torch, about a minute.
#
#     scripts/real/light.sh [VENV] [RECORDS]    # the virtual environment is made if it is not there
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-${TMPDIR:-/tmp}/parley-real-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
cd "$here/../.."
exec node_modules/.bin/node scripts/real/run.ts --python "$venv/bin/python" --records "${2:-30000}"
