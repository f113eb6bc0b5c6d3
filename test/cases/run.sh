#!/usr/bin/env bash
# Runs the cases named, else all of them, against the checkout it stands in: a line each, then the counts.
# They share one embedded Postgres, with a database each; PARLEY_NODE names another Node than `node`.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$here" || exit 1
node=${PARLEY_NODE:-$root/node_modules/.bin/node}
[ -x "$node" ] || node=node

if [ $# -eq 0 ]; then set -- [0-9]*/; fi
names=()
for name in "$@"; do
  name=${name%/}
  [ -f "$name/case.sh" ] && names+=("$name")
done

shared=$(mktemp -d "${TMPDIR:-/tmp}/parley-cases-XXXXXX")
chmod 755 "$shared"
server=
stop() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$shared"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$node" postgres.ts "$shared" "${names[@]}" >"$shared/log" 2>&1 &
server=$!
until [ -f "$shared/urls" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$shared/log"; echo '0 passed, 1 failed'; exit 1; }
  sleep 0.2
done

run_case() {
  local name=$1
  CASE_DATABASE_URL=$(grep "^$name " "$shared/urls" | cut -d' ' -f2)
  export CASE_DATABASE_URL
  timeout --kill-after=10 900 bash "$name/case.sh" >"$shared/$name.out" 2>&1
  echo $? >"$shared/$name.code"
}

# Two at a time: most of a case is the start of a process.
for name in "${names[@]}"; do
  run_case "$name" &
  while [ "$(jobs -rp | grep -vcx "$server")" -ge 2 ]; do sleep 0.1; done
done
for job in $(jobs -rp); do [ "$job" = "$server" ] || wait "$job"; done

passed=0 failed=0 skipped=0
for name in "${names[@]}"; do
  case $(cat "$shared/$name.code") in
    0) passed=$((passed + 1)) && echo "ok    $name" ;;
    77) skipped=$((skipped + 1)) && echo "skip  $name: $(tail -n 1 "$shared/$name.out")" ;;
    *)
      failed=$((failed + 1)) && echo "FAIL  $name"
      tail -n 30 "$shared/$name.out" | sed 's/^/      /'
      ;;
  esac
done

# In CI everything a case needs is installed first.
if [ -n "${CI:-}" ]; then failed=$((failed + skipped)); fi
echo "cases: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
