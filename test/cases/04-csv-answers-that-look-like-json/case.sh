#!/usr/bin/env bash
# Cells of a CSV are texts: answers that look like a number, a list or an object stay as they are.
. "$(dirname "$0")/../lib.sh"
new_dataset pairs "$HERE/pairs.csv"
import_all 4 pairs "$HERE/pairs.csv" --answers-by Ann
export_to "$WORK/out.jsonl" pairs --as preference
for text in '"content":"42"' '"content":"[2, 1]"' '"content":"{\"a\": 1}"'; do
  grep -qF "$text" "$WORK/out.jsonl" || fail "a text was changed: $text is missing"
done
