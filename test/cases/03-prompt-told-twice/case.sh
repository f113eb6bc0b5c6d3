#!/usr/bin/env bash
# A text "prompt" beside whole chats in "chosen" and "rejected" (ultrafeedback_binarized): every row that
# leaves holds the user's turn once.
. "$(dirname "$0")/../lib.sh"
new_dataset ufb "$HERE/binarized.jsonl"
import_all 2 ufb "$HERE/binarized.jsonl" --answers-by Author
for format in preference reward; do
  export_to "$WORK/$format.jsonl" ufb --as $format
  python3 - "$WORK/$format.jsonl" <<'PY' || fail "$format: the user's turn does not stand once"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert len(rows) == 2
for row in rows:
    for side in ('chosen', 'rejected'):
        chat = row['prompt'] + row[side]
        print(chat)
        assert [message['role'] for message in chat] == ['user', 'assistant']
PY
done
export_to "$WORK/openai.jsonl" ufb --as openai-dpo
[ "$(wc -l <"$WORK/openai.jsonl")" -eq 2 ] || fail 'openai-dpo drops them'
