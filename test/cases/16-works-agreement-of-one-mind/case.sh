#!/usr/bin/env bash
# Everybody gives the same label, and one record has a single answer: no NaN, no division by zero.
. "$(dirname "$0")/../lib.sh"
printf 'name: mind\ntemplate: labels\ntitle: Topic\naccess: everyone\nquestions: { label: { options: [good, bad] } }\ndistribution: { min_submitted: 2 }\n' >"$WORK/mind.yaml"
python3 - "$WORK" <<'PY'
import json, sys
for who in 'ab':
    with open(f'{sys.argv[1]}/{who}.jsonl', 'w') as file:
        for i in range(40):
            file.write(json.dumps({'id': f'r{i}', 'prompt': f'p{i}', 'label': 'good'}) + '\n')
        if who == 'b':
            file.write(json.dumps({'id': 'alone', 'prompt': 'alone', 'label': 'bad'}) + '\n')
PY
parley dataset create "$WORK/mind.yaml" >/dev/null || fail create
parley import mind "$WORK/a.jsonl" --answers-by Ann
parley stats mind --json >"$WORK/one.json" || fail 'stats of one labeler'
parley import mind "$WORK/b.jsonl" --answers-by Bob
parley stats mind --json >"$WORK/two.json" || fail 'stats of two'
grep -iE 'nan|infinity' "$WORK/one.json" "$WORK/two.json" && fail 'not a number'
python3 - "$WORK/two.json" <<'PY' || fail 'agreement'
import json, sys
question = json.load(open(sys.argv[1]))['questions'][0]
print(question['agreement'], question['raw_agreement'])
assert question['agreement']['value'] in (None, 1) and question['raw_agreement']['value'] == 1
PY
