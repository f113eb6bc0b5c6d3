#!/usr/bin/env bash
# ShareGPT's raw files call the assistant gpt, chatgpt, bing or bard: the last answer is the output, and only
# roles that chat templates know leave.
. "$(dirname "$0")/../lib.sh"
new_dataset sharegpt "$HERE/sharegpt.jsonl"
import_all 1 sharegpt "$HERE/sharegpt.jsonl"
parley records show sharegpt c1 | grep -q '"text": "Five."' || fail 'the last answer is not the output'
export_to "$WORK/out.jsonl" sharegpt --as prompts
cat "$WORK/out.jsonl"
grep -E '"role":"(chatgpt|bing|human)"' "$WORK/out.jsonl" && fail 'a role no chat template knows leaves'
exit 0
