# Sourced by every case.sh. Gives $HERE (the case's files), $WORK (a folder that goes away), `parley`,
# `fail` and `make` (a dataset by `parley new`, or from a document).
set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/parley-case-XXXXXX")
chmod 755 "$WORK"
trap 'rm -rf "$WORK"' EXIT
export PARLEY_DATA_DIR="$WORK/data" LOG_LEVEL=error
unset DATABASE_URL REDIS_URL PARLEY_SECRET
if [ -n "${CASE_DATABASE_URL:-}" ]; then
  export DATABASE_URL=$CASE_DATABASE_URL PARLEY_SECRET=only-for-cases-only-for-cases-only
fi

parley() { (cd "$ROOT" && node bin/parley.js "$@"); }

fail() {
  echo "$*"
  exit 1
}

missing() {
  echo "$1 is not installed"
  exit 77
}

# new_dataset NAME FILE: the document that `parley new` prints for the file becomes a dataset.
new_dataset() {
  parley new "$1" --from "$2" >"$WORK/$1.yaml" 2>"$WORK/new.err" ||
    fail "new refuses $(basename "$2"): $(head -n 3 "$WORK/new.err")"
  parley dataset create "$WORK/$1.yaml" >"$WORK/create.out" 2>&1 ||
    fail "create refuses what new printed for $(basename "$2"): $(cat "$WORK/create.out" "$WORK/$1.yaml")"
}

# import_all COUNT DATASET FILE…: every record of the file is created.
import_all() {
  local count=$1
  shift
  parley import "$@" >"$WORK/import.out" 2>&1
  cat "$WORK/import.out"
  grep -Eq "(^|[^0-9])$count (records? )?created" "$WORK/import.out" || fail "not $count created"
}

export_to() { # export_to FILE DATASET ARGUMENTS…
  local file=$1
  shift
  parley export "$@" --to "$file" >"$WORK/export.out" 2>&1 || fail "export: $(cat "$WORK/export.out")"
}
