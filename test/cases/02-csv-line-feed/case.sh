#!/usr/bin/env bash
# Answers with a lone LF or CR are one row each for Python's csv, and no line feed splits a cell so that
# what follows begins a row with a formula.
. "$(dirname "$0")/../lib.sh"
parley dataset create "$HERE/writing.yaml" >/dev/null || fail create
import_all 4 writing "$HERE/answers.jsonl" --answers-by Ann
export_to "$WORK/out.csv" writing --as csv
python3 - "$WORK/out.csv" <<'PY' || fail 'Python reads other cells than were answered'
import csv, sys
with open(sys.argv[1], newline='', encoding='utf-8-sig') as file:
    got = {row['record']: row['completion'] for row in csv.DictReader(file)}
print(got)
assert got == {
    'm1': 'alpha\nbeta\n\n- gamma',
    'm2': 'alpha\rbeta',
    'm3': 'to do:\n=1+1\n@x',
    'm4': 'one',
}
PY
