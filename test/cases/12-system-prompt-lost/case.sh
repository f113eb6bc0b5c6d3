#!/usr/bin/env bash
# "system" beside "question": the system's message is shown and leaves with every row that has one.
. "$(dirname "$0")/../lib.sh"
new_dataset orca "$HERE/orca.jsonl"
import_all 2 orca "$HERE/orca.jsonl" --answers-by Ann
export_to "$WORK/out.jsonl" orca --as preference
cat "$WORK/out.jsonl"
grep -qF '{"role":"system","content":"Answer like a pirate."}' "$WORK/out.jsonl" ||
  fail "the system's message is in no row"
[ "$(grep -c '"role":"system"' "$WORK/out.jsonl")" -eq 1 ] || fail 'an empty system message became a turn'
