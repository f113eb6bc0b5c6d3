#!/usr/bin/env bash
# Anthropic's HH: two transcripts as texts and no prompt. What both share is the prompt.
. "$(dirname "$0")/../lib.sh"
new_dataset hh "$HERE/hh.jsonl"
import_all 2 hh "$HERE/hh.jsonl" --answers-by Ann
export_to "$WORK/out.jsonl" hh --as preference
python3 - "$WORK/out.jsonl" <<'PY' || fail 'prompt and answer are not apart'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
for row in rows: print(row)
roles = sorted([message['role'] for message in row['prompt']] for row in rows)
assert roles == [['user'], ['user', 'assistant', 'user']]
assert all('Human:' not in row['chosen'][-1]['content'] for row in rows)
PY
