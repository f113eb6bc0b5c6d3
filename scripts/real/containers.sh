#!/usr/bin/env bash
# Dockerfile and compose.yaml without Docker: linted by hadolint and dclint (which holds the compose schema), and
# then done by hand: the image's files and packages in a folder, and each service's command in a process.
#
#     scripts/real/containers.sh [VENV]    # the virtual environment is made if it is not there
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-${TMPDIR:-/tmp}/parley-containers-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements-containers.txt"
cd "$here/../.."
"$venv/bin/hadolint" Dockerfile
# The order of keys is a matter of taste: here what is shared comes first.
npx --yes dclint@3.1.0 compose.yaml --max-warnings 0 --disable-rule service-keys-order \
  --disable-rule services-alphabetical-order --disable-rule top-level-properties-order
exec node_modules/.bin/node scripts/real/containers.ts
