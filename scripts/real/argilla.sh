#!/usr/bin/env bash
# The trip Argilla -> Parley -> Argilla -> Parley with a real server and the real SDK (argilla-trip.py says what is checked).
#
#     ARGILLA_START=PATH/start.sh scripts/real/argilla.sh [FOLDER]
#     ARGILLA_URL=http://127.0.0.1:6900 ARGILLA_KEY=owner.apikey scripts/real/argilla.sh [FOLDER]
#
# Needs: a running Argilla 2.8 with an owner's key, or a script that starts one: it is called with a folder, prints
# "… at http://HOST:PORT, workspace NAME, key KEY" once the server answers, and serves until it is ended. Python 3 with venv,
# and PyPI for the SDK, which goes into FOLDER (a temporary one by default).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
started=
trap '[ -z "$started" ] || kill "$started" 2>/dev/null || true' EXIT
if [ ! -x "$folder/venv/bin/python" ]; then
  python3 -m venv "$folder/venv"
  # argilla 2.8.0 imports requests and does not say that it needs it.
  "$folder/venv/bin/pip" install -q 'argilla==2.8.0' 'requests==2.34.2'
fi
if [ -z "${ARGILLA_URL:-}" ]; then
  log=$folder/start.log
  bash "${ARGILLA_START:?Set ARGILLA_START to a script that starts a server, or ARGILLA_URL and ARGILLA_KEY to one that runs.}" "$folder/server" >"$log" 2>&1 &
  started=$!
  line=
  for _ in $(seq 900); do
    line=$(grep -oE 'at https?://[^, ]+.*key [^ ]+' "$log" || true)
    [ -z "$line" ] || break
    kill -0 "$started" 2>/dev/null || { tail -5 "$log"; exit 1; }
    sleep 1
  done
  ARGILLA_URL=$(grep -oE 'https?://[^, ]+' <<<"$line" | head -1)
  ARGILLA_KEY=$(sed -E 's/.*key ([^ ]+).*/\1/' <<<"$line")
fi
"$folder/venv/bin/python" "$root/scripts/real/argilla-trip.py" "$ARGILLA_URL" "${ARGILLA_KEY:?}" "$root"
