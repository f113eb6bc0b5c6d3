#!/usr/bin/env bash
# `datasets` fixes a column's type by the first 10 MB: a margin written 1 there and 0.333 later cannot be
# loaded. Every margin is written with a fraction.
. "$(dirname "$0")/../lib.sh"
python3 "$HERE/make.py" "$WORK" 10 2 3
parley dataset create "$HERE/rw.yaml" >/dev/null || fail create
import_all 12 rw "$WORK/records.jsonl"
parley import rw "$WORK/ballots.jsonl" --from ballots || fail 'import of ballots'
export_to "$WORK/out.jsonl" rw --as reward
[ -s "$WORK/out.jsonl" ] || fail 'no row'
grep -Eq '"margin":-?[0-9]+[,}]' "$WORK/out.jsonl" && fail 'a margin is written without a fraction'
grep -q '"margin":0\.3' "$WORK/out.jsonl" || fail 'the margin of two against one is missing'
