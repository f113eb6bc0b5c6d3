#!/usr/bin/env bash
# Two options whose visible texts are the same are two buttons nobody can tell apart: create refuses them.
. "$(dirname "$0")/../lib.sh"
number=0
while read -r options; do
  number=$((number + 1))
  printf 'name: same%s\ntemplate: labels\ntitle: Topic\naccess: everyone\nquestions:\n  label:\n    options: %s\n' \
    "$number" "$options" >"$WORK/same.yaml"
  if parley dataset create "$WORK/same.yaml" >"$WORK/said" 2>&1; then fail "taken: $options"; fi
  cat "$WORK/said"
done <<'LISTS'
[{value: a, text: Helpful}, {value: b, text: Helpful}]
["Good", "Good "]
["Good", "Go\u200bod"]
["\u00e9", "e\u0301"]
[" ", "Good"]
LISTS
